"""Why a customer is in a segment or not, condition by condition."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk.segments.words import moment_cell, segment_url
from regulars.kit.errors import NotFound, Refused
from regulars.resources.context import Context
from regulars.resources.explain import Verdict, why
from regulars.resources.language import parse
from regulars.resources.record import fetch_record
from regulars.resources.resource import get_resource
from regulars.segments import queries
from regulars.segments.choices import How, SegmentKind
from regulars.segments.names import key_of, named_in
from regulars.segments.queries import Segment


def why_page(segment: Segment, customer_id: UUID, context: Context) -> dict[str, Any]:
    """One customer and one segment: in or not, since when, and what each condition finds. Raises `NotFound`."""
    resource = get_resource("customers")
    row = fetch_record(resource, customer_id, [], context)
    stays = queries.stays_in(store=context.store, segment_id=segment.pk, customer_id=customer_id)
    name = resource.title(row)
    page = {
        "name": name,
        "url": reverse("customer", kwargs={"store": context.store.slug, "record_id": customer_id}),
        "stays": [
            {
                "entered": moment_cell(stay.entered_at, context),
                "left": moment_cell(stay.left_at, context) if stay.left_at else None,
                "how": str(How(stay.how).label),
            }
            for stay in stays
        ],
        "lines": [],
        "problem": "",
    }
    if segment.kind == SegmentKind.STATIC:
        inside = any(stay.left_at is None for stay in stays)
        return page | {"inside": inside, "headline": _headline(name, segment, inside=inside)}
    node = parse(segment.where)
    try:
        verdict = why(node, resource, context, customer_id)
    except NotFound:
        raise
    except Refused as refusal:
        inside = queries.members_of(segment, context).filter(pk=customer_id).exists()
        return page | {
            "inside": inside,
            "headline": _headline(name, segment, inside=inside),
            "problem": refusal.sentence,
        }
    names = named_in(node)
    known = queries.by_names(store=context.store, names=names) if names else {}
    linked = {key: f"{segment_url(context, one.pk)}why/{customer_id}/" for key, one in known.items()}
    return page | {
        "inside": verdict.holds,
        "headline": _headline(name, segment, inside=verdict.holds),
        "lines": [_line(verdict, linked)],
    }


def _headline(name: str, segment: Segment, *, inside: bool) -> str:
    told = {"name": name, "segment": segment.name}
    return (_("%(name)s is in “%(segment)s”") if inside else _("%(name)s is not in “%(segment)s”")) % told


def _line(verdict: Verdict, linked: dict[str, str]) -> dict[str, Any]:
    told, value = verdict.explained, verdict.value
    parts: tuple[Verdict, ...] = verdict.parts
    if told.kind == "not" and not parts[0].parts:  # the words say the opposite by themselves
        value, parts = parts[0].value, ()
    joint = {"and": _("All of these"), "or": _("Any of these"), "not": _("Not")}.get(told.kind, "")
    inner = [_line(one, linked) for one in parts] if joint else []
    named = named_in(parse(told.where)) if told.where and not inner else []
    return {
        "words": joint if inner else told.sentence,
        "holds": verdict.holds,
        "value": "" if inner else value,
        "url": next((linked[key_of(name)] for name in named), ""),
        "parts": inner,
    }
