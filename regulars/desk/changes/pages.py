"""The audit and one act as plain data."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_datetime
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from regulars.customers.events import IMPORTED
from regulars.desk import cells, values
from regulars.desk.customers.timeline import changes_of, fields_by_name
from regulars.desk.spans import read_span
from regulars.kit.errors import Invalid
from regulars.kit.ids import parse_id
from regulars.kit.words import Words
from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.timeline import queries
from regulars.timeline.events import all_kinds, kind_of
from regulars.timeline.queries import Act, Asked, way_of
from regulars.timeline.undoing import DAYS, Undone, can_undo
from regulars.transfers.cells import encoded, guard

A_PAGE = 50
SHOWN_RECORDS = 100
SURFACES: dict[str, Words] = {
    "desk": gettext_lazy("in the desk"),
    "api": gettext_lazy("by API"),
    "cli": gettext_lazy("from the command line"),
    "import": gettext_lazy("by import"),
    "worker": gettext_lazy("in bulk"),
    "shop": gettext_lazy("on the shop page"),
    "unsubscribe": gettext_lazy("through the link of a message"),
    "provider": gettext_lazy("by a provider of mail"),
    "portal": gettext_lazy("in the customer portal"),
    "on_behalf": gettext_lazy("in the portal, on behalf of the customer"),
}
# What an event is about, by the first part of its key.
_NOUNS: dict[str, Words] = {
    "account": gettext_lazy("Login"),
    "block": gettext_lazy("Block list"),
    "bulk": gettext_lazy("In bulk"),
    "change_set": pgettext_lazy("noun", "Undo"),
    "credit": gettext_lazy("Store credit"),
    "customer": gettext_lazy("Customer"),
    "duplicate": gettext_lazy("Duplicate"),
    "export": pgettext_lazy("noun", "Export"),
    "group": gettext_lazy("Group"),
    "import": pgettext_lazy("noun", "Import"),
    "import_profile": gettext_lazy("Import profile"),
    "invoice": gettext_lazy("Invoice"),
    "invoice_settings": gettext_lazy("Settings of invoices"),
    "message": gettext_lazy("Message"),
    "offer": gettext_lazy("Offer"),
    "order": pgettext_lazy("noun", "Order"),
    "points": gettext_lazy("Points"),
    "privacy": gettext_lazy("Personal data"),
    "product": gettext_lazy("Product"),
    "retention": gettext_lazy("Rule of keeping"),
    "saved_export": gettext_lazy("Saved export"),
    "segment": gettext_lazy("Segment"),
    "staff": gettext_lazy("Staff"),
    "store": gettext_lazy("Store"),
    "tier": gettext_lazy("Tier"),
    "token": gettext_lazy("API token"),
    "tradein": gettext_lazy("Trade-in"),
    "view": pgettext_lazy("noun", "View"),
}


def read_asked(params: Mapping[str, str], context: Context) -> tuple[Asked, dict[str, str], str]:
    """What the audit was asked for: the filter, its values as typed, and what was wrong with them."""
    given = {
        name: params.get(name, "").strip() for name in ("who", "kind", "surface", "from", "to", "before")
    }
    since, until, problem = read_span(given, context)
    known = {kind.key for kind in all_kinds()}
    asked = Asked(
        actor_id=parse_id(given["who"]),
        key=given["kind"] if given["kind"] in known else "",
        surface=given["surface"] if given["surface"] in SURFACES else "",
        since=since,
        until=until,
        before=parse_id(given["before"]),
    )
    return asked, given, problem


def audit_page(params: Mapping[str, str], context: Context) -> dict[str, Any]:
    """The filter, one page of acts, and the ways on."""
    asked, given, problem = read_asked(params, context)
    found = queries.acts(store=context.store, asked=asked, limit=A_PAGE + 1)
    shown = found[:A_PAGE]
    names = _names([act.record_id for act in shown if act.records == 1 and act.record_id], context)
    base = reverse("audit", kwargs={"store": context.store.slug})
    kept = {name: value for name, value in given.items() if value and name != "before"}
    return {
        "url": base,
        "given": given,
        "problem": problem,
        "people": [
            {"value": str(one.id), "label": one.name, "current": str(one.id) == given["who"]}
            for one in queries.actors(store=context.store)
        ],
        "kinds": [
            {"value": key, "label": _kind_label(key), "current": key == given["kind"]}
            for key in queries.keys_used(store=context.store)
        ],
        "surfaces": [
            {"value": name, "label": str(label), "current": name == given["surface"]}
            for name, label in SURFACES.items()
        ],
        "acts": [_line(act, context) | {"about": _about(act, names)} for act in shown],
        "filtered": bool(kept),
        "more_url": f"{base}?{urlencode(kept | {'before': str(shown[-1].id)})}"
        if len(found) > A_PAGE
        else "",
        "latest_url": f"{base}?{urlencode(kept)}" if asked.before else "",
        "export_url": f"{reverse('audit_export', kwargs={'store': context.store.slug})}?{urlencode(kept)}",
    }


def _kind_label(key: str) -> str:
    sentence = _(kind_of(key).sentence).partition("{")[0].strip(" :")
    noun = _NOUNS.get(key.partition(".")[0], key)
    return f"{noun}: {sentence}" if sentence else str(noun)


def _line(act: Act, context: Context) -> dict[str, Any]:
    style = values.style_of(context)
    local = act.at.astimezone(style.zone)
    return {
        "url": reverse("change", kwargs={"store": context.store.slug, "change_set": act.id}),
        "sentence": act.sentence,
        "icon": kind_of(act.key).icon,
        "who": act.actor_name,
        "surface": str(SURFACES.get(way_of(act), "")),
        "count": _records(act, style),
        "iso": local.isoformat(),
        "exact": format_datetime(local, "full", locale=style.language),
        "time": format_datetime(local, "medium", locale=style.language),
        "undoes": bool(act.undoes),
    }


def _about(act: Act, names: Mapping[UUID, tuple[str, str]]) -> str:
    """Whom an act on one record was about."""
    if act.record_id is None or act.records != 1 or act.record_id not in names:
        return ""
    return names[act.record_id][0]


def _records(act: Act, style: cells.Style) -> str:
    if act.records > queries.COUNTED_RECORDS:
        return _("more than %(count)s records") % {
            "count": cells.format_whole(queries.COUNTED_RECORDS, style.language)
        }
    return ngettext("%(count)s record", "%(count)s records", act.records) % {
        "count": cells.format_whole(act.records, style.language)
    }


def change_page(act: Act, rehearsal: Undone | None, why_not: str, context: Context) -> dict[str, Any]:
    """One act with the records it touched, before and after, and what an undo would do. Those that it would leave alone
    come first."""
    here = {"store": context.store.slug}
    left = _left(act, rehearsal, context) if rehearsal else {}
    pasts = queries.pasts_of(
        store=context.store, change_set_id=act.id, limit=SHOWN_RECORDS, first=left.keys()
    )
    names = _names([past.record_id for past in pasts], context)
    resource = get_resource("customers")
    fields, seen = fields_by_name(resource, context), resource.seen_by(context.actor)
    undone_by = queries.undone_by(store=context.store, change_set_id=act.id)
    return _line(act, context) | {
        "records": [
            {
                "name": names[past.record_id][0] if past.record_id in names else str(past.record_id),
                "url": names[past.record_id][1] if past.record_id in names else "",
                "sentence": kind_of(past.key).say(past.data),
                "changes": changes_of(past.key, seen(past.before), seen(past.after), fields, context),
                "left": left.get(past.record_id, ""),
                "record_id": past.record_id,
                "undoable": rehearsal is not None
                and past.record_id not in left
                and can_undo(past.key, at=act.at, actor=context.actor, now=context.now),
            }
            for past in pasts
        ],
        "shown_text": _("The first %(count)s are shown.") % {"count": SHOWN_RECORDS}
        if act.records > len(pasts)
        else "",
        "undo_url": reverse("undo_change", kwargs={**here, "change_set": act.id}) if rehearsal else "",
        "undo_text": _rehearsed(rehearsal, act, context) if rehearsal else why_not,
        "removes_text": _removes(act, context) if rehearsal else "",
        "undone_url": reverse("change", kwargs={**here, "change_set": undone_by.id}) if undone_by else "",
        "undoes_url": reverse("change", kwargs={**here, "change_set": act.undoes}) if act.undoes else "",
        "run_url": reverse("run", kwargs={**here, "run_id": act.run_id})
        if act.run_id and act.key in ("bulk.performed", "change_set.undone")
        else "",
        "list_url": reverse("audit", kwargs=here),
    }


def _names(ids: list[UUID], context: Context) -> dict[UUID, tuple[str, str]]:
    resource = get_resource("customers")
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": resource.name})
    rows = resource.rows(context.store).filter(pk__in=ids).values("id", *resource.title_needs)
    return {row["id"]: (resource.title(row), f"{base}{row['id']}/") for row in rows}


def _rehearsed(rehearsal: Undone, act: Act, context: Context) -> str:
    language = values.style_of(context).language
    if not rehearsal.done and not rehearsal.left:
        return _("Whoever was changed since is left alone and listed. Undo is open until %(day)s.") % {
            "day": cells.format_day(context.store.day_of(act.at) + timedelta(days=DAYS), language)
        }
    text = _("%(count)s would be as before") % {"count": cells.format_whole(len(rehearsal.done), language)}
    if rehearsal.left:
        text += ", " + _("%(count)s left alone") % {
            "count": cells.format_whole(len(rehearsal.left), language)
        }
    return f"{text}."


def _left(act: Act, rehearsal: Undone, context: Context) -> dict[UUID, str]:
    """Whom an undo would leave alone and why. Of very many records it is not tried out: whom it will look at twice."""
    if rehearsal.done or rehearsal.left:
        return rehearsal.left
    found = queries.touched_since(store=context.store, change_set_id=act.id, limit=SHOWN_RECORDS)
    return dict.fromkeys(found, _("something happened since; stays if that would be lost"))


def _removes(act: Act, context: Context) -> str:
    """What taking back an import means for those whom it brought."""
    kinds = queries.records_by_kind(store=context.store, change_set_id=act.id)
    made = kinds.get(IMPORTED.key, 0)
    if not made:
        return ""
    language = values.style_of(context).language
    return ngettext(
        "Undo removes the %(count)s customer whom this file brought, unless something happened to them since.",
        "Undo removes the %(count)s customers whom this file brought, except those to whom something happened since.",
        made,
    ) % {"count": cells.format_whole(made, language)}


def undone_text(undone: Undone, context: Context) -> str:
    """What became of an undo, in one line."""
    language = values.style_of(context).language
    text = _("Put back: %(count)s") % {"count": cells.format_whole(len(undone.done), language)}
    if undone.left:
        reasons = "; ".join(sorted(set(undone.left.values()))[:3])
        text += " · " + _("left alone: %(count)s (%(why)s)") % {"count": len(undone.left), "why": reasons}
    return text


HEADER = ("at", "actor", "surface", "kind", "sentence", "resource", "record", "before", "after", "change_set")


def audit_file(params: Mapping[str, str], context: Context) -> Iterator[bytes]:
    """Every event that the filter means, oldest last, as CSV in pieces."""
    asked, _given, problem = read_asked(params, context)
    if problem:
        raise Invalid(problem)
    return encoded(_audit_rows(asked, context))


def _audit_rows(asked: Asked, context: Context) -> Iterator[Sequence[Any]]:
    seen = get_resource("customers").seen_by(context.actor)
    yield HEADER
    for act, past in queries.every_event(store=context.store, asked=asked):
        yield (
            act.at.astimezone(context.store.zone).isoformat(),
            guard(act.actor_name),
            act.surface,
            past.key,
            guard(kind_of(past.key).say(past.data)),
            past.resource,
            past.record_id,
            json.dumps(seen(past.before), ensure_ascii=False),
            json.dumps(seen(past.after), ensure_ascii=False),
            act.id,
        )
