"""Ordering while signed in: the order is the customer's who is there, whatever is typed."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from regulars.accounts.choices import Stage
from regulars.accounts.services import open_portal
from regulars.accounts.services.sessions import Browser, begin
from regulars.blocklist.models import Hit
from regulars.customers.models import Customer
from regulars.orders.models import Order, Product
from regulars.portal.visiting import SESSION
from regulars.staff.choices import Role
from regulars.timeline.models import ChangeSet, Event
from tests.accounts.people import make_account, put_cookie, visitor_client
from tests.blocklist.conftest import make_rule
from tests.factories import make_customer
from tests.people import Someone, sign_in
from tests.portal.conftest import BUYER, buy, hidden, open_shop, put, send_confirmations

URL = "/shop/shop/checkout/"
ADDRESS = {"address": "5 Hill Road", "city": "Leeds", "postcode": "LS1 1AA", "country": "GB"}


@pytest.fixture
def nora(mug: Product) -> Customer:
    facts = {"phone": "+447700900123"} | ADDRESS
    return make_account(mug.store, "nora@example.com", **facts).customer


@pytest.fixture
def window(mug: Product, nora: Customer) -> Client:
    client = visitor_client(mug.store, nora)
    put(client, mug)
    return client


def looking(someone: Someone, customer: Customer, *, may_act: bool) -> Client:
    """The browser of staff, in the portal of this customer."""
    outcome = open_portal(
        store=customer.store, ids=[customer.pk], inputs={"act": may_act}, actor=someone.actor,
        now=timezone.now(), change_set=None,
    )  # fmt: skip
    path = "/shop/" + outcome.said[customer.pk].partition("/shop/")[2]
    assert someone.client.post(path).status_code == 302
    return someone.client


def test_the_form_knows_who_is_there(window: Client, nora: Customer) -> None:
    page = window.get(URL).content.decode()
    for value in ("nora@example.com", "Nora Lind", "5 Hill Road", "Leeds", "LS1 1AA"):
        assert f'value="{value}"' in page
    assert '<option value="GB" selected' in page and "7700 900123" in page
    assert "You order as Nora Lind" in page and "I have a login" not in page


def test_a_guest_finds_an_empty_form_and_the_way_in(client: Client, mug: Product, nora: Customer) -> None:
    put(client, mug)
    page = client.get(URL).content.decode()
    assert "nora@example.com" not in page and "You order as" not in page
    (way_in,) = re.findall(r'href="(/shop/shop/account/sign-in/\?next=[^"]*)"', page)
    assert URL in client.get(way_in).content.decode()


def test_a_guest_stays_a_guest_also_in_the_browser_next_to_it(
    client: Client, window: Client, mug: Product, nora: Customer
) -> None:
    put(client, mug)
    buy(client)
    assert Order.objects.get().customer_id != nora.pk


def test_the_order_is_theirs_though_they_type_another_customers_mail(
    window: Client, mug: Product, nora: Customer
) -> None:
    other = make_customer(mug.store, first_name="Ada", email="ada@example.com", phone="+33612345678")
    answer = buy(window)  # with the mail, phone and name of the other
    order = Order.objects.get()
    assert (order.customer_id, order.email) == (nora.pk, "ada@example.com")
    nora.refresh_from_db()
    other.refresh_from_db()
    assert (nora.orders_count, other.orders_count) == (1, 0)
    assert (nora.email, nora.phone, nora.first_name) == ("nora@example.com", "+447700900123", "Nora")
    page = window.get(answer.headers["Location"]).content.decode()
    own = f"/shop/shop/account/orders/{order.pk}/"
    assert own in page and window.get(own).status_code == 200
    stranger = visitor_client(mug.store, other)
    assert stranger.get(own).status_code == 404


def test_the_newsletter_of_another_mailbox_is_not_theirs_to_order(
    window: Client, mug: Product, nora: Customer
) -> None:
    make_customer(mug.store, email="ada@example.com")
    buy(window, newsletter="true")
    send_confirmations()
    assert "newsletter/" not in str(mail.outbox[0].body)
    assert not Customer.objects.filter(accepts_marketing=True).exists()


def test_who_gets_the_newsletter_is_not_asked_again(window: Client, nora: Customer) -> None:
    assert 'name="newsletter"' in window.get(URL).content.decode()
    Customer.objects.filter(pk=nora.pk).update(accepts_marketing=True)
    assert 'name="newsletter"' not in window.get(URL).content.decode()
    assert buy(window).status_code == 302


def test_somebody_blocked_between_the_form_and_the_button_is_refused(
    window: Client, mug: Product, nora: Customer
) -> None:
    sent = hidden(window) | BUYER
    make_rule(mug.store, "customer", str(nora.pk), reason_shown="Please call us.")
    answer = window.post(URL, sent)
    assert answer.status_code == 403 and "Please call us." in answer.content.decode()
    assert not Order.objects.exists() and Hit.objects.exists()
    # Signed out by that, they are a guest; the mail they are known by is blocked as well.
    answer = window.post(URL, hidden(window) | BUYER | {"email": "nora@example.com"})
    assert answer.status_code == 403 and "Please call us." in answer.content.decode()
    assert not Order.objects.exists()


def test_the_same_basket_is_not_ordered_for_somebody_else(
    window: Client, mug: Product, nora: Customer
) -> None:
    sent = hidden(window) | BUYER
    thief = visitor_client(mug.store, make_account(mug.store, "ada@example.com", first_name="Ada").customer)
    for name in set(window.cookies) - {SESSION}:  # the basket as it was before
        thief.cookies[name] = window.cookies[name].value
    assert window.post(URL, sent).status_code == 302
    answer = thief.post(URL, sent)
    assert answer.status_code == 409
    assert Order.objects.get().customer_id == nora.pk


def test_staff_who_look_order_nothing(mug: Product, nora: Customer) -> None:
    clerk = sign_in(mug.store, Role.CLERK)
    window = looking(clerk, nora, may_act=False)
    answer = put(window, mug)
    assert answer.status_code == 403
    before = Event.objects.count()
    assert window.post(URL, BUYER).status_code == 403
    assert not Order.objects.exists() and Event.objects.count() == before


def test_staff_on_behalf_order_for_the_customer_and_say_so(mug: Product, nora: Customer) -> None:
    manager = sign_in(mug.store, Role.MANAGER)
    window = looking(manager, nora, may_act=True)
    put(window, mug)
    assert buy(window).status_code == 302
    order = Order.objects.get()
    act = ChangeSet.objects.get(key="order.placed")
    assert order.customer_id == nora.pk
    assert (act.actor_kind, act.actor_id, act.surface) == ("staff", manager.actor.id, "on_behalf")


def test_a_customer_of_another_store_is_a_guest_here(mug: Product, nora: Customer) -> None:
    elsewhere = open_shop("elsewhere")
    visitor = make_account(elsewhere, "ada@example.com")
    begun = begin(store=elsewhere, account=visitor, stage=Stage.WHOLE, browser=Browser(), now=timezone.now())
    client = Client()
    put_cookie(client, mug.store, SESSION, begun.key)
    put(client, mug)
    buy(client)
    order = Order.objects.get()
    assert order.store_id == mug.store_id and order.customer_id not in (visitor.customer_id, nora.pk)
