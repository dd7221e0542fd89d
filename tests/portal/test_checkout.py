"""Ordering as a guest."""

import json
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.blocklist.models import Hit
from regulars.customers.models import Customer
from regulars.orders.models import Order, Product
from regulars.staff.models import OutboxMessage
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from tests.accounts.people import visitor_client
from tests.blocklist.conftest import make_rule
from tests.factories import make_customer
from tests.portal.conftest import BUYER, archive, buy, edit_product, hidden, put, send_confirmations
from tests.shared import naughty_strings

URL = "/shop/shop/checkout/"


def everything() -> list[Any]:
    """What an order could have left behind."""
    return [
        list(table.objects.order_by("pk").values()) for table in (Order, Customer, Event, ProcrastinateJob)
    ]


def test_a_guest_orders_and_becomes_a_customer(client: Client, mug: Product, lamp: Product) -> None:
    put(client, mug, 2)
    put(client, lamp)
    answer = buy(client, note="Ring twice")
    order = Order.objects.get()
    assert answer.headers["Location"] == f"/shop/shop/orders/{order.pk}/"
    assert (order.total_minor, order.tax_minor, order.items_count, order.status) == (7000, 1167, 3, "open")
    assert (order.pays, order.source, order.channel, order.note) == ("pickup", "shop", "online", "Ring twice")
    assert (order.name, order.phone, order.country) == ("Ada King Lovelace", "+33612345678", "FR")
    customer = order.customer
    assert (customer.first_name, customer.last_name, customer.city) == ("Ada", "King Lovelace", "Paris")
    assert (customer.orders_count, customer.spent_minor, customer.items_count) == (1, 7000, 3)
    assert (customer.accepts_marketing, customer.has_account, customer.source) == (False, False, "shop")
    page = client.get(answer.headers["Location"]).content.decode()
    assert f"Order {order.number}" in page and "€70.00" in page and "12 rue des Lilas" in page
    assert "Your basket is empty" in client.get("/shop/shop/basket/").content.decode()


def test_the_box_for_the_newsletter_is_not_ticked_and_counts_once_the_mailbox_agrees(
    client: Client, mug: Product
) -> None:
    put(client, mug)
    page = client.get(URL).content.decode()
    assert 'name="newsletter"' in page and "checked" not in page.split('name="newsletter"')[1].split(">")[0]
    buy(client, newsletter="true")
    assert not Customer.objects.get().accepts_marketing  # anybody can type anybody's address
    send_confirmations()
    (link,) = re.findall(r"http://localhost:8000(/shop/shop/newsletter/\S+)", str(mail.outbox[0].body))
    assert Client().get(link).status_code == 200 and not Customer.objects.get().accepts_marketing
    assert "from now on" in Client().post(link).content.decode()
    assert Customer.objects.get().accepts_marketing


def test_somebody_known_by_mail_gets_the_order_and_stays_who_they_are(client: Client, mug: Product) -> None:
    known = make_customer(mug.store, first_name="Augusta", email="Ada@Example.com", city="London")
    put(client, mug)
    buy(client)
    assert Order.objects.get().customer_id == known.pk
    known.refresh_from_db()
    assert (known.first_name, known.city, known.orders_count) == ("Augusta", "London", 1)
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("pays", "told", "hidden_text"),
    [("pickup", "12 rue des Lilas", "IBAN"), ("transfer", "IBAN FR76", "12 rue des Lilas")],
)
def test_the_confirmation_says_what_was_bought_and_how_to_pay(
    client: Client, mug: Product, pays: str, told: str, hidden_text: str
) -> None:
    put(client, mug, 2)
    page = client.get(buy(client, pays=pays).headers["Location"]).content.decode()
    assert told in page and hidden_text not in page
    send_confirmations()
    (sent,) = mail.outbox
    number = Order.objects.get().number
    assert (sent.to, sent.subject) == (["ada@example.com"], f"Your order {number} at Shop")
    for text in ("Hello Ada King Lovelace", f"number is {number}", "2 × Mug: €30.00", "Total: €30.00", told):
        assert text in sent.body
    assert hidden_text not in sent.body
    assert ("3 rue Neuve\n75002 Paris\nFrance" in sent.body) == (pays == "transfer")


