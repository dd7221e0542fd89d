"""The bench's own arithmetic and its report."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from regulars.cli.bench import report
from regulars.cli.bench.pages import ask
from regulars.cli.bench.seed import is_seeded, seed
from regulars.cli.bench.web import PART, STORE, percentile
from regulars.customers import services as customers
from regulars.orders import services as orders
from regulars.orders.services import NewOrder
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.factories import NOW, make_person, make_store

RESULTS = {
    100_000: [
        {"name": "list", "p50": 21.0, "value": 59.9, "unit": "ms", "budget": 60, "least": False},
        {"name": "search", "p50": 30.5, "value": 100.1, "unit": "ms", "budget": 100, "least": False},
        {"name": "pages per second", "value": 61.0, "unit": "pages/s", "budget": 60, "least": True},
        {"name": "making the data", "value": 12.5, "unit": "s", "budget": None, "least": False},
        {"name": "import", "value": None, "unit": ""},
    ]
}


def test_percentile_is_a_value_that_was_seen():
    assert percentile([5, 1, 4, 2, 3], 95) == 5
    assert percentile(list(range(1, 101)), 95) == 95
    assert percentile([7], 95) == 7


def test_the_table_says_which_lines_hold_the_budget():
    lines = {line.split("  ")[0]: line for line in report.table(RESULTS).splitlines()}

    assert lines["list"].endswith("≤ 60 ms    ok")
    assert lines["search"].endswith("≤ 100 ms  over")
    assert lines["pages per second"].endswith("≥ 60 pages/s    ok")
    assert "budget" not in lines["making the data"]
    assert "not measured" in lines["import"]


def test_the_document_names_its_conditions(tmp_path, monkeypatch):
    monkeypatch.setattr(report.regulars, "__file__", str(tmp_path / "regulars" / "__init__.py"))

    path = report.write(report.conditions() | {"load_after": report.load()}, RESULTS, tmp_path)

    text = path.read_text()
    assert path == tmp_path / "performance.md"
    assert "## Conditions" in text and "cores" in text and "granian" in text
    assert "| search | 30.5 ms | 100.1 ms | ≤ 100 ms | over |" in text


@pytest.fixture
def trading(db: None) -> Store:
    """Sixty customers with three bare orders each, and all that the bench adds."""
    store = make_store(STORE)
    people = [
        {
            "first_name": f"Nora {at}",
            "last_name": f"Meier{at}",
            "email": f"n{at}@example.com",
            "phone": f"+3361234{at:04}",
        }
        for at in range(60)
    ]
    ids = customers.insert_customers(store=store, records=people, now=NOW)
    placed = [
        NewOrder(
            customer,
            f"{at}-{number}",
            NOW - timedelta(days=at + 30 * number),
            ("completed", "completed", "open", "cancelled")[(at + number) % 4],
            ("online", "in_store", "marketplace")[at % 3],
            1 + at % 4,
            1000 + at,
            paid_by="card" if (at + number) % 4 < 2 else "",
        )
        for at, customer in enumerate(ids)
        for number in range(3)
    ]
    orders.insert_orders(store=store, orders=placed)
    assert not is_seeded(store=store)
    seed(store=store, customers=60, now=NOW)
    return store


def test_the_trade_of_the_bench_agrees_with_itself(trading: Store) -> None:
    assert is_seeded(store=trading)
    assert not orders.drift_of(store=trading)
    with connection.cursor() as cursor:
        for wrong in (
            "SELECT FROM customers_customer AS one WHERE credit_minor <> coalesce((SELECT sum(amount_minor) "
            "FROM credit_entry WHERE customer_id = one.id), 0)",
            "SELECT FROM orders_order AS one WHERE total_minor <> (SELECT sum(total_minor) FROM orders_orderline "
            "WHERE order_id = one.id)",
            "SELECT FROM invoices_invoice AS one WHERE total_minor <> (SELECT sum(amount_minor) FROM invoices_line "
            "WHERE invoice_id = one.id)",
            "SELECT FROM invoices_settings WHERE last_sequence <> (SELECT count(sequence) FROM invoices_invoice)",
            "SELECT FROM tradeins_tradein AS one WHERE quoted_minor <> (SELECT sum(quoted_minor) FROM tradeins_item "
            "WHERE tradein_id = one.id)",
        ):
            cursor.execute(wrong)
            assert cursor.fetchall() == [], wrong


def test_every_page_that_is_measured_is_there(trading: Store) -> None:
    client = Client()
    client.force_login(make_person(trading, Role.OWNER))
    for line in ask(trading):
        assert line.urls, line.name
        for url in {*line.urls[:2], *line.urls[:: max(len(line.urls) // 2, 1)]}:
            answer = client.get(url, headers=PART if line.part else {})
            assert answer.status_code == 200, url
