"""Pages of a list, by key: each page costs the same, however deep; and honest counts that never hold up a page."""

import base64
import binascii
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from regulars.kit.slowness import was_given_up
from regulars.kit.text import storable
from regulars.resources.bounds import bounds_of, excluded, fixed_in, plainly
from regulars.resources.compile import compile_query, fields_asked
from regulars.resources.context import Context
from regulars.resources.field import Field, Row, Span
from regulars.resources.kinds import NOTHING
from regulars.resources.language import QueryError
from regulars.resources.query import Query
from regulars.resources.resource import Resource, Tab
from regulars.resources.walk import Key, all_pieces, walk

EXACT_UP_TO = 10_000
COUNT_MILLISECONDS = 10
COUNT_FOR_ALL = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page and the keys of its neighbours ("" where there is none)."""

    rows: list[Row]
    next: str
    previous: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are: exact, or estimated by the database's planner; `late` when counting took too long."""

    value: int
    exact: bool
    late: bool = False


def matching(query: Query, context: Context, *, one_by_one: bool = False) -> QuerySet[Any]:
    """The records a query means, unordered; `one_by_one` as `compile_query` has it. Raises `QueryError`."""
    if query.error:
        raise query.error
    rows = query.resource.rows(context.store).filter(query.resource.tab(query.tab).meaning(context))
    rows = annotate(rows, fields_asked(query.node, query.resource, context), context)
    if query.text:
        rows = rows.filter(query.resource.search_filter(query.text, context))
    return rows.filter(compile_query(query.node, query.resource, context, one_by_one=one_by_one))


def _rows(query: Query, context: Context, fields: Iterable[Field]) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """The records a query means, and those it is read along: of the tab where that has an index of its own, else of the
    store; the same when nothing more is asked."""
    sort, _descending = query.sort_field(context)
    tab, where, by = query.resource.tab(query.tab), query.where, sort.name if sort else ""
    same = None if query.error else _tab_of_all(query, context)
    if same is not None and by in same.indexed:
        tab, where = same, ""
    meant = tab.meaning(context)
    along = meant if by in tab.indexed else Q()
    every = annotate(query.resource.rows(context.store), fields, context).filter(along)
    if along == meant and not query.error and not where and not query.text:
        return every, every
    return annotate(matching(query, context, one_by_one=True), fields, context), every


def _tab_of_all(query: Query, context: Context) -> Tab | None:
    """The tab that means what tab and conditions mean together: "all orders where something came back" are those of the
    tab of these, and are read along its index."""
    met = query.resource.tab(query.tab).meaning(context) & compile_query(query.node, query.resource, context)
    meant = plainly(met)
    tabs = query.resource.tabs if meant and query.where else ()
    return next((one for one in tabs if plainly(one.meaning(context)) == meant), None)


def annotate(rows: QuerySet[Any], fields: Iterable[Field], context: Context) -> QuerySet[Any]:
    """The rows with the computed columns that these fields need."""
    computed = {field.path: field.expression(context) for field in fields if field.expression is not None}
    new = {path: value for path, value in computed.items() if path not in rows.query.annotations}
    return rows.annotate(**new) if new else rows


def computed(resource: Resource, paths: Collection[str]) -> list[Field]:
    """The fields behind those of these columns that are computed, whoever may see them."""
    return [one for one in resource.all_fields() if one.expression is not None and one.path in paths]


def fetch_page(query: Query, context: Context, fields: Iterable[Field], *, extra: Iterable[str] = ()) -> Page:
    """One page of a list with the columns that `fields` need. Raises `QueryError`."""
    fields, extra = list(fields), list(extra)
    rows, every = _rows(query, context, [*fields, *computed(query.resource, extra)])
    spans = _bounded(spans_of(query, context), query, context)
    backwards = bool(query.before)
    key = _decode(rows, spans, query.before or query.after)
    wanted = columns_needed(query, fields, spans, extra)
    found = list(
        walk(
            rows,
            every,
            spans,
            key,
            wanted,
            query.size + 1,
            backwards=backwards,
            few=lambda: matching(query, context),
            named=_names_records(query),
        )
    )
    more = len(found) > query.size
    found = found[: query.size]
    if backwards:
        found.reverse()
    has_next = more if not backwards else True
    has_previous = more if backwards else bool(query.after)
    return Page(
        rows=[row for _, row in found],
        next=_encode(spans, *found[-1]) if has_next and found else "",
        previous=_encode(spans, *found[0]) if has_previous and found else "",
    )