def test_without_a_provider_the_confirmation_waits_in_the_outbox(
    client: Client, mug: Product, settings: Any
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "regulars.staff.outbox.OutboxBackend"}}
    put(client, mug)
    buy(client)
    assert not OutboxMessage.objects.exists()  # the worker sends it, not the page
    send_confirmations()
    kept = OutboxMessage.objects.get()
    assert (kept.store_id, kept.to, kept.opens_access) == (mug.store_id, "ada@example.com", False)


def test_staff_see_the_guest_and_the_order(client: Client, mug: Product, clerk: Any) -> None:
    put(client, mug)
    buy(client)
    assert "Ada King Lovelace" in clerk.client.get("/desk/shop/customers/").content.decode()
    record = clerk.client.get(f"/desk/shop/customers/{Customer.objects.get().pk}/").content.decode()
    assert Order.objects.get().number in record


@pytest.mark.parametrize("name", ["email", "name", "address", "city", "country", "pays"])
def test_says_at_the_field_what_is_missing(client: Client, mug: Product, name: str) -> None:
    put(client, mug)
    before = everything()
    answer = buy(client, **{name: " "})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Not ordered yet" in page and f'href="#id_{name}"' in page
    assert "3 rue Neuve" in page or name == "address"
    assert everything() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [("email", "ada@"), ("phone", "12"), ("country", "XX"), ("pays", "later"), ("name", "x" * 121)],
)
def test_refuses_what_cannot_be(client: Client, mug: Product, name: str, value: str) -> None:
    put(client, mug)
    answer = buy(client, **{name: value})
    assert answer.status_code == 422 and f'href="#id_{name}"' in answer.content.decode()
    assert not Order.objects.exists()


def test_only_the_ways_to_pay_that_the_store_has(client: Client, owner: Any, mug: Product) -> None:
    owner.client.post("/desk/shop/settings/shop/", {"shop_open": "true", "bank_details": "IBAN"})
    put(client, mug)
    page = client.get(URL).content.decode()
    assert 'value="transfer"' in page and 'value="pickup"' not in page
    assert buy(client, pays="pickup").status_code == 422


def test_who_is_blocked_reads_the_reason_meant_for_them(client: Client, mug: Product) -> None:
    make_rule(
        mug.store, "email", "ada@example.com", reason="Stole a lamp", reason_shown="Please call us first."
    )
    put(client, mug)
    before = everything()
    answer = buy(client)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Please call us first." in page and "Stole" not in page and "3 rue Neuve" in page
    assert everything() == before
    assert Hit.objects.get().door == "order"  # staff see that it was tried


@pytest.mark.parametrize(
    ("kind", "value"), [("phone", "+33612345678"), ("ip", "127.0.0.0/8"), ("domain", "example.com")]
)
def test_who_is_blocked_by_anything_else_is_told_politely(
    client: Client, mug: Product, kind: str, value: str
) -> None:
    make_rule(mug.store, kind, value, reason="Known for fraud")
    put(client, mug)
    page = buy(client).content.decode()
    assert "Please get in touch with the shop." in page and "fraud" not in page
    assert not Order.objects.exists()


def test_a_blocked_customer_is_known_by_their_phone_too(client: Client, mug: Product) -> None:
    customer = make_customer(mug.store, first_name="Ada", phone="+33612345678")
    make_rule(mug.store, "customer", str(customer.pk), reason="Owes us")
    put(client, mug)
    assert buy(client, email="new@example.com").status_code == 403


def test_sent_twice_it_is_one_order(client: Client, mug: Product) -> None:
    put(client, mug)
    kept = client.cookies["regulars_shop"].value
    form = hidden(client) | BUYER
    first = client.post(URL, form)
    again = client.post(URL, form)  # reloaded, or sent with the Back button
    client.cookies["regulars_shop"] = kept  # as a double click sends it: both with the basket of before
    twice = client.post(URL, form)
    assert first.headers["Location"] == again.headers["Location"] == twice.headers["Location"]
    assert (Order.objects.count(), Customer.objects.get().orders_count) == (1, 1)
    assert ProcrastinateJob.objects.filter(task_name="orders.mail_confirmation").count() == 1


