"""Flows: the money that goes between a record and the store, one entry after the other, whichever part keeps it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    Count,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, TruncMonth

from regulars.kit.words import Words
from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.stores.models import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One kind of movement: bought, returned, paid out.

    `entries` gives those of a record, in no order; `at` and `amount` (minor units) are their columns, `said` the one
    with what people call an entry, `thing` the resource and the column with the id that it opens. `sign` is what an
    entry does to what the record has brought the store: 1 adds to it, -1 takes from it, 0 is told beside. `rows` and
    `where` name the list with all of them, as of a figure. The entries of a flow that `runs` add up to a balance, which
    is told beside each. The lowest `rank` stands first.
    """

    name: str
    label: Words
    rank: int
    sign: int
    entries: Callable[[Store, UUID], QuerySet[Any]]
    at: str
    amount: str
    said: str = ""
    thing: tuple[str, str] | None = None
    rows: str = ""
    where: Callable[[Row], str] | None = None
    permission: str = ""
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement; `amount` is as its part keeps it, without the flow's sign."""

    flow: Flow
    id: UUID
    at: datetime
    amount: int
    said: str
    thing_id: UUID | None


@dataclass(frozen=True, slots=True)
class MonthOf:
    """What moved in one way in one month of the store."""

    flow: Flow
    month: date
    amount: int
    count: int


def latest_entries(
    flows: Sequence[Flow],
    record_id: UUID,
    context: Context,
    *,
    limit: int,
    before: tuple[datetime, UUID] | None,
) -> list[Entry]:
    """The entries of all flows, newest first, in one question; those before an entry if it is named by when and id."""
    each = []
    for flow in flows:
        rows = flow.entries(context.store, record_id)
        if before is not None:
            at, last = before
            rows = rows.filter(Q(**{f"{flow.at}__lt": at}) | Q(**{flow.at: at, "pk__lt": last}))
        rows = rows.order_by(F(flow.at).desc(), F("pk").desc())
        thing = F(flow.thing[1]) if flow.thing else F("pk")
        each.append(
            rows.values_list(
                Value(flow.name, output_field=TextField()),
                "pk",
                F(flow.at),
                Cast(flow.amount, BigIntegerField()),
                Cast(flow.said, TextField()) if flow.said else Value("", output_field=TextField()),
                thing,
            )[:limit]
        )
    by_name = {flow.name: flow for flow in flows}
    found = [
        Entry(by_name[name], pk, at, amount, said, thing if by_name[name].thing else None)
        for name, pk, at, amount, said, thing in _together(each)
    ]
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:limit]


def balances_after(flow: Flow, record_id: UUID, context: Context, ids: Collection[UUID]) -> dict[UUID, int]:
    """What the entries of a flow come to after each of these."""
    upto = Q(**{f"{flow.at}__lt": OuterRef(flow.at)}) | Q(
        **{flow.at: OuterRef(flow.at), "pk__lte": OuterRef("pk")}
    )
    every = flow.entries(context.store, record_id).order_by()
    sums = every.filter(upto).values("store").annotate(flow_sum=Sum(flow.amount)).values("flow_sum")
    rows = every.filter(pk__in=ids).annotate(flow_balance=Subquery(sums, output_field=BigIntegerField()))
    return dict(rows.values_list("pk", "flow_balance"))


def months_of(flows: Sequence[Flow], record_id: UUID, context: Context) -> list[MonthOf]:
    """What moved in each month of the store's time zone, in one question; months without anything are left out."""
    each = [
        flow.entries(context.store, record_id)
        .order_by()
        .annotate(flow_month=TruncMonth(flow.at, tzinfo=context.store.zone))
        .values("flow_month")
        .annotate(flow_sum=Cast(Sum(flow.amount), BigIntegerField()), flow_count=Count("pk"))
        .values_list(Value(flow.name, output_field=TextField()), "flow_month", "flow_sum", "flow_count")
        for flow in flows
    ]
    by_name = {flow.name: flow for flow in flows}
    found = [
        MonthOf(by_name[name], month.date(), total, count) for name, month, total, count in _together(each)
    ]
    return sorted(found, key=lambda one: (one.month, one.flow.rank))


def _together(each: list[QuerySet[Any, Any]]) -> list[Any]:
    return list(each[0].union(*each[1:], all=True)) if each else []
