"""Reading a sorted list stretch by stretch, so that no list is ever sorted or searched through as a whole.

The database's planner guesses how many rows meet the conditions. Where it guesses wrong it walks along the sort
index through a million rows to find three. So a list with conditions is read in steps, each of which is bounded: only
the next `NEAR` rows along the index; when some of them match but not enough for a page, as many more as a page should
take at that rate; when hardly any match, up to `FEW` matches through the indexes of the conditions, in no order; when
there are more than that but not more than `GATHERED`, as the planner guesses, all of them are sorted; else they are
dense enough to be met within the next `FAR` rows along the index.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
    TupleLessThanOrEqual,
)
from django.db.models.functions import Coalesce

from regulars.kit.copying import array_of
from regulars.resources.field import Row, Span

NEAR = 2500
FEW = 5000
GATHERED = 25_000
FAR = 100_000
# How much of a file is read at once.
PIECE = 5000
# A rate at which a page takes no more than so many times the rows that were read to learn it.
SPARSE = 8

_OTHER_WAYS = ("enable_bitmapscan", "enable_seqscan")

# The number of the span, the value of its sort column there, and the id.
Key = tuple[int, Any, UUID]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a span behind a key: `rows` meet the conditions, `every` are those and all between them; `order` are
    the columns of the index."""

    rows: QuerySet[Any]
    every: QuerySet[Any]
    order: tuple[str, ...]
    down: bool

    @classmethod
    def behind(
        cls, rows: QuerySet[Any], every: QuerySet[Any], span: Span, key: Key | None, *, backwards: bool
    ) -> "Stretch":
        """The whole span, or what comes after the key in it."""
        if span.filter is not None:
            rows, every = rows.filter(span.filter), every.filter(span.filter)
        order = span.along or ((span.order, "id") if span.order else ("id",))
        whole = cls(rows, every, order, span.descending != backwards)
        if key is None:
            return whole
        beyond = _compare(TupleLessThan if whole.down else TupleGreaterThan, order, key[1], key[2])
        return whole.only(beyond)

    def only(self, condition: Any) -> "Stretch":
        """The rows of this stretch that also meet a condition."""
        return Stretch(self.rows.filter(condition), self.every.filter(condition), self.order, self.down)

    def within(self, distance: int, limit: int, wanted: set[str]) -> tuple[list[Row], bool]:
        """The first rows that match among so many along the index; and whether those are all there is to show."""
        edge = self.edge(distance)
        if edge is None:
            return list(self.along(wanted)[:limit]), True
        with transaction.atomic(), connection.cursor() as cursor:
            # Only along the index: a look-up by the conditions costs as much as all of this, and comes next anyway.
            cursor.execute("; ".join(f"SET LOCAL {way} = off" for way in _OTHER_WAYS))
            found = list(self.up_to(edge).along(wanted)[:limit])
            cursor.execute("; ".join(f"SET LOCAL {way} = DEFAULT" for way in _OTHER_WAYS))
        return found, len(found) == limit

    def edge(self, distance: int) -> tuple[Any, UUID] | None:
        """The key so many rows along the index, whether they match or not; nothing when there are not so many."""
        keys = self.every.order_by(*self._ordering()).values_list(self.order[0], self.order[-1])
        return next(iter(keys[distance - 1 : distance]), None)

    def up_to(self, edge: tuple[Any, UUID]) -> "Stretch":
        """The rows as far as this key."""
        within = TupleGreaterThanOrEqual if self.down else TupleLessThanOrEqual
        return self.only(_compare(within, self.order, *edge))

    def along(self, wanted: set[str]) -> QuerySet[Any]:
        """The rows that match, in order, as the database likes to find them."""
        return self.sorted().values(*wanted)

    def gathered(self, wanted: set[str]) -> QuerySet[Any]:
        """The rows that match, in order, found through their conditions."""
        return self.sorted(indexed=False).values(*wanted)

    def guessed(self) -> int:
        """How many rows match, as the database's planner guesses: too many to sort them all for the first few?"""
        plan = orjson.loads(self.rows.order_by().values("pk").explain(format="json"))
        return int(plan[0]["Plan"]["Plan Rows"])

    def sorted(self, *, indexed: bool = True) -> QuerySet[Any]:
        """The rows that match, in order; without `indexed` in a way that no index has this order."""
        if indexed:
            return self.rows.order_by(*self._ordering())
        order = [Coalesce(F(name), F(name)) for name in self.order]
        return self.rows.order_by(*(one.desc() if self.down else one.asc() for one in order))

    def _ordering(self) -> list[Any]:
        return [F(name).desc() if self.down else F(name).asc() for name in self.order]