def _names_records(query: Query) -> bool:
    return bool(query.text) and query.resource.search_names


def neighbours(query: Query, context: Context, record_id: UUID) -> tuple[UUID | None, UUID | None]:
    """The records before and after one in a list, or nothing at the ends or when it is no longer in the list."""
    spans = _bounded(spans_of(query, context), query, context)
    rows, every = _rows(query, context, ())
    paths = {"id", *(span.order for span in spans if span.order)}
    for number, span in enumerate(spans):
        row = rows.filter(span.filter or Q(), pk=record_id).values(*paths).first()
        if row is not None:
            key = (number, row[span.order] if span.order else None, record_id)
            named = _names_records(query)
            before = next(iter(walk(rows, every, spans, key, {"id"}, 1, backwards=True, named=named)), None)
            after = next(iter(walk(rows, every, spans, key, {"id"}, 1, named=named)), None)
            return (before[1]["id"] if before else None, after[1]["id"] if after else None)
    return None, None


def every_row(query: Query, context: Context, fields: Iterable[Field]) -> Iterator[Row]:
    """All rows of a query in its order, in constant memory."""
    fields = list(fields)
    wanted = columns_needed(query, fields, spans_of(query, context), ())
    for piece in every_piece(query, context, fields):
        yield from piece.values(*wanted)


def every_piece(
    query: Query, context: Context, fields: Iterable[Field], *, ids: Collection[UUID] = ()
) -> Iterator[QuerySet[Any]]:
    """The same as one query after the other, each of at most 10,000 rows, with the computed columns of the fields; of
    the records with these ids only, if there are any."""
    rows, every = _rows(query, context, fields)
    if ids:
        rows = rows.filter(pk__in=ids)
    few = rows is not every and count_rows(rows, milliseconds=COUNT_FOR_ALL).exact
    return all_pieces(rows, every, spans_of(query, context), few=few)


def count_matching(query: Query, context: Context, *, milliseconds: int | None = None) -> Count:
    """How many records a query means: exact up to 10,000 when that is known in time, else an estimate."""
    return count_rows(matching(query, context), milliseconds=milliseconds)


