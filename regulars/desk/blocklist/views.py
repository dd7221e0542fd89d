"""What is special to the block list: a new rule with its rehearsal, and the page of a rule."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.blocklist import queries, services
from regulars.blocklist.rehearsal import rehearse_rule
from regulars.blocklist.resource import new_rule
from regulars.blocklist.resource.permissions import CREATE, VALUES, VIEW
from regulars.blocklist.services import NeedsSecondYes, NewRule, RuleExists
from regulars.desk import values
from regulars.desk.access import client_ip, staff
from regulars.desk.blocklist.pages import rehearsal_part, rule_page
from regulars.desk.lists.views import base_of, context_of, require
from regulars.desk.records.forms import problems_of, typed_values
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.moments import parse_moment
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.record import clean_values
from regulars.resources.resource import get_resource
from regulars.timeline.queries import happenings
from regulars.timeline.undoing import can_undo

_ASKED = ("kind", "value", "list", "mode", "reason", "reason_shown", "expires")
_FIRST = {"kind": "email", "list": "block", "mode": "active"}
_SIZES = {"value": "", "reason": "whole", "reason_shown": "whole"}


@require_http_methods(["GET", "POST"])
@staff(VIEW)
def new(request: StaffRequest) -> HttpResponse:
    """Add a rule. What it would do is shown beside the form before it is saved."""
    require(request, CREATE)
    context, fields = context_of(request), _fields()
    typed = _FIRST | {name: request.GET[name] for name in ("kind", "list", "value") if name in request.GET}
    errors: dict[str, str] = {}
    twin: dict[str, str] = {}
    asks_again = False
    if request.method == "POST":
        typed = typed_values(request.POST, fields)
        try:
            rule = services.add_rule(
                store=request.store,
                rule=_rule(request, fields, typed, context),
                actor=request.actor,
                now=context.now,
            )
        except InvalidRecord as refusal:
            errors = refusal.errors
        except NeedsSecondYes as refusal:
            errors, asks_again = {"value": refusal.sentence}, True
        except RuleExists as refusal:
            errors = {"value": refusal.sentence}
            twin = {"who": _("Open it"), "url": f"{_base(request)}{refusal.rule_id}/"}
        else:
            messages.success(request, _("Rule added"))
            return redirect("block", store=request.store.slug, record_id=rule.pk)
    form = _form(fields, typed, errors, context) | {
        "url": request.path,
        "rehearsal_url": f"{_base(request)}rehearsal/",
        "back_url": _base(request),
        "crumbs": [{"label": _("Block list"), "url": _base(request)}],
        "problems": [{**one, **twin} for one in problems_of(errors, fields)],
        "problems_title": ngettext("This was not saved yet", "This was not saved yet", len(errors)),
    }
    part = _rehearse(request, fields, typed, context, quiet=request.method == "GET")
    part["asks_again"] = part.get("asks_again") or asks_again
    page = {
        "form": form,
        "rehearsal": part,
        "shell": shell(request, current="blocks", help_page="block-list"),
    }
    return render(request, "desk/blocklist/new.html", page, status=422 if errors else 200)


@require_POST
@staff(VIEW)
def rehearsal(request: StaffRequest) -> HttpResponse:
    """What the rule that is being typed would do; nothing is saved."""
    require(request, CREATE)
    context, fields = context_of(request), _fields()
    typed = typed_values(request.POST, fields)
    part = _rehearse(request, fields, typed, context, quiet=not typed.get("value", "").strip())
    return render(request, "desk/blocklist/new.html#rehearsal", {"rehearsal": part})


@require_GET
@staff(VIEW)
def show(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """One rule: whom it is about, whom it stopped, what became of it."""
    if queries.is_removed(store=request.store, rule_id=record_id):
        return _to_list(request, record_id)
    rule = queries.get_rule(store=request.store, rule_id=record_id)
    earlier = parse_moment(request.GET.get("earlier", ""))
    page = {
        "record": rule_page(rule, context_of(request), _base(request), earlier),
        "shell": shell(request, current="blocks", help_page="block-list"),
    }
    return render(request, "desk/blocklist/rule.html", page)


def _to_list(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """A rule that was removed has no page any more, but its removal can be taken back."""
    last = happenings(store=request.store, record_id=record_id, limit=1)
    undo_url = ""
    if last and can_undo(last[0].kind.key, at=last[0].at, actor=request.actor, now=timezone.now()):
        here = {"store": request.store.slug, "change_set": last[0].change_set_id}
        undo_url = reverse("undo_change", kwargs=here)
    messages.success(request, _("This rule was removed."), extra_tags=undo_url)
    return redirect(_base(request))


def _fields() -> list[Field]:
    known = {field.name: field for field in get_resource("blocks").all_fields()}
    return [known[name] for name in _ASKED]


def _base(request: StaffRequest) -> str:
    return base_of(request, get_resource("blocks"))


def _rule(request: StaffRequest, fields: list[Field], typed: dict[str, Any], context: Context) -> NewRule:
    """The rule as it was typed. Raises `InvalidRecord`."""
    cleaned = clean_values(typed, fields, context)
    return new_rule(cleaned | {"confirmed": "confirmed" in request.POST})


def _rehearse(
    request: StaffRequest, fields: list[Field], typed: dict[str, Any], context: Context, *, quiet: bool
) -> dict[str, Any]:
    if quiet:
        return {"quiet": True}
    try:
        found = rehearse_rule(
            store=request.store,
            rule=_rule(request, fields, typed, context),
            own_ip=client_ip(request),
            now=context.now,
        )
    except Refused as refusal:
        problems = refusal.errors if isinstance(refusal, InvalidRecord) else {"": refusal.sentence}
        return {"problem": problems.get("value") or next(iter(problems.values()))}
    return rehearsal_part(found, typed.get("list", ""), "confirmed" in request.POST, context)


def _form(
    fields: list[Field], typed: dict[str, Any], errors: dict[str, str], context: Context
) -> dict[str, Any]:
    controls = []
    for field in fields:
        control = values.control(
            field, typed.get(field.name, ""), context, problem=errors.get(field.name, "")
        )
        control |= {
            "required": field.name in ("kind", "value", "list", "mode"),
            "size": _SIZES.get(field.name, ""),
        }
        if field.kind.name == "choice" and field.name != "mode":
            control["help"] = ""
        if field.name == "expires":
            control |= {"kind": "date", "help": _("The last day that counts; empty means for good.")}
        controls.append(control)
    return {"title": _("New rule"), "fields": controls, "sees_values": context.actor.may(VALUES)}