def test_a_second_buyer_of_the_same_basket_learns_nothing(client: Client, mug: Product) -> None:
    put(client, mug)
    kept = client.cookies["regulars_shop"].value
    form = hidden(client)
    client.post(URL, form | BUYER)
    other = Client()
    other.cookies["regulars_shop"] = kept
    answer = other.post(URL, form | BUYER | {"email": "eve@example.com", "name": "Eve"})
    assert answer.status_code == 409 and "Ada" not in answer.content.decode()
    assert Order.objects.count() == 1


def test_the_same_things_can_be_bought_again(client: Client, mug: Product) -> None:
    for _time in range(2):
        put(client, mug)
        assert buy(client).status_code == 302
    assert Order.objects.count() == 2 and Customer.objects.get().orders_count == 2


def test_a_price_that_changed_is_shown_before_anything_is_bought(client: Client, mug: Product) -> None:
    put(client, mug)
    seen = hidden(client)
    edit_product(mug, price_minor=9900)
    answer = client.post(URL, seen | BUYER)
    assert answer.status_code == 409 and "€99.00" in answer.content.decode()
    assert not Order.objects.exists()
    assert buy(client).status_code == 302
    assert Order.objects.get().total_minor == 9900


def test_a_price_cannot_be_brought_along(client: Client, mug: Product) -> None:
    put(client, mug)
    buy(client, price="1", total="1", total_minor="1", price_minor="1")
    assert Order.objects.get().total_minor == 1500


def test_what_is_no_longer_offered_cannot_be_ordered(client: Client, mug: Product) -> None:
    put(client, mug)
    form = hidden(client) | BUYER
    archive(mug)
    assert client.post(URL, form).headers["Location"] == "/shop/shop/basket/"
    assert not Order.objects.exists()


def test_a_basket_that_changed_in_another_tab_is_looked_at_again(
    client: Client, mug: Product, lamp: Product
) -> None:
    put(client, mug)
    form = hidden(client) | BUYER
    put(client, lamp)
    assert client.post(URL, form).status_code == 409
    assert not Order.objects.exists()


def test_orders_in_a_row_are_slowed_down(client: Client, mug: Product) -> None:
    statuses = []
    for _time in range(12):
        put(client, mug)
        statuses.append(buy(client).status_code)
    assert statuses == [302] * 10 + [429] * 2
    assert Order.objects.count() == 10
    assert buy(client, email="somebody@else.test").status_code == 302


def test_one_address_cannot_order_for_many_mails_without_end(client: Client, mug: Product) -> None:
    statuses = []
    for number in range(31):
        put(client, mug)
        statuses.append(buy(client, email=f"p{number}@example.com").status_code)
    assert statuses == [302] * 30 + [429]


def test_naughty_strings_go_in_and_come_out_as_they_are(client: Client, mug: Product, store: Store) -> None:
    from django.core.cache import cache

    edit_product(mug, title="<b>Mug</b> {{ 7*7 }}", description="<script>alert(1)</script>")
    for text in naughty_strings():
        typed = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        put(client, mug)
        fields = dict.fromkeys(("name", "address", "building", "postcode", "city", "region", "note"), typed)
        answer = buy(client, **fields)
        assert answer.status_code in (302, 422), typed
        page = client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
        assert page.status_code in (200, 422)
        shown = page.content.decode()
        assert "{{ 7*7 }}" in shown, typed
        assert not [one for one in ("<script>alert", "<img src=x", "<b>Mug") if one in shown], typed
        cache.clear()
    send_confirmations()
    assert all("\n" not in one.subject for one in mail.outbox)
    for column in ("email", "phone", "country", "pays", "basket", "seen", "newsletter"):
        for text in ("\x00", "<script>", "x" * 5000, "é\r\nBcc: a@b.test", "' OR 1=1 --"):
            put(client, mug)
            assert buy(client, **{column: text}).status_code in (302, 409, 422), (column, text)
            cache.clear()


