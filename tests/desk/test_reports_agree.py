"""What reports say, against a plain recount, and against the lists that their cells open."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.desk.reports.parts import Writer
from regulars.desk.reports.pictures import REPORTS
from regulars.orders.models import Order
from regulars.reports import services
from regulars.reports.choices import Span
from regulars.reports.models import CountedReport
from regulars.reports.rules import span_of
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.transfers.models import Export
from tests.factories import NOW, make_store
from tests.people import Someone, client_of
from tests.reports.buying import buyer

pytestmark = pytest.mark.django_db
URL = "/desk/shop/reports/"
LATELY = {"span": "2026-02-01..2026-03-02"}
SPANS = ("2025-10-20..2025-11-02", "2025-08-01..2026-03-02", "2020-01-01..2026-03-02", "all", "12m")
# Midnights of the store, where a clock is put back, and where one is put forward, to the second.
EDGES = ("2025-10-25T22:00:00", "2025-10-26T22:59:59", "2025-10-26T23:00:00", "2025-11-02T22:59:59",
         "2025-11-02T23:00:00",
         "2025-12-31T22:59:59", "2025-12-31T23:00:00", "2026-02-28T22:59:59", "2026-02-28T23:00:00")  # fmt: skip


def fill(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    moments = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in EDGES]
    for number in range(60):
        purchases = []
        for _ in range(chance.choice((0, 0, 1, 1, 2, 5))):
            when = (
                chance.choice(moments)
                if chance.random() < 0.4
                else NOW - timedelta(hours=chance.randrange(40_000))
            )
            status = chance.choice(("completed", "completed", "open", "cancelled"))
            purchases.append((when, chance.randrange(0, 50_000), status))
        created = (
            chance.choice(moments)
            if chance.random() < 0.4
            else NOW - timedelta(hours=chance.randrange(50_000))
        )
        country = chance.choice(("", "FR", "DE", "SG"))
        state = chance.choice(("active", "active", "active", "inactive", "archived"))
        buyer(store, f"P{number}", *purchases, created_at=created, country=country, state=state)
    services.refresh_scale(store=store, now=NOW)


@pytest.fixture
def shop(store: Store) -> Store:
    fill(store, 7)
    fill(make_store("elsewhere", time_zone="Asia/Tokyo"), 8)
    return store


def counted(owner: Someone, span: str) -> tuple[dict[str, Any], Span, Context]:
    context = Context(store=owner.store, actor=owner.actor, now=NOW)
    report = services.ask_report(store=owner.store, span=span, now=NOW)
    if report.counted_at is None:  # a slow machine leaves it to the worker
        services.count_report(store=owner.store, span=span, now=NOW)
        report = CountedReport.objects.get(store=owner.store, span=span)
    days = span_of(span, today=context.today, begun=date(2019, 1, 1))
    assert days is not None
    return report.figures, days.as_counted(report.figures["days"]), context


def rows_behind(url: str, context: Context) -> Any:
    parts = urlsplit(url)
    _empty, _desk, slug, name, _rest = parts.path.split("/")
    assert slug == context.store.slug
    query = query_from_params(get_resource(name), dict(parse_qsl(parts.query)), context, strict=True)
    return matching(query, context)


@pytest.mark.parametrize("span", SPANS)
def test_each_number_opens_a_list_of_so_many(owner: Someone, shop: Store, span: str) -> None:
    figures, days, context = counted(owner, span)
    opened = 0
    for name, draw in REPORTS.items():
        drawn = draw(figures, days, Writer(context))
        for row in drawn.rows:
            for head, cell in zip(drawn.heads, row, strict=True):
                if not cell.url or not cell.number or head in ("Share", "Spent"):
                    continue
                assert rows_behind(cell.url, context).count() == cell.raw, (name, head, cell)
                opened += 1
        for _head, line in drawn.heat:
            whole = line[0].raw
            for cell in line:
                if cell.url and isinstance(cell.raw, int):
                    assert rows_behind(cell.url, context).count() == cell.raw, (name, cell)
                elif cell.url:
                    share = rows_behind(cell.url, context).count() / whole
                    assert f"{share:.4f}" == cell.raw, (name, cell)
    assert opened > 30


def test_every_number_of_customers_has_a_door(owner: Someone, shop: Store) -> None:
    figures, days, context = counted(owner, "2025-08-01..2026-03-02")
    for name, draw in REPORTS.items():
        drawn = draw(figures, days, Writer(context))
        for row in drawn.rows:
            for head, cell in zip(drawn.heads, row, strict=True):
                if (
                    head in ("Customers", "Added", "First purchase", "Bought", "Customers at the end")
                    and cell.number
                    and cell.raw
                ):
                    assert cell.url, (name, head, cell)


@pytest.mark.parametrize("span", SPANS)
def test_figures_agree_with_a_plain_recount(owner: Someone, shop: Store, span: str) -> None:
    figures, days, _context = counted(owner, span)
    zone = ZoneInfo(shop.time_zone)
    customers = list(Customer.objects.filter(store=shop))
    counted_orders = [one for one in Order.objects.filter(store=shop) if one.status in ("open", "completed")]

    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    within = [one for one in counted_orders if days.first <= day(one.placed_at) <= days.last]
    first_orders: dict[Any, date] = {}
    for one in sorted(counted_orders, key=lambda one: one.placed_at):
        first_orders.setdefault(one.customer_id, day(one.placed_at))

    came = [day(one.created_at) for one in customers]
    assert figures["added"]["before"] == sum(one < days.first for one in came)
    assert sum(step[1] for step in figures["added"]["steps"]) == sum(
        days.first <= one <= days.last for one in came
    )
    firsts = [one for one in first_orders.values() if days.first <= one <= days.last]
    assert sum(step[2] for step in figures["added"]["steps"]) == len(firsts)

    spent, orders = Counter[Any](), Counter[Any]()
    for one in within:
        spent[str(one.customer_id)] += one.total_minor - one.returned_minor
        orders[str(one.customer_id)] += 1
    told = {pk: (number, amount) for pk, number, amount in figures["top"]}
    assert told.items() <= {pk: (orders[pk], spent[pk]) for pk in orders}.items()
    assert (
        sorted((amount for _n, amount in told.values()), reverse=True)
        == sorted(spent.values(), reverse=True)[:50]
    )

    for code, number, bought, placed, amount in figures["places"]:
        theirs = [one for one in customers if one.country == code]
        mine = [str(one.pk) for one in theirs if str(one.pk) in orders]
        assert (number, bought) == (len(theirs), len(mine))
        assert (placed, amount) == (sum(orders[pk] for pk in mine), sum(spent[pk] for pk in mine))
    assert sum(row[4] for row in figures["places"]) == sum(spent.values())

    ever = Counter[Any]()
    for one in counted_orders:
        ever[one.customer_id] += one.total_minor
    assert sum(bar[0] for bar in figures["spending"]["bars"]) == len(first_orders)
    assert sum(bar[1] for bar in figures["spending"]["bars"]) == sum(ever.values())
    assert sum(row[2] for row in figures["scored"]) == len(first_orders)
    assert sum(row[1] for row in figures["stages"]) == sum(one.state == "active" for one in customers)
    if figures["cohorts"]["step"] == "month":
        for text, line in figures["cohorts"]["lines"]:
            begin = date.fromisoformat(text)
            group = [
                pk for pk, first in first_orders.items()
                if (first.year, first.month) == (begin.year, begin.month) and first <= days.last
            ]  # fmt: skip
            assert line[0] == len(group)
            for after, count in enumerate(line):
                year, month = divmod(begin.year * 12 + begin.month - 1 + after, 12)
                back = {
                    one.customer_id for one in counted_orders
                    if one.customer_id in group
                    and day(one.placed_at).strftime("%Y-%m") == f"{year:04}-{month + 1:02}"
                    and day(one.placed_at) <= days.last
                }  # fmt: skip
                assert count == len(back), (text, after)


# Days that make no sense


@pytest.mark.parametrize(
    "params",
    [
        {"from": "2026-02-01", "to": "2026-01-01"},
        {"from": "0001-01-01", "to": "9999-12-31"},
        {"from": "9999-12-31"},
        {"to": "0001-01-01"},
        {"from": "2026-02-30"},
        {"from": "x", "to": "\x00"},
        {"span": "1..2..3"},
        {"span": "\x00"},
        {"span": "x" * 5000},
        {"span": "2026-01-01.."},
        {"span": "0001-01-01..9999-12-31"},
    ],
)
def test_days_without_sense_are_answered_with_the_usual_ones(owner: Someone, params: dict[str, str]) -> None:
    answer = owner.client.get(URL, params)
    assert answer.status_code == 200 and "the first one first" in answer.content.decode()
    assert not CountedReport.objects.exclude(span="12m").exists()
    assert owner.client.get(f"{URL}growth.csv", params).status_code == 200


@pytest.mark.parametrize(
    "span",
    ["1900-01-01..2199-12-31", "1900-01-01..1900-01-01", "2199-12-31..2199-12-31", "20260101..20260131"],
)
def test_the_widest_and_the_smallest_days_are_counted(owner: Someone, shop: Store, span: str) -> None:
    page = owner.client.get(URL, {"span": span})
    assert page.status_code == 200 and len(page.content) < 1_000_000
    for name in REPORTS:
        assert owner.client.get(f"{URL}{name}.csv", {"span": span}).status_code == 200


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "Australia/Lord_Howe"]
)
def test_days_are_those_of_the_store_wherever_it_is(owner: Someone, zone: str) -> None:
    Store.objects.filter(pk=owner.store.pk).update(time_zone=zone)
    owner.store.refresh_from_db()
    fill(owner.store, 3)
    test_figures_agree_with_a_plain_recount(owner, owner.store, SPANS[0])
    test_each_number_opens_a_list_of_so_many(owner, owner.store, SPANS[1])


# Files


@pytest.fixture
def named(store: Store) -> Store:
    buyer(store, '=HYPERLINK("http://evil.test")', (NOW, 4000, "completed"), country="FR")
    for name in ("+1", "-2", "@x", "\ttab", "\rline", "|pipe", "％"):
        buyer(store, name, (NOW, 100, "completed"), country="FR")
    return store


def test_who_bought_most_goes_out_through_the_ledger(owner: Someone, named: Store) -> None:
    answer = owner.client.get(f"{URL}top.csv", LATELY)
    file = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    export = Export.objects.get()
    assert (export.resource, export.format, export.row_count, export.size) == (
        "customers",
        "csv",
        8,
        len(file),
    )
    assert (export.actor_id, export.columns) == (owner.user.pk, ["name", "number", "orders_count", "spent"])
    assert export.filter_text.startswith("Top customers · ") and export.finished_at is not None
    assert (
        Event.objects.filter(key="export.made", record_id=export.pk).exists()
        or Event.objects.filter(resource="exports", record_id=export.pk).exists()
    )
    listed = owner.client.get("/desk/shop/exports/").content.decode()
    assert "Top customers" in listed
    assert owner.client.get(f"/desk/shop/exports/{export.pk}/").status_code == 200
    for name in REPORTS:  # the others name nobody
        owner.client.get(f"{URL}{name}.csv", LATELY)
    assert Export.objects.count() == 2


def test_who_may_not_take_customers_out_gets_no_file_with_names(
    owner: Someone, named: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from regulars.staff import permissions

    held = permissions.permissions_of("owner") - {"customers.export"}
    monkeypatch.setattr("regulars.desk.access.permissions_of", lambda role: held)
    page = owner.client.get(URL, LATELY).content.decode()
    assert "top.csv" not in page and "places.csv" in page
    assert owner.client.get(f"{URL}top.csv", LATELY).status_code == 403
    assert owner.client.get(f"{URL}places.csv", LATELY).status_code == 200
    assert not Export.objects.exists()


@pytest.mark.parametrize("name", list(REPORTS))
def test_no_cell_of_a_file_is_a_formula(owner: Someone, named: Store, name: str) -> None:
    import csv
    import io

    answer = owner.client.get(f"{URL}{name}.csv", LATELY)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            assert cell[:1] not in ("=", "+", "@", "\t", "\r") and (cell[:1] != "-" or cell[1:2].isdigit()), (
                row
            )


@pytest.mark.parametrize("who", ["manager", "clerk", "viewer", "other_owner", "anonymous"])
@pytest.mark.parametrize("name", list(REPORTS))
def test_every_file_is_for_those_who_see_reports(
    store: Store, who: str, name: str, request: pytest.FixtureRequest
) -> None:
    client: Client = client_of(who, request)
    wanted = {"manager": 200, "anonymous": 302, "other_owner": 404}.get(who, 403)
    assert client.get(f"{URL}{name}.csv").status_code == wanted


def test_two_stores_count_apart(owner: Someone, other_owner: Someone) -> None:
    buyer(owner.store, "Mine", (NOW, 4000, "completed"))
    buyer(other_owner.store, "Theirs", (NOW, 9000, "completed"))
    for someone, slug, mine, theirs in (
        (owner, "shop", "Mine", "Theirs"),
        (other_owner, "other", "Theirs", "Mine"),
    ):
        page = someone.client.get(f"/desk/{slug}/reports/", LATELY).content.decode()
        assert mine in page and theirs not in page
