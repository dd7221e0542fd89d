"""The pages of reports: who sees them, what they show, and their files."""

import csv
import io
from html import unescape

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.reports import services
from regulars.reports.models import CountedReport
from regulars.stores.models import Store
from tests.factories import NOW
from tests.people import Someone, client_of
from tests.reports.buying import at, buyer

URL = "/desk/shop/reports/"
NAMES = ("growth", "top", "places", "cohorts", "stages", "scores", "spending")
DAYS = {"span": "2025-12-01..2026-02-28"}


@pytest.fixture
def shop(store: Store) -> Store:
    buyer(store, "=Ada", at("2026-01-10", total=2050), at("2026-02-10", total=4000), country="FR")
    buyer(store, "<b>Bob</b>", at("2026-02-11", total=30_000), country="SG")
    services.refresh_scale(store=store, now=NOW)
    return store


def page_of(client: Client, **params: str) -> str:
    answer = client.get(URL, params)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize("who", ["owner", "manager", "clerk", "viewer", "other_owner", "anonymous"])
@pytest.mark.parametrize("path", ["", "growth.csv"])
def test_who_may_see_reports(store: Store, who: str, path: str, request: pytest.FixtureRequest) -> None:
    answer = client_of(who, request).get(f"{URL}{path}")
    wanted = {"anonymous": 302, "other_owner": 404, "clerk": 403, "viewer": 403}
    assert answer.status_code == wanted.get(who, 200)
    if who in wanted:
        assert not CountedReport.objects.exists()


def test_the_navigation_leads_there_for_those_who_may(owner: Someone, clerk: Someone) -> None:
    assert f'href="{URL}"' in owner.client.get("/desk/shop/").content.decode()
    assert f'href="{URL}"' not in clerk.client.get("/desk/shop/").content.decode()


def test_each_report_has_a_picture_a_table_and_a_file(owner: Someone, shop: Store) -> None:
    page = page_of(owner.client, **DAYS)
    for name in NAMES:
        assert f'id="{name}"' in page and f"{URL}{name}.csv?span={DAYS['span']}" in page
    assert page.count("Show as a table") == len(NAMES) - 1  # the top customers are one
    assert "world.svg#SG" in page and "Counted just now" in page
    assert "<b>Bob</b>" not in owner.client.get(URL, DAYS).content.decode()


def test_figures_are_doors(owner: Someone, shop: Store) -> None:
    page = page_of(owner.client, **DAYS)
    for where in (
        "where=recency_score+%3D+1+and+frequency_score+%3D+3",
        "where=country+%3D+FR",
        "where=first_order+between+2026-02-01+and+2026-02-28",
        "tab=loyal",
        "where=orders_count+%3E+0+and+spent+%3E%3D",
    ):
        assert where in page, where
    found = owner.client.get("/desk/shop/customers/?tab=all&where=recency_score+%3D+1").content.decode()
    assert "=Ada" in found and "Bob" not in found


def test_a_store_without_orders_says_so(owner: Someone) -> None:
    page = page_of(owner.client)
    assert "Nobody has bought anything in these days." in page
    assert "Customers are scored within the hour" in page


def test_wrong_days_are_said_and_nothing_is_kept_of_them(owner: Someone) -> None:
    page = page_of(owner.client, **{"from": "2026-02-01", "to": "2026-01-01"})
    assert "the first one first" in page
    assert list(CountedReport.objects.values_list("span", flat=True)) == ["12m"]


def test_a_file_holds_the_table_and_cannot_run(owner: Someone, shop: Store) -> None:
    answer = owner.client.get(f"{URL}top.csv", DAYS)
    assert "attachment" in answer.headers["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert list(csv.reader(io.StringIO(text))) == [
        ["Customer", "Number", "Orders", "Spent"],
        ["<b>Bob</b>", "2", "1", "300.00"],
        ["'=Ada", "1", "2", "60.50"],
    ]
    assert owner.client.get(f"{URL}nonsense.csv").status_code == 404


def test_who_was_deleted_since_is_left_out(owner: Someone, shop: Store) -> None:
    page_of(owner.client, **DAYS)
    Customer.objects.filter(store=shop).update(first_name="Forgotten")
    page = page_of(owner.client, **DAYS)
    assert "Forgotten" in page and "Ada" not in page


def test_while_it_is_counted_the_page_says_so(owner: Someone, store: Store) -> None:
    CountedReport.objects.create(store=store, span="12m", asked_at=NOW, is_slow=True)
    page = page_of(owner.client)
    assert "Counting…" in page and 'http-equiv="refresh"' in page and f'hx-get="{URL}?span=12m"' in page
    part = owner.client.get(
        URL, headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    ).content.decode()
    assert "Counting…" in part and "<html" not in part
    assert owner.client.get(f"{URL}growth.csv").status_code == 302


def test_figures_of_yesterday_are_shown_as_such(owner: Someone, shop: Store) -> None:
    CountedReport.objects.create(store=shop, span="30d", asked_at=NOW)
    services.count_report(store=shop, span="30d", now=NOW)
    CountedReport.objects.update(is_slow=True)
    page = page_of(owner.client, span="30d")
    assert "Feb 1, 2026 – Mar 2, 2026" in page and "30 days" in page
