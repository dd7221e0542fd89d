"""The basket a browser carries."""

import pytest
from django.test import Client

from regulars.orders.models import Product
from tests.portal.conftest import archive, edit_product, make_product, put

BASKET = "/shop/shop/basket/"


def test_counts_and_sums_what_is_in_it(client: Client, mug: Product, lamp: Product) -> None:
    put(client, mug, 2)
    put(client, lamp)
    put(client, mug)
    page = client.get(BASKET).content.decode()
    assert 'class="count">4<' in page and "€85.00" in page and f'name="quantity-{mug.pk}" value="3"' in page


def test_changes_and_removes(client: Client, mug: Product, lamp: Product) -> None:
    put(client, mug)
    put(client, lamp)
    client.post(BASKET, {f"quantity-{mug.pk}": "5", f"quantity-{lamp.pk}": "1"})
    assert "€115.00" in client.get(BASKET).content.decode()
    client.post(BASKET, {f"quantity-{mug.pk}": "5", f"quantity-{lamp.pk}": "1", "remove": str(lamp.pk)})
    assert "€75.00" in client.get(BASKET).content.decode()
    client.post(BASKET, {f"quantity-{mug.pk}": "0"})
    assert "Your basket is empty" in client.get(BASKET).content.decode()


@pytest.mark.parametrize("typed", ["", "-1", "1.5", "abc", "٣", "9" * 50, "1e3"])
def test_what_is_no_number_changes_nothing(client: Client, mug: Product, typed: str) -> None:
    put(client, mug, 2)
    client.post(BASKET, {f"quantity-{mug.pk}": typed})
    assert 'class="count">2<' in client.get(BASKET).content.decode()


def test_holds_at_most_99_of_one(client: Client, mug: Product) -> None:
    put(client, mug, 98)
    put(client, mug, 500)
    assert 'class="count">99<' in client.get(BASKET).content.decode()


def test_fits_into_a_cookie_when_it_is_full_and_says_so(client: Client, mug: Product) -> None:
    for number in range(39):
        assert put(client, make_product(mug.store, f"Thing {number}"), 99).status_code == 302
    assert put(client, mug).status_code == 302
    assert len(client.cookies["regulars_shop"].value) < 3500
    refused = put(client, make_product(mug.store, "One more"))
    assert refused.status_code == 409 and "at most 40" in refused.content.decode()


def test_prices_are_those_of_today(client: Client, mug: Product) -> None:
    put(client, mug)
    edit_product(mug, price_minor=1999)
    assert "€19.99" in client.get(BASKET).content.decode()


def test_what_is_no_longer_offered_stands_in_the_way(client: Client, mug: Product, lamp: Product) -> None:
    put(client, mug)
    put(client, lamp)
    archive(mug)
    page = client.get(BASKET).content.decode()
    assert "No longer offered" in page and "/checkout/" not in page and "€40.00" in page
    assert client.get("/shop/shop/checkout/").headers["Location"] == BASKET
    client.post(BASKET, {"remove": str(mug.pk)})
    assert "/checkout/" in client.get(BASKET).content.decode()


@pytest.mark.parametrize("cookie", ["", "x", "eyJhIjoxfQ:1:2", "a" * 5000, "\xe9"])
def test_a_cookie_of_somebody_elses_making_is_an_empty_basket(
    client: Client, mug: Product, cookie: str
) -> None:
    put(client, mug)
    client.cookies["regulars_shop"] = cookie
    assert "Your basket is empty" in client.get(BASKET).content.decode()


def test_a_changed_cookie_is_an_empty_basket(client: Client, mug: Product) -> None:
    put(client, mug)
    kept = client.cookies["regulars_shop"].value
    client.cookies["regulars_shop"] = kept[:-1] + ("a" if kept[-1] != "a" else "b")
    assert "Your basket is empty" in client.get(BASKET).content.decode()


@pytest.mark.parametrize("sent", [{}, {"product": "x"}, {"product": "00000000-0000-0000-0000-000000000000"}])
def test_only_what_is_offered_goes_in(client: Client, mug: Product, sent: dict[str, str]) -> None:
    assert client.post("/shop/shop/basket/add/", sent).status_code == 404
    assert "regulars_shop" not in client.cookies