def walk[M: Model](
    rows: QuerySet[M],
    every: QuerySet[M],
    spans: Sequence[Span],
    key: Key | None,
    wanted: set[str],
    limit: int,
    *,
    backwards: bool = False,
    few: Callable[[], QuerySet[M]] | None = None,
    named: bool = False,
) -> Iterator[tuple[int, Row]]:
    """Rows from a key on, with the number of their span, reading one span after the other until there are enough.

    `every` are the rows without the conditions, or the same when there are none; `few` gives the rows that match in the
    form that is asked for all of them at once. With `named` the conditions name the rows they mean: they are few, and
    asking rows along the index whether they are meant costs more.
    """
    numbers = range(len(spans) - 1, -1, -1) if backwards else range(len(spans))
    left, conditioned, counted, known = limit, rows is not every, False, False
    for number in numbers:
        if key is not None and (number > key[0] if backwards else number < key[0]):
            continue
        start = key if key is not None and number == key[0] else None
        stretch = Stretch.behind(rows, every, spans[number], start, backwards=backwards)
        if not conditioned:
            among = stretch.gathered if known else stretch.along
            found, enough = list(among(wanted)[:left]), True
        elif named and not counted:
            found, enough = [], False
        else:
            found, enough = stretch.within(NEAR, left, wanted)
            if not enough and len(found) * SPARSE >= left:
                found, enough = stretch.within(min(2 * NEAR * left // len(found), FAR), left, wanted)
        if not enough and not counted:
            counted = True
            if (ids := _few(few() if few else rows)) is not None:
                # From here on the list is these rows, and the planner has nothing left to guess.
                rows, conditioned, known = every.filter(_one_of(ids)), False, True
                stretch = Stretch.behind(rows, every, spans[number], start, backwards=backwards)
                found, enough = list(stretch.gathered(wanted)[:left]), True
        if not enough:
            guessed = stretch.guessed()
            if guessed > GATHERED:
                found, enough = stretch.within(FAR, left, wanted)
        if not enough:
            among = stretch.along if guessed > FAR else stretch.gathered
            found = list(among(wanted)[:left])
        yield from ((number, row) for row in found)
        left -= len(found)
        if left <= 0:
            return


def _few(rows: QuerySet[Any]) -> list[UUID] | None:
    """The ids of all rows that match, if they are few."""
    ids = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    return ids if len(ids) <= FEW else None


def _one_of(ids: list[UUID]) -> Func:
    # As one array, which takes less to write than thousands of parameters; and as rows, which are looked up one by one.
    # A mere list the planner may look for within the whole index of the sort.
    texts, template = Value(array_of(map(str, ids))), "(%(expressions)s::uuid[])))"
    return Func(
        F("pk"), texts, template=template, arg_joiner=" IN (SELECT unnest(", output_field=BooleanField()
    )


def all_pieces[M: Model](
    rows: QuerySet[M], every: QuerySet[M], spans: Sequence[Span], *, few: bool
) -> Iterator[QuerySet[M]]:
    """Every row that matches, in order, in pieces of a bounded size: gathered at once when they are few, else read from
    edge to edge of the index."""
    for number, span in enumerate(spans):
        stretch = Stretch.behind(rows, every, span, None, backwards=False)
        if few:
            yield stretch.sorted(indexed=False)
            continue
        while (edge := stretch.edge(PIECE)) is not None:
            yield stretch.up_to(edge).sorted()
            stretch = Stretch.behind(rows, every, span, (number, *edge), backwards=False)
        yield stretch.sorted()


def _compare(lookup: Any, order: tuple[str, ...], value: Any, record_id: UUID) -> Any:
    if len(order) > 1:
        return lookup(Tuple(*map(F, order)), (value, record_id))
    names = {
        TupleLessThan: "id__lt",
        TupleGreaterThan: "id__gt",
        TupleLessThanOrEqual: "id__lte",
        TupleGreaterThanOrEqual: "id__gte",
    }
    return Q(**{names[lookup]: record_id})
