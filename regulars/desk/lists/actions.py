"""Acting on picked rows or on everything that matches; a button on one record comes here too."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.desk import values
from regulars.desk.access import go, staff
from regulars.desk.cells import format_whole
from regulars.desk.lists.context import action_url
from regulars.desk.lists.shortcuts import shortcuts_of
from regulars.desk.lists.views import base_of, open_resource, require
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.desk.views import opening
from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.ids import parse_id
from regulars.kit.words import inside
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.execute import (
    AT_ONCE,
    Performed,
    Selection,
    count_selection,
    first_ids,
    perform,
    preview,
)
from regulars.resources.field import Row
from regulars.resources.query import query_from_params
from regulars.resources.resource import Resource
from regulars.timeline.undoing import may_undo


@dataclass(frozen=True, slots=True)
class Asked:
    """An action somebody is about to perform: on how many records, and the first of them."""

    action: Action
    count: int
    ids: list[UUID]


@require_POST
@staff("")
def act(request: StaffRequest, resource_name: str, name: str) -> HttpResponse:
    """Perform an action; ask first when it has a form, a question, or touches very many."""
    resource, context = open_resource(request, resource_name)
    action = resource.action(name)
    require(request, action.permission)
    selection = selection_of(request, resource, context)
    count = count_selection(selection, context)
    if not count:
        raise Refused(_("Pick at least one row first."))
    _fits(action, count)
    ids = first_ids(selection, context)
    if action.ask_url is not None:
        return go(request, action.ask_url(request.store, ids))
    raw = {field.name: request.POST.get(field.name, "") for field in action.inputs}
    asked = Asked(action, count, ids)
    if "rehearse" in request.POST:
        told = {"consequences": _consequences(asked, raw, context)}
        return render(request, "desk/lists/action.html#consequences", {"action": told})
    asks = bool(action.inputs or action.confirm or action.typed or count > AT_ONCE)
    if asks and "confirmed" not in request.POST:
        return _ask(request, resource, asked, context, raw, {})
    word = _word_to_type(resource, asked, context)
    if word and " ".join(request.POST.get("typed", "").split()).casefold() != word.casefold():
        return _ask(
            request, resource, asked, context, raw, {"typed": _("Type “%(word)s” to go on.") % {"word": word}}
        )
    try:
        performed = perform(
            resource=resource, name=name, selection=selection, raw_inputs=raw, context=context
        )
    except InvalidRecord as refusal:
        return _ask(request, resource, asked, context, raw, refusal.errors)
    if action.inputs and performed.skipped and performed.run is None and not performed.done:
        # What was typed is not lost: another try begins with it.
        problem = _("Nothing was done: %(why)s.") % {"why": _reasons(performed)}
        return _ask(request, resource, asked, context, raw, {"": problem})
    return _answer(request, resource, action, performed, context)


def _fits(action: Action, count: int) -> None:
    """Refuse an action for one record on several, and the other way round."""
    if action.scope == "one" and count > 1:
        raise Refused(_("“%(action)s” is for one record at a time.") % {"action": action.label})
    if action.scope == "many" and count < 2:
        raise Refused(_("Pick at least two rows for “%(action)s”.") % {"action": action.label})


def _word_to_type(resource: Resource, asked: Asked, context: Context) -> str:
    """What the person types before something final: the name of the one record, else how many they are."""
    if not asked.action.typed:
        return ""
    if asked.count > 1:
        return str(asked.count)
    return " ".join(resource.title(row_of(resource, asked.ids[0], context)).split())


@require_GET
@staff("")
def menu(request: StaffRequest, resource_name: str, record_id: UUID) -> HttpResponse:
    """What one can do with one row: open, change, and the verbs that fit it. Without scripts the record has them."""
    resource, context = open_resource(request, resource_name)
    base = base_of(request, resource)
    url = f"{base}{record_id}/"
    if not wants_part(request):
        return redirect(url)
    needs = {need for action in resource.actions(request.actor) for need in action.needs}
    row = row_of(resource, record_id, context, extra=needs)
    offered = {
        "url": url,
        "edit_url": f"{url}edit/" if resource.editable_fields(request.actor) else "",
        "shortcuts": shortcuts_of(resource, url, context),
        "actions": verbs_for(resource, row, context, base, back=base),
    }
    return render(request, "desk/lists/row_menu.html", {"row": offered})


def verbs_for(
    resource: Resource, row: Row, context: Context, base: str, *, back: str
) -> list[dict[str, Any]]:
    """The actions that are offered on one record, as buttons; after one of them the person is back at `back`."""
    query = urlencode({"id": row["id"], "back": back})
    return [
        {
            "name": action.name,
            "label": str(action.label),
            "icon": action.icon,
            "danger": action.danger,
            "page": bool(action.page),
            "part": action.part,
            "url": f"{action_url(action, resource, context, base)}?{query}",
        }
        for action in resource.actions(context.actor)
        if action.scope != "many" and action.offered(row) and action.possible(context)
    ]


def selection_of(request: StaffRequest, resource: Resource, context: Context) -> Selection:
    """Ids that were ticked, or with `everything` the query of the page."""
    if request.POST.get("everything"):
        params = {
            name: str(value) for name, value in request.POST.items() if name in ("tab", "q", "where", "sort")
        }
        start = opening.start_of(request, resource, request.POST.get("view", ""), context)
        whole = opening.overlaid(start, params)
        return Selection(query=query_from_params(resource, whole, context, strict=True))
    ids = (parse_id(one) for one in [*request.POST.getlist("id"), *request.GET.getlist("id")])
    return Selection(ids=tuple(one for one in ids if one is not None))


def _ask(
    request: StaffRequest,
    resource: Resource,
    asked: Asked,
    context: Context,
    raw: dict[str, str],
    errors: dict[str, str],
) -> HttpResponse:
    action, count = asked.action, asked.count
    hidden = [(name, value) for name, given in request.POST.lists() for value in given]
    own = {field.name for field in action.inputs} | {"csrfmiddlewaretoken", "confirmed", "typed"}
    number = format_whole(count, values.style_of(context).language)
    sentence = ngettext("For %(count)s %(thing)s.", "For %(count)s %(things)s.", count) % {
        "count": number,
        "thing": inside(resource.singular),
        "things": inside(resource.label),
    }
    told = {
        "label": str(action.label),
        "url": request.get_full_path(),
        "hidden": [(name, value) for name, value in hidden if name not in own],
        "sentence": f"{sentence} {action.confirm}".strip(),
        "problem": "" if set(errors) <= own else " ".join(errors.values()),
        "fields": [
            values.control(field, raw.get(field.name, ""), context, problem=errors.get(field.name, ""))
            for field in action.inputs
        ],
        "consequences": _consequences(asked, raw, context),
        "rehearses": bool(action.preview and action.inputs),
        "irreversible": action.irreversible,
        "type_to_confirm": _word_to_type(resource, asked, context),
        "typed_problem": errors.get("typed", ""),
        "danger": action.danger,
        "back_url": _back(request, resource),
        "back_label": str(resource.label),
    }
    return _dialog(request, resource, told, status=422 if errors else 200)


def _consequences(asked: Asked, raw: dict[str, str], context: Context) -> list[str]:
    """What it would do, by what stands in the form by now."""
    so_far = _so_far(asked.action, raw, context)
    return preview(asked.action, so_far, context, ids=asked.ids, count=asked.count)


def _so_far(action: Action, raw: dict[str, str], context: Context) -> dict[str, Any]:
    """The inputs as far as they can be read; before the form was filled in, each one's empty value."""
    found: dict[str, Any] = {}
    for field in action.inputs:
        try:
            found[field.name] = field.clean(raw.get(field.name, ""), context)
        except Refused:
            found[field.name] = field.kind.empty
    return found


