"""What a customer finds in the portal, and who else does not."""

import re
from datetime import datetime

import pytest
from django.test import Client

from regulars.stores.models import Store
from tests.invoices.conftest import make_draft
from tests.loyalty.giving import change
from tests.orders.making import make_order
from tests.portal.mine.having import Somebody, everything, make_shop, somebody, switch

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Store:
    return make_shop()


@pytest.fixture
def ada(shop: Store) -> Somebody:
    return everything(shop)


def text(one: Somebody, path: str = "", status: int = 200) -> str:
    answer = one.client.get(one.url(path))
    assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[:2000])
    page = answer.content.decode()
    assert "style=" not in page and "<script>" not in page
    return page


def test_the_overview_says_what_there_is(ada: Somebody) -> None:
    page = text(ada)
    for said in ("Hello, Ada", "250", "Gold", "Open trade-ins", "To pay", "Lunch of Ada", "Your last orders"):
        assert said in page, said


def test_the_overview_of_who_has_nothing_yet(shop: Store) -> None:
    page = text(somebody(shop, "Bob"))
    assert "Hello, Bob" in page and "You have not ordered anything yet." in page
    assert "To pay" not in page and "Open trade-ins" not in page
    for path in (
        "orders/",
        "invoices/",
        "trade-ins/",
        "points/",
        "offers/",
        "profile/",
        "agreements/",
        "payout/",
    ):
        assert "Bob" in text(somebody(shop, f"Bob{path[:3]}"), path)


def test_an_order_with_all_that_came_of_it(ada: Somebody) -> None:
    page = text(ada, f"orders/{ada.ids['order_id']}/")
    for said in ("2 × ", "Mug", "Lamp", "€70.00", "Cash", "€20.00", "1 × Mug", "€15.00", "Still to pay"):
        assert said in page, said
    assert "Only staff read this" not in page


def test_an_invoice_and_its_document(ada: Somebody) -> None:
    here = f"invoices/{ada.ids['invoice_id']}/"
    page = text(ada, here)
    assert "Phone" in page and "€209.99" in page and f"{here}pdf/" in page
    answer = ada.client.get(ada.url(f"{here}pdf/"))
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_draft_is_nobodys_yet(ada: Somebody) -> None:
    draft = make_draft(ada.store, customer_id=ada.customer.pk)
    text(ada, f"invoices/{draft.pk}/", 404)
    text(ada, f"invoices/{draft.pk}/pdf/", 404)
    assert str(draft.pk) not in text(ada, "invoices/")


def test_points_say_what_was_written_for_the_customer(ada: Somebody) -> None:
    page = text(ada, "points/")
    assert "For your patience" in page and "+250" in page and "Only staff read this" not in page


def test_the_last_day_of_points_is_told_as_in_the_mail_about_it(shop: Store) -> None:
    one = somebody(shop)
    ends = datetime(2030, 5, 1, tzinfo=shop.zone)  # when the last of April is over
    change(shop, one.customer, 250, expires_at=ends)
    for path in ("", "points/"):
        assert "250 points can be spent until April 30, 2030." in text(one, path)
    page = text(one, "points/")
    assert "until April 30, 2030" in page and "May 1" not in page


def test_long_lists_are_turned_over(shop: Store) -> None:
    one = somebody(shop)
    made = {make_order(shop, customer_id=one.customer.pk).number for _at in range(23)}
    found: list[str] = []
    url: str | None = one.url("orders/")
    while url:
        page = one.client.get(url).content.decode()
        found += re.findall(r"<bdi>Order (\d+)</bdi>", page)
        turned = re.search(r'href="([^"]*\?after=[^"]*)"', page)
        url = turned[1] if turned else None
    assert len(found) == 23 and set(found) == made


@pytest.mark.parametrize(
    ("setting", "paths"),
    [
        ("portal_orders", ["orders/", "orders/{order_id}/"]),
        ("portal_invoices", ["invoices/", "invoices/{invoice_id}/", "invoices/{invoice_id}/pdf/"]),
        ("portal_tradeins", ["trade-ins/", "trade-ins/new/", "trade-ins/{tradein_id}/", "payout/"]),
        ("portal_points", ["points/"]),
        ("portal_offers", ["offers/", "offers/{offer_id}/"]),
        (
            "portal_open",
            ["orders/", "invoices/", "trade-ins/", "points/", "offers/", "profile/", "agreements/"],
        ),
    ],
)
def test_what_is_switched_off_is_not_there(ada: Somebody, setting: str, paths: list[str]) -> None:
    switch(ada.store, **{setting: False})
    home = text(ada)
    for path in paths:
        here = path.format(**ada.ids)
        text(ada, here, 404)
        assert ada.client.post(ada.url(here), {}).status_code in (404, 405)
        assert f'href="{ada.url(here)}"' not in home
    assert ada.url("security/") in home


def test_an_invoice_is_not_named_beside_its_order_while_invoices_are_off(ada: Somebody) -> None:
    switch(ada.store, portal_invoices=False)
    assert "invoices/" not in text(ada, f"orders/{ada.ids['order_id']}/")


def test_strangers_sign_in_first(ada: Somebody) -> None:
    answer = Client().get(ada.url("orders/"))
    assert answer.status_code == 302 and "/account/sign-in/" in answer["Location"]


def test_the_portal_speaks_the_customers_language(shop: Store) -> None:
    one = everything(shop, "Ida", language="fr")
    answer = one.client.get(one.url("orders/"))
    assert answer["Content-Language"] in ("fr", "en") and answer.status_code == 200


def test_the_settings_page_switches_sections(owner: object, store: Store) -> None:
    client = owner.client  # type: ignore[attr-defined]
    url = "/desk/shop/settings/portal/"
    assert "Customers have a portal" in client.get(url).content.decode()
    answer = client.post(url, {"portal_open": "true", "portal_orders": "true"})
    assert answer.status_code == 302
    store.refresh_from_db()
    assert store.portal_orders and not store.portal_points and store.portal_open
