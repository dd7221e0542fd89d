"""What a list may cost: a bounded number of queries, along indexes, whatever the database's planner guesses."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.cli.demo import shop
from regulars.customers.choices import LifeStage
from regulars.customers.resource.finders import LOOKED_THROUGH
from regulars.kit.actor import system
from regulars.kit.text import fold
from regulars.reports import services as reports
from regulars.resources import walk
from regulars.resources.context import Context
from regulars.resources.look_up import look_up
from regulars.resources.page import annotate, every_row, fetch_page, matching, neighbours
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from tests import database
from tests.factories import NOW, make_store

pytestmark = pytest.mark.django_db
CUSTOMERS = 3000


@pytest.fixture(scope="module")
def context(django_db_setup, django_db_blocker):
    """One store of a few thousand for all tests here: enough for the planner to have a choice."""
    with django_db_blocker.unblock():
        store = make_store("large")
        shop.fill_store(store=store, count=CUSTOMERS, seed=5, now=NOW)
        yield Context(store=store, actor=system("Tests"), now=NOW)
        database.truncate()


def _query(context, **params):
    return query_from_params(get_resource("customers"), params, context, strict=True)


def _page(context, **params):
    query = _query(context, **params)
    with CaptureQueriesContext(connection) as captured:
        page = fetch_page(query, context, query.chosen_columns(context))
    return page, [one["sql"] for one in captured if "customers_customer" in one["sql"]]


def _sorts():
    resource = get_resource("customers")
    return [mark + field.name for field in resource.all_fields() if field.sort for mark in ("", "-")]


@pytest.mark.parametrize("sort", _sorts())
def test_every_sort_walks_an_index(context, sort):
    _found, statements = _page(context, sort=sort, tab="all", size="25")

    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan on customers_customer" not in plan, plan


@pytest.mark.parametrize("sort", ["spent", "-orders_count", "items_count", "-last_order"])
@pytest.mark.parametrize("stage", ["lapsed", "at_risk", "loyal", "customer", "new"])
def test_who_bought_is_not_looked_for_among_those_who_never_did(context, monkeypatch, stage, sort):
    monkeypatch.setattr(walk, "NEAR", 20)
    monkeypatch.setattr(walk, "FEW", 0)

    page, statements = _page(context, tab=stage, sort=sort, size="2000")

    assert page.rows or stage == "new"
    conditions = [sql.partition(" WHERE ")[2] for sql in statements]
    for never in ('orders_count" = 0', 'last_order_at" IS NULL'):
        assert not any(f'AND "customers_customer"."{never}' in one for one in conditions), conditions


@pytest.mark.parametrize("sort", ["-created", "name", "email"])
def test_a_plain_list_is_one_query_for_its_rows_on_every_page(context, sort):
    after = ""
    for _ in range(4):
        page, statements = _page(context, sort=sort, tab="all", size="25", after=after)
        assert len(statements) == 1
        after = page.next


@pytest.mark.parametrize("where", ["returned > 0", "status = cancelled"])
def test_conditions_that_are_a_tab_are_read_along_its_index(context, monkeypatch, where):
    monkeypatch.setattr(walk, "NEAR", 5)
    query = query_from_params(get_resource("orders"), {"tab": "all", "where": where}, context, strict=True)
    with CaptureQueriesContext(connection) as captured:
        page = fetch_page(query, context, query.chosen_columns(context)[:3])

    assert len(captured) == 1
    assert page.rows == list(every_row(query, context, query.chosen_columns(context)[:3]))[: len(page.rows)]


@pytest.mark.parametrize(
    ("params", "most"),
    [
        ({}, 2),
        ({"tab": "archived", "sort": "-spent"}, 9),
        ({"tab": "blocked", "sort": "-spent"}, 9),
        ({"where": "country = FR"}, 6),
        ({"where": "country = BG and spent > 100 and newsletter = yes"}, 6),
        ({"q": "martin"}, 16),
        ({"q": "qqqqq"}, 16),
        ({"q": "0612"}, 12),
    ],
)
def test_conditions_and_searches_are_a_bounded_number_of_queries(context, monkeypatch, params, most):
    monkeypatch.setattr(walk, "NEAR", 100)
    monkeypatch.setattr(walk, "FAR", 400)
    monkeypatch.setattr(walk, "FEW", 20)

    _found, statements = _page(context, **params)

    assert len(statements) <= most + 1


@pytest.mark.parametrize(
    ("near", "few", "far"), [(5000, 2000, 100_000), (10, 5, 40), (10, 2000, 40), (40, 0, 400)]
)
@pytest.mark.parametrize(
    "params",
    [
        {"where": "country = FR", "sort": "-spent"},
        {"where": "country = BG", "sort": "name"},
        {"where": "newsletter = yes and spent > 50", "sort": "-created"},
        {"tab": "archived", "sort": "company"},
        {"q": "mar"},
        {"q": "mar", "sort": "-last_order"},
        {"q": "example.org", "tab": "archived"},
    ],
)
def test_every_way_of_reading_gives_the_same_list(context, monkeypatch, params, near, few, far):
    """Page by page, forwards and back, in one go and row by row: the same rows in the same order."""
    columns = get_resource("customers").fields(context.actor)[:3]
    expected = [row["id"] for row in every_row(_query(context, **params), context, columns)]
    monkeypatch.setattr(walk, "PIECE", near)
    monkeypatch.setattr(walk, "NEAR", near)
    monkeypatch.setattr(walk, "FEW", few)
    monkeypatch.setattr(walk, "FAR", far)

    pages = [fetch_page(_query(context, **params, size="50"), context, columns)]
    while pages[-1].next and len(pages) < 8:
        pages.append(fetch_page(_query(context, **params, size="50", after=pages[-1].next), context, columns))
    forwards = [row["id"] for page in pages for row in page.rows]
    assert len(expected) > 4
    assert forwards == expected[: len(forwards)]
    assert len(forwards) == len(expected) or len(pages) == 8
    if len(pages) > 1:
        back = fetch_page(_query(context, **params, size="50", before=pages[-1].previous), context, columns)
        assert back.rows == pages[-2].rows
    middle = len(forwards) // 2
    assert neighbours(_query(context, **params), context, forwards[middle]) == (
        forwards[middle - 1],
        forwards[middle + 1],
    )
    assert [row["id"] for row in every_row(_query(context, **params), context, columns)] == expected


@pytest.mark.parametrize(
    "text",
    ["1234", "1042", "D-7", "356938035643809", "martin", "arti", "shmyt", "nora meier", "a@b.example", "#12"],
)
def test_the_counter_asks_few_questions_each_along_an_index(context, text):
    with CaptureQueriesContext(connection) as captured:
        look_up(get_resource("customers"), text, context, limit=13)

    assert len(captured) <= 9  # one for each way of each part to find somebody
    for statement in [one["sql"] for one in captured]:
        with connection.cursor() as cursor:
            # A few thousand rows are read faster than their index: what counts is that there is one for a million.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {statement}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            cursor.execute("SET LOCAL enable_seqscan = on")
        assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize("text", ["0000000000000", "R00000000", "banana", "''''", "Ωμέγα ωδή", "🎁🎁🎁"])
def test_the_counter_looks_through_few_where_the_index_cannot_tell(context, text):
    """It knows letters by threes: nobody is called 0000000000000, but every seventh has "000" in a postcode."""
    with CaptureQueriesContext(connection) as captured:
        look_up(get_resource("customers"), text, context, limit=13)

    asked = [one["sql"] for one in captured if '"search"' in one["sql"]]
    assert len(asked) == 1 and f"LIMIT {LOOKED_THROUGH}" in asked[0], asked
    assert f"%{fold(text)}%" not in asked[0]


def _plan(context, name, **params):
    query = query_from_params(get_resource(name), {"tab": "all", **params}, context, strict=True)
    return matching(query, context).order_by().values("pk")[:50].explain()


def test_who_bought_something_rare_is_found_from_what_was_bought(context):
    """Not by asking of each customer in turn how often they did."""
    plan = _plan(context, "customers", where="has >= 2 purchases (sku = NOBODY-HAS-IT and placed > -90d)")

    assert plan.index("orders_orderline") < plan.index("customers_customer")
    assert "Seq Scan on customers_customer" not in plan, plan


def test_unpaid_orders_have_an_index_of_their_own(context):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = _plan(context, "orders", tab="unpaid")

    assert "order_due" in plan, plan


@pytest.mark.parametrize("stage", LifeStage.values)
def test_a_life_stage_is_asked_of_the_figures_alone(context, stage):
    """Each stage names its own stretch of the figures; none is told by what the others are not."""
    query = _query(context, tab=stage)
    sql = str(matching(query, context).query)

    assert "NOT (" not in sql.partition("WHERE")[2], sql


def test_the_boundaries_of_the_scores_are_read_once_for_a_record(context):
    reports.refresh_scale(store=context.store, now=NOW)
    fields = get_resource("customers").fields(context.actor)
    asking = replace(context)  # as each request has one of its own
    with CaptureQueriesContext(connection) as captured:
        row = annotate(get_resource("customers").rows(context.store), fields, asking).values("pk").first()

    assert row is not None
    assert sum("reports_scorescale" in one["sql"] for one in captured) == 1
