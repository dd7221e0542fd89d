"""Counting what reports show, each in one question over the store's customers or orders.

Sums of orders are those of the figures beside a customer: counted orders without what was returned. Days, weeks and
months begin in the store's time zone.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from regulars.customers.queries import customers_of
from regulars.customers.resource import ACTIVE
from regulars.customers.resource.computed import life_stage_expression
from regulars.orders.choices import COUNTED
from regulars.reports.choices import MONTHS, Span
from regulars.reports.queries.scores import SCORES, score_expression
from regulars.resources.context import Context
from regulars.stores.models import Store

TOP = 50
BARS = 12
# The widest triangle that can be read.
MOST_COHORTS = 24
_ROUND = (1, 2, 5)
_SPENT = "placed.total_minor - placed.returned_minor"
Rows = list[list[Any]]


def added(span: Span, context: Context) -> dict[str, Any]:
    """How many customers there were before, and in each step how many were added and how many bought for the first
    time."""
    store = context.store
    since, _until = moments_of(span, store)
    came = _by_step("created_at", span, store)
    bought = _by_step("first_order_at", span, store)
    before = _rows(
        "SELECT count(*) FROM customers_customer WHERE store_id = %s AND created_at < %s", store.pk, since
    )
    steps = [[day.isoformat(), came.get(day, 0), bought.get(day, 0)] for day in span.steps()]
    return {"before": before[0][0], "steps": steps}


def stages(context: Context) -> Rows:
    """How many active customers are in each life stage today, and what they have spent."""
    rows = customers_of(context.store).filter(ACTIVE).annotate(stage=life_stage_expression(context))
    found = rows.values("stage").annotate(number=Count("pk"), spent=Sum("spent_minor")).order_by("stage")
    return [[row["stage"], row["number"], row["spent"] or 0] for row in found]


def scored(context: Context) -> Rows:
    """How many customers have each pair of scores for recency and frequency, and what they have spent."""
    recency, frequency, _money = (score_expression(score, context) for score in SCORES)
    rows = customers_of(context.store).filter(orders_count__gt=0).annotate(recent=recency, often=frequency)
    found = rows.values("recent", "often").annotate(number=Count("pk"), spent=Sum("spent_minor"))
    return [
        [row["recent"], row["often"], row["number"], row["spent"]]
        for row in found.order_by("recent", "often")
        if row["recent"] is not None
    ]


def spending(context: Context) -> dict[str, Any]:
    """How many buyers have spent how much ever: in steps of a round amount, the last one open. The step is such that
    few fall behind it."""
    store = context.store
    ((most,),) = _rows(
        "SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY spent_minor) FROM customers_customer "
        "WHERE store_id = %s AND orders_count > 0",
        store.pk,
    )
    step = _round_step(max(most or 0, 1) // BARS + 1)
    found = _rows(
        """SELECT least(greatest(spent_minor, 0) / %s, %s) AS bar, count(*), sum(spent_minor)::bigint
        FROM customers_customer WHERE store_id = %s AND orders_count > 0 GROUP BY bar""",
        step, BARS, store.pk,
    )  # fmt: skip
    by_bar = {bar: [number, spent] for bar, number, spent in found}
    return {"step": step, "bars": [by_bar.get(bar, [0, 0]) for bar in range(BARS + 1)]}


def places(span: Span, context: Context) -> Rows:
    """By country: how many customers there are, how many of them bought within the days, their orders and what they
    spent; the most spent first."""
    store = context.store
    return _rows(
        f"""SELECT customer.country, count(*), count(bought.orders), coalesce(sum(bought.orders), 0)::bigint,
            coalesce(sum(bought.spent), 0)::bigint AS spent
        FROM customers_customer AS customer LEFT JOIN ({_BY_CUSTOMER}) AS bought
            ON bought.customer_id = customer.id
        WHERE customer.store_id = %s GROUP BY customer.country ORDER BY spent DESC, count(*) DESC, country""",
        *_bought_in(span, store), store.pk,
    )  # fmt: skip


def top_customers(span: Span, context: Context) -> Rows:
    """The customers who spent most within the days: their id, orders and what they spent."""
    found = _rows(
        f"SELECT customer_id, orders, spent FROM ({_BY_CUSTOMER}) AS bought ORDER BY spent DESC, customer_id LIMIT %s",
        *_bought_in(span, context.store), TOP,
    )  # fmt: skip
    return [[str(customer_id), orders, spent] for customer_id, orders, spent in found]


def cohorts(span: Span, context: Context) -> dict[str, Any]:
    """Of those who bought for the first time in each month (or a longer step), how many bought again in which month
    after it."""
    store, step = context.store, span.step if span.step in MONTHS else "month"
    begins = span.steps(step)[-MOST_COHORTS:]
    since = _midnight(begins[0], store)
    _since, until = moments_of(span, store)
    found = _rows(
        """SELECT begun, bought, count(*) FROM (
            SELECT DISTINCT date_trunc(%s, customer.first_order_at AT TIME ZONE %s)::date AS begun,
                date_trunc(%s, placed.placed_at AT TIME ZONE %s)::date AS bought, customer.id
            FROM customers_customer AS customer
            JOIN orders_order AS placed ON placed.store_id = customer.store_id
                AND placed.customer_id = customer.id AND placed.status = ANY(%s)
            WHERE customer.store_id = %s AND customer.first_order_at >= %s AND customer.first_order_at < %s
                AND placed.placed_at >= %s AND placed.placed_at < %s) AS visit
        GROUP BY begun, bought""",
        step, store.time_zone, step, store.time_zone, list(COUNTED), store.pk, since, until, since, until,
    )  # fmt: skip
    number = {day: index for index, day in enumerate(begins)}
    lines = [[0] * (len(begins) - index) for index in range(len(begins))]
    for begun, bought, count in found:
        lines[number[begun]][number[bought] - number[begun]] = count
    return {"step": step, "lines": [[day.isoformat(), line] for day, line in zip(begins, lines, strict=True)]}


# What each customer bought within some days. Its parameters come from `_bought_in`.
_BY_CUSTOMER = f"""SELECT placed.customer_id, count(*) AS orders, sum({_SPENT})::bigint AS spent
    FROM orders_order AS placed
    WHERE placed.store_id = %s AND placed.status = ANY(%s) AND placed.placed_at >= %s AND placed.placed_at < %s
    GROUP BY placed.customer_id"""


def _bought_in(span: Span, store: Store) -> tuple[Any, ...]:
    return store.pk, list(COUNTED), *moments_of(span, store)


def moments_of(span: Span, store: Store) -> tuple[datetime, datetime]:
    """When the days begin, and when they are over."""
    return _midnight(span.first, store), _midnight(span.last + timedelta(days=1), store)


def _midnight(day: date, store: Store) -> datetime:
    return datetime.combine(day, time.min, store.zone)


def _by_step(column: str, span: Span, store: Store) -> dict[date, int]:
    """How many customers have a moment within each step of the days."""
    return dict(
        _rows(
            f"""SELECT date_trunc(%s, {column} AT TIME ZONE %s)::date AS step, count(*) FROM customers_customer
            WHERE store_id = %s AND {column} >= %s AND {column} < %s GROUP BY step""",
            span.step, store.time_zone, store.pk, *moments_of(span, store),
        )
    )  # fmt: skip


def _round_step(least: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50… that is no smaller."""
    powers: Iterator[int] = (10**power for power in range(20))
    return next(digit * power for power in powers for digit in _ROUND if digit * power >= least)


def _rows(sql: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
