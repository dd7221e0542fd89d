"""Every address of the shop, tried by everybody: open for all, closed for all."""

from uuid import uuid4

import pytest
from django.test import Client

from regulars.kit.actor import system
from regulars.orders.models import Order, Product
from regulars.stores.models import Store
from regulars.stores.services import edit_store
from tests.factories import NOW
from tests.people import client_of
from tests.portal.conftest import BUYER, buy, put

EVERYBODY = ("owner", "clerk", "other_owner", "anonymous")
PAGES = (
    "",
    "basket/",
    "checkout/",
    "basket/add/",
    "products/{product}/",
    "orders/{order}/",
    "newsletter/x/",
    "other/",
)


def close(store: Store) -> None:
    edit_store(store=store, changes={"shop_open": False}, actor=system("Tests"), now=NOW)


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_may_look_and_order(mug: Product, who: str, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    for page, status in {"": 200, f"products/{mug.pk}/": 200, "basket/": 200, "checkout/": 302}.items():
        assert client.get(f"/shop/shop/{page}").status_code == status
    put(client, mug)
    answer = buy(client)
    assert answer.status_code == 302
    assert client.get(answer.headers["Location"]).status_code == 200
    assert Order.objects.get().customer.email == "ada@example.com"


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("page", PAGES)
def test_a_closed_shop_is_like_none_at_all(
    mug: Product, who: str, page: str, request: pytest.FixtureRequest
) -> None:
    client = client_of(who, request)
    put(client, mug)
    close(mug.store)
    url = page.format(product=mug.pk, order=uuid4())
    for answer, none in (
        (client.get(f"/shop/shop/{url}"), client.get(f"/shop/nowhere/{url}")),
        (client.post(f"/shop/shop/{url}", BUYER), client.post(f"/shop/nowhere/{url}", BUYER)),
    ):
        assert answer.status_code in (404, 405)
        assert (answer.status_code, answer.content) == (none.status_code, none.content)
    assert not Order.objects.exists()


def test_a_shop_is_closed_until_it_is_opened(client: Client, other_store: Store) -> None:
    assert client.get("/shop/other/").status_code == 404


def test_an_order_is_shown_only_where_it_was_placed(mug: Product, client: Client) -> None:
    put(client, mug)
    url = buy(client).headers["Location"]
    assert "Ada King Lovelace" in client.get(url).content.decode()
    stranger = Client().get(url)
    assert stranger.status_code == 404 and "Ada" not in stranger.content.decode()


def test_another_store_shows_neither_basket_nor_order(mug: Product, client: Client) -> None:
    from tests.portal.conftest import make_product, open_shop

    theirs = make_product(open_shop("other"), "Theirs")
    put(client, mug)
    order = buy(client).headers["Location"]
    put(client, mug)
    client.cookies["regulars_shop"]["path"] = "/"
    assert "Your basket is empty" in client.get("/shop/other/basket/").content.decode()
    assert client.get(order.replace("/shop/shop/", "/shop/other/")).status_code == 404
    assert put(client, theirs).status_code == 404
    assert put(client, mug, slug="other").status_code == 404


def test_pages_carry_the_policy_and_are_not_kept(mug: Product, client: Client) -> None:
    answer = client.get("/shop/shop/")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    put(client, mug)
    cookie = client.cookies["regulars_shop"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/shop/shop/", True, "Lax")
    assert "regulars_staff" not in client.cookies


def test_a_form_without_its_token_is_refused_in_words_of_the_shop(mug: Product) -> None:
    answer = Client(enforce_csrf_checks=True).post("/shop/shop/basket/add/", {"product": str(mug.pk)})
    assert answer.status_code == 403
    assert "become old" in answer.content.decode() and "/desk/" not in answer.content.decode()


def test_the_desk_opens_and_closes_the_shop(client: Client, owner, clerk, other_owner) -> None:  # type: ignore[no-untyped-def]
    url = "/desk/shop/settings/shop/"
    sent = {"shop_open": "true", "pickup_address": "", "bank_details": ""}
    assert clerk.client.post(url, sent).status_code == 403
    assert other_owner.client.post(url, sent).status_code == 404
    refused = owner.client.post(url, sent)
    assert refused.status_code == 422 and "before it opens" in refused.content.decode()
    assert owner.client.post(url, {"pickup_address": "Here"}).status_code == 302
    assert client.get("/shop/shop/").status_code == 404
    assert owner.client.post(url, sent | {"pickup_address": "Here"}).status_code == 302
    assert client.get("/shop/shop/").status_code == 200