def _dialog(
    request: StaffRequest, resource: Resource, asked: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "desk/lists/action.html#dialog", {"action": asked}, status=status)
    frame = {"action": asked, "shell": shell(request, current=resource.name)}
    return render(request, "desk/lists/action.html", frame, status=status)


def _answer(
    request: StaffRequest, resource: Resource, action: Action, performed: Performed, context: Context
) -> HttpResponse:
    if performed.run is not None:
        return go(request, reverse("run", kwargs={"store": request.store.slug, "run_id": performed.run.pk}))
    if performed.said:
        return _tell_once(request, resource, action, performed, context)
    number = format_whole(len(performed.done), values.style_of(context).language)
    text = f"{action.done_label}: {number}"
    if performed.skipped:
        text += " · " + _("left as they were: %(count)s (%(why)s)") % {
            "count": len(performed.skipped),
            "why": _reasons(performed),
        }
    kind = "good" if performed.done else "error"
    undo_url = ""
    if performed.change_set and may_undo(
        store=request.store, change_set_id=performed.change_set, actor=request.actor, now=context.now
    ):
        here = {"store": request.store.slug, "change_set": performed.change_set}
        undo_url = reverse("undo_change", kwargs=here)
    if request.headers.get("HX-Request"):
        notice = {"text": text, "kind": kind, "undo_url": undo_url}
        if action.result_page and performed.done:
            kwargs = {"store": request.store.slug, "change_set": performed.change_set}
            notice |= {
                "link_url": reverse(action.result_page, kwargs=kwargs),
                "link_text": str(action.result_label or _("Download")),
            }
        triggers = {"desk:toast": notice, "desk:close": {}, "desk:picked-done": {}, "desk:refresh": {}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(triggers)})
    (messages.success if performed.done else messages.error)(request, text)
    return redirect(_back(request, resource))


def _reasons(performed: Performed) -> str:
    return "; ".join(sorted(set(performed.skipped.values()))[:3])


def _tell_once(
    request: StaffRequest, resource: Resource, action: Action, performed: Performed, context: Context
) -> HttpResponse:
    """What nobody is told again: passwords to read out, and links, which are opened from here."""
    told = {
        "label": str(action.done_label),
        "rows": [
            {
                "name": resource.title(row_of(resource, record_id, context)),
                "text": "" if text.startswith(settings.BASE_URL) else text,
                "url": urlsplit(text).path if text.startswith(settings.BASE_URL) else "",
            }
            for record_id, text in performed.said.items()
        ],
        "skipped": sorted(set(performed.skipped.values())),
        "back_url": _back(request, resource),
        "back_label": str(resource.label),
    }
    if request.headers.get("HX-Request"):
        triggers: dict[str, Any] = {"desk:picked-done": {}}
        response = render(request, "desk/lists/said.html#dialog", {"said": told})
        response.headers["HX-Trigger"] = json.dumps(triggers)
        return response
    return render(
        request, "desk/lists/said.html", {"said": told, "shell": shell(request, current=resource.name)}
    )


def _back(request: StaffRequest, resource: Resource) -> str:
    """The page of this store that the button was on; never another site."""
    base, wanted = base_of(request, resource), request.GET.get("back", "")
    return wanted if wanted.startswith(base) else base
