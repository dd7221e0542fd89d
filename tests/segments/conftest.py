"""Segments of a small shop, made through the services."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.segments import services
from regulars.segments.models import Segment, SegmentMembership
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

ACTOR = system("Tests")


def make_segment(store: Store, name: str, where: str = "", **more: str) -> Segment:
    """A dynamic segment of these conditions, or a static one without."""
    facts = services.SegmentFacts(name=name, kind="dynamic" if where else "static", where=where, **more)
    return services.create_segment(store=store, facts=facts, actor=ACTOR, now=NOW)


def edit(segment: Segment, now: datetime = NOW, **changes: Any) -> Segment:
    """The segment with other facts."""
    more = {name: changes.pop(name) for name in ("accept_uses",) if name in changes}
    known = {name: getattr(segment, name) for name in ("name", "kind", "where", "note")}
    return services.edit_segment(
        store=segment.store,
        segment_id=segment.pk,
        facts=services.SegmentFacts(**(known | changes)),
        base_version=None,
        actor=ACTOR,
        now=now,
        **more,
    )


def put_in(segment: Segment, *customers: Customer, now: datetime = NOW) -> None:
    """Put customers into a static segment."""
    services.add_to_segment(
        store=segment.store,
        ids=[one.pk for one in customers],
        inputs={"segment": str(segment.pk)},
        actor=ACTOR,
        now=now,
        change_set=None,
    )


def take_out(segment: Segment, *customers: Customer, now: datetime = NOW) -> None:
    """Take customers out of a static segment."""
    services.remove_from_segment(
        store=segment.store,
        ids=[one.pk for one in customers],
        inputs={"segment": str(segment.pk)},
        actor=ACTOR,
        now=now,
        change_set=None,
    )


def refresh(segment: Segment, now: datetime = NOW) -> services.Refreshed:
    return services.refresh_segment(store=segment.store, segment_id=segment.pk, now=now)


def inside(segment: Segment) -> set[str]:
    """Who is in, by first name, as of the last refresh."""
    rows = SegmentMembership.objects.filter(segment=segment, left_at__isnull=True)
    return set(rows.values_list("customer__first_name", flat=True))


def found(store: Store, where: str, now: datetime = NOW) -> set[str]:
    """Whom a query finds, by first name."""
    context = Context(store=store, actor=ACTOR, now=now)
    query = query_from_params(get_resource("customers"), {"where": where, "tab": "all"}, context, strict=True)
    return set(matching(query, context).values_list("first_name", flat=True))


@pytest.fixture
def people(store: Store) -> dict[str, Customer]:
    """Ada and Bea in France, Cem in Turkey, Dot nowhere."""
    facts: tuple[tuple[str, str, str], ...] = (
        ("Ada", "FR", "ada@example.test"),
        ("Bea", "FR", "bea@example.test"),
        ("Cem", "TR", "cem@example.test"),
        ("Dot", "", "dot@example.test"),
    )
    return {
        name: make_customer(store, first_name=name, country=country, email=email)
        for name, country, email in facts
    }


Make = Callable[..., Segment]