def count_rows(rows: QuerySet[Any], *, milliseconds: int | None = None) -> Count:
    """As `count_matching`, of any rows."""
    found, late = EXACT_UP_TO + 1, True
    capped = rows.order_by().values("pk")[: EXACT_UP_TO + 1]
    with _ended_in_time(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {int(milliseconds or COUNT_MILLISECONDS)}")
        found, late = capped.count(), False
        cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    if found <= EXACT_UP_TO:
        return Count(found, exact=True)
    return Count(_estimate(rows, late=late), exact=False, late=late)


def tab_counts(resource: Resource, context: Context, *, current: str) -> dict[str, Count]:
    """How many records each counted tab and the current one hold. Large ones are estimates and are looked up again once
    a minute."""
    counts: dict[str, Count] = {}
    asked: dict[str, QuerySet[Any]] = {}
    for tab in resource.tabs:
        if not tab.counted and tab.name != current:
            continue
        known = _large.get((context.store.pk, resource.name, tab.name))
        if known and known[0] > context.now:
            counts[tab.name] = known[1]
        else:
            asked[tab.name] = resource.rows(context.store).filter(tab.meaning(context))
    for name, count in zip(asked, count_each(list(asked.values())), strict=True):
        counts[name] = count
        if not count.exact:
            _large[context.store.pk, resource.name, name] = (context.now + timedelta(minutes=1), count)
    return counts


def count_each(each: Sequence[QuerySet[Any]], *, milliseconds: int | None = None) -> list[Count]:
    """As `count_rows` of several at once, in one question; one by one when that takes too long."""
    capped = [rows.order_by().values("pk")[: EXACT_UP_TO + 1].query.sql_with_params() for rows in each]
    counts = ", ".join(
        f"(SELECT count(*) FROM ({sql}) AS rows{number})" for number, (sql, _) in enumerate(capped)
    )
    found: tuple[int, ...] = ()
    if capped:
        with _ended_in_time(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(milliseconds or COUNT_MILLISECONDS)}")
            cursor.execute(f"SELECT {counts}", [value for _, params in capped for value in params])
            found = cursor.fetchone()
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    if not found:
        return [count_rows(rows, milliseconds=milliseconds) for rows in each]
    return [
        Count(count, exact=True) if count <= EXACT_UP_TO else Count(_estimate(rows, late=False), exact=False)
        for rows, count in zip(each, found, strict=True)
    ]


@contextmanager
def _ended_in_time() -> Iterator[None]:
    """Go on without an answer when the database ended a question because it took too long."""
    try:
        yield
    except OperationalError as error:
        if not was_given_up(error):
            raise


_large: dict[tuple[UUID, str, str], tuple[datetime, Count]] = {}


def spans_of(query: Query, context: Context) -> list[Span]:
    """The stretches a query's list is read in."""
    field, descending = query.sort_field(context)
    if field is None or field.sort is None:
        return query.resource.search(query.text, context)
    return field.sort.spans(descending=descending)


def _bounded(spans: list[Span], query: Query, context: Context) -> list[Span]:
    """The same stretches without their ends where nothing can match: by total, a list of small orders begins at the
    small ones. Where nothing can match at all (who never bought among those who lapsed) nothing is read."""
    if query.error:
        return spans
    met = query.resource.tab(query.tab).meaning(context) & compile_query(query.node, query.resource, context)
    found = []
    for span in spans:
        bounds = bounds_of(met, span.order) if span.order and not span.along else []
        fixed = fixed_in(span.filter) if span.filter is not None else ()
        if (f"{span.order}__isnull", True) in bounds or any(
            excluded(value, bounds_of(met, path)) for path, value in fixed
        ):
            found.append(replace(span, filter=NOTHING))
        else:
            found.append(replace(span, filter=(span.filter or Q()) & Q(*bounds)) if bounds else span)
    return found


def columns_needed(
    query: Query, fields: Iterable[Field], spans: Iterable[Span], extra: Iterable[str]
) -> set[str]:
    """The columns to fetch for showing these fields and for keying the page."""
    wanted = {"id", *query.resource.title_needs, *extra}
    for field in fields:
        wanted.update(field.needs)
    wanted.update(span.order for span in spans if span.order)
    return wanted


def _column_value(rows: QuerySet[Any], path: str, value: Any) -> Any:
    """The value of a page's key as the column holds it. The address may have been written by anybody."""
    damaged = QueryError("This page's address is damaged; go back to the first page.")
    if isinstance(value, str) and value != storable(value):
        raise damaged
    try:
        field = rows.model._meta.get_field(path)
    except FieldDoesNotExist:
        return value
    try:
        found = getattr(field, "output_field", field).clean(value, None)
        # The hours around both ends of the calendar have no UTC form, and the database driver would fail on them.
        return found.astimezone(UTC) if isinstance(found, datetime) else found
    except (ValidationError, TypeError, OverflowError) as error:
        raise damaged from error


def _encode(spans: list[Span], number: int, row: Row) -> str:
    order = spans[number].order
    packed = orjson.dumps([number, row[order] if order else None, row["id"]], default=str)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def _decode(rows: QuerySet[Any], spans: list[Span], text: str) -> Key | None:
    """The key in a page's address. Raises `QueryError`: it may have been written by anybody."""
    if not text:
        return None
    damaged = QueryError("This page's address is damaged; go back to the first page.")
    try:
        number, value, record_id = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        key = int(number), value, UUID(record_id)
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise damaged from error
    if not 0 <= key[0] < len(spans):
        raise damaged
    path = spans[key[0]].order
    return (key[0], _column_value(rows, path, value), key[2]) if path else key


def _estimate(rows: QuerySet[Any], *, late: bool) -> int:
    plan = orjson.loads(rows.order_by().values("pk").explain(format="json"))
    guess = int(plan[0]["Plan"]["Plan Rows"])
    return guess if late else max(guess, EXACT_UP_TO + 1)
