"""Forgetting people that saved views name: in their conditions, their search words and their names."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from regulars.customers.erasing import Person, traces_of
from regulars.kit.ids import new_id
from regulars.kit.traces import TAKEN_OUT, Traces
from regulars.resources.language import parse, write
from regulars.resources.resource import get_resource
from regulars.resources.tree import QueryError, from_json, to_json
from regulars.stores.models import Store
from regulars.views import rules
from regulars.views.models import View

# A condition on the city Paris says nothing about a customer named Paris.
_NAMELESS = frozenset({"", "place"})


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Take what names these people out of every view of the store."""
    traces = traces_of(people)
    for view in View.objects.filter(store=store).order_by("pk").select_for_update(of=("self",), no_key=True):
        cleaned = {
            "name": traces.clean(view.name)[: rules.MAX_NAME],
            "q": traces.clean(view.q),
            "where": _without(view.where, view.resource, traces),
        }
        if any(getattr(view, name) != value for name, value in cleaned.items()):
            _write(view, cleaned)


def _without(where: str, resource: str, traces: Traces) -> str:
    """The conditions without what names somebody; they still can be carried out, and then find nobody."""
    if not traces.found_in(where):
        return where
    try:
        return write(from_json(_clean(to_json(parse(where)), _classes(resource), traces)))
    except QueryError:  # saved by an older release
        return traces.clean(where)


def _classes(resource: str) -> dict[str, str]:
    """The class of personal data of each field."""
    return {field.name: field.personal for field in get_resource(resource).all_fields()}


def _clean(part: Any, classes: dict[str, str], traces: Traces) -> Any:
    match part:
        case {"field": str() as field, "values": list() as values}:
            names = classes.get(field, "identity") not in _NAMELESS
            return part | {"values": [traces.clean(value, names=names) for value in values]}
        case dict():
            return {key: _clean(value, classes, traces) for key, value in part.items()}
        case list():
            return [_clean(one, classes, traces) for one in part]
    return part


def _write(view: View, cleaned: dict[str, str]) -> None:
    """Without a name that is taken: two views may have named the same person."""
    for name, value in cleaned.items():
        setattr(view, name, value)
    try:
        with transaction.atomic():
            view.save(update_fields=list(cleaned))
    except IntegrityError:
        view.name = f"{TAKEN_OUT} {new_id().hex[-6:]}"
        view.save(update_fields=list(cleaned))