def test_a_buyer_who_is_forgotten_is_gone_from_order_and_outbox(
    client: Client, mug: Product, owner: Any, settings: Any
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "regulars.staff.outbox.OutboxBackend"}}
    put(client, mug)
    buy(client, note="Ada is at home in the morning")
    send_confirmations()
    from regulars.customers import services
    from tests.factories import NOW

    services.anonymise_customers(
        store=mug.store, ids=[Customer.objects.get().pk], inputs={"confirm": True}, actor=owner.actor, now=NOW,
        change_set=None,
    )  # fmt: skip
    left = json.dumps(
        [list(table.objects.values()) for table in (Order, Customer, Event, OutboxMessage)], default=str
    )
    assert "Lovelace" not in left and "ada@example.com" not in left and "rue Neuve" not in left


class TestSignedIn:
    """Whoever is signed in buys as themself, and need not type everything anew."""

    @pytest.fixture
    def ada(self, store: Store) -> Customer:
        return make_customer(
            store,
            first_name="Ada",
            last_name="King",
            email="ada@example.com",
            address="3 rue Neuve",
            city="Lyon",
            country="BE",
        )

    def test_the_form_knows_what_the_shop_knows(self, store: Store, ada: Customer, mug: Product) -> None:
        client = visitor_client(store, ada)
        put(client, mug)
        assert "Check out as a guest" not in client.get("/shop/shop/basket/").content.decode()
        form = client.get(URL).context["form"]
        told = {field["name"]: field["value"] for part in form["sections"] for field in part["fields"]}
        assert (told["name"], told["email"], told["city"]) == ("Ada King", "ada@example.com", "Lyon")
        assert (told["address"], told["country"]) == ("3 rue Neuve", "BE")

    def test_the_order_is_theirs_whatever_address_the_confirmation_goes_to(
        self, store: Store, ada: Customer, mug: Product
    ) -> None:
        eve = make_customer(store, email="eve@example.com")
        client = visitor_client(store, ada)
        put(client, mug)
        assert buy(client, email="eve@example.com", phone="").status_code == 302
        order = Order.objects.get()
        assert (order.customer_id, order.email) == (ada.pk, "eve@example.com")
        placed = Event.objects.get(key="order.placed")
        assert ChangeSet.objects.get(pk=placed.change_set_id).actor_id == ada.pk
        page = client.get("/shop/shop/account/orders/").content.decode()
        assert f"/account/orders/{order.pk}/" in page
        other = visitor_client(store, eve)
        assert str(order.pk) not in other.get("/shop/shop/account/orders/").content.decode()

    def test_nobody_buys_for_somebody_by_naming_them(self, store: Store, ada: Customer, mug: Product) -> None:
        eve = make_customer(store, email="eve@example.com")
        client = visitor_client(store, ada)
        put(client, mug)
        buy(client, customer_id=str(eve.pk), customer=str(eve.pk))
        assert Order.objects.get().customer_id == ada.pk

    def test_somebody_on_the_block_list_is_turned_away_under_another_address(
        self, store: Store, ada: Customer, mug: Product
    ) -> None:
        client = visitor_client(store, ada)
        put(client, mug)
        form = hidden(client) | BUYER | {"email": "new@example.com", "phone": ""}
        make_rule(store, "email", "ada@example.com")
        assert client.post(URL, form).status_code == 403
        assert not Order.objects.exists()

    @pytest.mark.parametrize("way", ["sign-out/", "security/sessions/end/"])
    def test_after_signing_out_the_browser_shows_no_order_any_more(
        self, store: Store, ada: Customer, mug: Product, way: str
    ) -> None:
        """A computer that others use: its history has the address of the page with name and street."""
        client = visitor_client(store, ada)
        put(client, mug)
        page = buy(client)["Location"]
        put(client, mug)
        assert "3 rue Neuve" in client.get(page).content.decode()
        assert client.post(f"/shop/shop/account/{way}").status_code == 302
        assert client.get(page).status_code == 404
        assert "Mug" in client.get("/shop/shop/basket/").content.decode()
