"""Forgetting what clients sent along with requests, and taking people out of queries that are kept as text."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q

from regulars.kit.traces import Traces
from regulars.resources.language import parse, write
from regulars.resources.models import IdempotencyKey
from regulars.resources.resource import get_resource
from regulars.resources.tree import QueryError, from_json, to_json
from regulars.stores.models import Store

# Values of fields of these classes name nobody by themselves: a condition on the city Paris says nothing about a
# customer called Paris.
NAMELESS = frozenset({"", "place", "label"})


def forget_requests(*, store: Store, record_ids: Collection[UUID], traces: Traces) -> None:
    """Remove the keys of requests that made these records, and those that clients built from an e-mail or a name."""
    kept = IdempotencyKey.objects.filter(store=store)
    kept.filter(record_id__in=list(record_ids)).delete()
    named = [
        one.pk
        for one in kept.only("key", "answer").iterator()
        if traces.found_in(one.key) or traces.clean_json(one.answer) != one.answer
    ]
    kept.filter(Q(pk__in=named)).delete()


def clean_where(*, where: str, resource: str, traces: Traces) -> str:
    """Conditions without what names somebody. They can still be carried out, and then find nobody."""
    if not traces.found_in(where):
        return where
    try:
        return write(from_json(_clean(to_json(parse(where)), _classes(resource), traces)))
    except QueryError:  # written by an older release
        return traces.clean(where)


def _classes(resource: str) -> dict[str, str]:
    """The class of personal data of each field."""
    return {field.name: field.personal for field in get_resource(resource).all_fields()}


def _clean(part: Any, classes: dict[str, str], traces: Traces) -> Any:
    match part:
        case {"field": str() as field, "values": list() as values}:
            names = classes.get(field, "identity") not in NAMELESS
            return part | {"values": [traces.clean(value, names=names) for value in values]}
        case dict():
            return {key: _clean(value, classes, traces) for key, value in part.items()}
        case list():
            return [_clean(one, classes, traces) for one in part]
    return part
