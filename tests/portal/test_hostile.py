"""Strangers who mean no good, and buyers with bad luck."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from regulars.blocklist.models import Hit
from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.orders import services
from regulars.orders.facts import PaymentFacts
from regulars.orders.models import Order, Product
from regulars.timeline.models import Event
from tests.blocklist.conftest import make_rule
from tests.factories import NOW, make_customer
from tests.portal.conftest import (
    BUYER,
    archive,
    buy,
    edit_product,
    hidden,
    make_product,
    open_shop,
    put,
    send_confirmations,
)

URL = "/shop/shop/checkout/"
COOKIE = "regulars_shop"


def known(mug: Product, **facts: Any) -> Customer:
    return make_customer(
        mug.store,
        **{"first_name": "Augusta", "last_name": "Byron", "email": "ada@example.com", "phone": "+33698765432"}
        | {"address": "1 St James Sq", "city": "London", "country": "GB", "birthdate": "1815-12-10"}
        | facts,
    )


def agree_link() -> str:
    return re.findall(r"http://localhost:8000(/shop/shop/newsletter/\S+)", str(mail.outbox[-1].body))[0]


# A stranger who types somebody's address


def test_whoever_types_an_address_changes_nothing_about_its_owner(client: Client, mug: Product) -> None:
    owner = known(mug)
    kept = ("first_name", "last_name", "email", "phone", "address", "city", "country", "accepts_marketing")
    before = {name: getattr(owner, name) for name in kept}
    put(client, mug)
    page = client.get(buy(client, newsletter="true").headers["Location"]).content.decode()
    owner.refresh_from_db()
    assert {name: getattr(owner, name) for name in kept} == before
    assert not [one for one in ("Augusta", "Byron", "St James", "London", "98765432") if one in page]
    send_confirmations()
    assert not [one for one in ("Augusta", "St James", "98765432") if one in mail.outbox[-1].body]


def test_an_address_with_a_record_is_answered_like_one_without(mug: Product) -> None:
    known(mug)
    answers = []
    for email in ("ada@example.com", "nobody@example.com"):
        client = Client()
        put(client, mug)
        answer = buy(client, email=email)
        page = client.get(answer.headers["Location"]).content.decode()
        for one in (f"Order {Order.objects.get(email=email).number}", email):
            page = page.replace(one, "…")
        answers.append((answer.status_code, sorted(client.cookies), page))
    assert answers[0] == answers[1]


def test_the_newsletter_begins_with_the_mailbox_and_keeps_what_was_agreed_to(
    client: Client, mug: Product
) -> None:
    owner = known(mug)
    put(client, mug)
    buy(client, newsletter="true")
    send_confirmations()
    link = agree_link()
    for answer in (Client().get(link), Client().head(link)):  # machines open links, too
        assert answer.status_code == 200
    assert not Customer.objects.get(pk=owner.pk).accepts_marketing
    page = Client().get(link).content.decode()
    assert "Send me news and offers by e-mail." in page and "ada@example.com" not in page
    assert 'content="noindex"' in page
    for _time in range(2):
        assert Client().post(link).status_code == 200
    assert Customer.objects.get(pk=owner.pk).accepts_marketing
    (kept,) = Event.objects.filter(key="customer.agreed")
    assert kept.record_id == owner.pk
    assert kept.data == {
        "wording": "Send me news and offers by e-mail.",
        "number": Order.objects.get().number,
    }


@pytest.mark.parametrize("damage", ["x{}", "{}x", "nonsense"])
def test_a_link_to_agree_that_was_never_sent_does_nothing(client: Client, mug: Product, damage: str) -> None:
    open_shop("other")
    put(client, mug)
    buy(client, newsletter="true")
    send_confirmations()
    link = agree_link()
    token = link.rstrip("/").rsplit("/", 1)[1]
    for bad in (link.replace(token, damage.format(token)), link.replace("/shop/shop/", "/shop/other/")):
        assert client.post(bad).status_code == client.get(bad).status_code == 404
    assert not Customer.objects.get().accepts_marketing


def test_a_link_to_agree_counts_for_its_own_mailbox_alone(client: Client, mug: Product) -> None:
    put(client, mug)
    buy(client, newsletter="true")
    send_confirmations()
    Customer.objects.update(email="other@example.com", email_key="other@example.com")
    assert client.post(agree_link()).status_code == 404
    assert not Customer.objects.get().accepts_marketing
    # Found by the phone: the customer is not written to at the address that was typed.
    Customer.objects.all().update(email="", email_key="")
    put(client, mug)
    buy(client, newsletter="true", email="eve@example.com")
    send_confirmations()
    assert Order.objects.filter(customer=Customer.objects.get()).count() == 2
    assert "newsletter" not in mail.outbox[-1].body


def test_without_the_box_the_confirmation_asks_nothing(client: Client, mug: Product) -> None:
    put(client, mug)
    buy(client)
    send_confirmations()
    assert "/newsletter/" not in mail.outbox[-1].body and "ticked" not in mail.outbox[-1].body


# Mails that carry somebody's message


@pytest.mark.parametrize("name", ["name", "address", "building", "postcode", "city", "region"])
@pytest.mark.parametrize("text", ["WIN http://evil.test", "www.evil.test", "evil.com/x now"])
def test_the_confirmation_cannot_be_made_to_carry_a_link(
    client: Client, mug: Product, name: str, text: str
) -> None:
    put(client, mug)
    answer = buy(client, pays="transfer", **{name: text[:20]})
    assert answer.status_code == 422 and f'href="#id_{name}"' in answer.content.decode()


@pytest.mark.parametrize("text", ["St. Mary’s Rd 3/4", "J.R.R. Tolkien", "c/o Müller", "Bât. B, app. 12/14"])
def test_names_and_addresses_with_dots_and_strokes_are_fine(client: Client, mug: Product, text: str) -> None:
    put(client, mug)
    assert buy(client, name=text, address=text, building=text, city=text).status_code == 302


def test_what_only_steers_a_screen_is_left_out(client: Client, mug: Product) -> None:
    put(client, mug)
    buy(client, name="Ada\u202e gnik\x1b[2J\x08 King", city="Pa\u2066ris")
    order = Order.objects.get()
    assert (order.name, order.city) == ("Ada gnik [2J King", "Pa ris")


@pytest.mark.parametrize("name", ["name", "email", "city"])
def test_no_header_comes_in_with_a_field(client: Client, mug: Product, name: str) -> None:
    put(client, mug)
    buy(client, **{name: "x@y.test\r\nBcc: a@evil.test"})
    send_confirmations()
    for sent in mail.outbox:
        assert sent.recipients() == ["ada@example.com"] and "\n" not in sent.subject
        assert "Bcc" not in str(sent.message()).split("\n\n")[0]


def test_links_in_mails_do_not_follow_the_host_that_was_asked(
    client: Client, mug: Product, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client.defaults |= {"HTTP_HOST": "evil.test", "HTTP_X_FORWARDED_HOST": "evil.test"}
    put(client, mug)
    answer = buy(client, newsletter="true")
    assert answer.headers["Location"].startswith("/shop/")
    send_confirmations()
    assert "evil.test" not in mail.outbox[-1].body
    assert "evil.test" not in client.get("/shop/shop/").content.decode()


# Baskets that change


def test_what_was_added_after_an_answer_was_lost_is_ordered_too(
    client: Client, mug: Product, lamp: Product
) -> None:
    put(client, mug)
    kept = client.cookies[COOKIE].value
    buy(client)
    client.cookies[COOKIE] = kept  # the answer never came
    put(client, lamp)
    assert buy(client).status_code == 302
    assert sorted(one.total_minor for one in Order.objects.all()) == [1500, 5500]


def test_a_basket_that_was_ordered_with_other_details_begins_anew(client: Client, mug: Product) -> None:
    put(client, mug)
    kept = client.cookies[COOKIE].value
    buy(client)
    client.cookies[COOKIE] = kept
    answer = buy(client, city="Lyon")
    assert answer.status_code == 409 and "ordered already" in answer.content.decode()
    assert "Your basket is empty" in client.get("/shop/shop/basket/").content.decode()
    assert Order.objects.count() == 1


def test_looking_at_the_basket_does_not_make_another_one_of_it(client: Client, mug: Product) -> None:
    put(client, mug, 2)
    form = hidden(client)
    client.post("/shop/shop/basket/", {f"quantity-{mug.pk}": "2"})
    assert client.post(URL, form | BUYER).status_code == 302


@pytest.mark.parametrize("quantity", ["99999999999", "-5", "0", "1e9", "99999"])
def test_no_quantity_leads_anywhere_else(client: Client, mug: Product, quantity: str) -> None:
    client.post("/shop/shop/basket/add/", {"product": str(mug.pk), "quantity": quantity})
    assert buy(client).status_code == 302
    assert Order.objects.get().items_count in (1, 99)


def test_the_dearest_goods_are_summed_or_refused_in_words(client: Client, mug: Product) -> None:
    edit_product(mug, price_minor=10**13)
    put(client, mug, 99)
    answer = buy(client)
    assert answer.status_code in (302, 409, 422)
    assert "Something broke" not in answer.content.decode()


def test_a_basket_of_more_products_than_fit_in_one_request(client: Client, mug: Product) -> None:
    put(client, mug)
    answer = client.post("/shop/shop/basket/", {f"quantity-{n}": "1" for n in range(9_000)})
    assert answer.status_code == 302 and 'class="count">1<' in client.get("/shop/shop/").content.decode()
    many = client.post("/shop/shop/basket/", {f"quantity-{n}": "1" for n in range(10_001)})
    assert many.status_code == 400 and "Nothing was ordered" in many.content.decode()


def test_a_product_of_another_store_or_none_is_not_found(client: Client, mug: Product) -> None:
    theirs = make_product(open_shop("other"), "Theirs")
    gone = make_product(mug.store, "Gone")
    archive(gone)
    for product in (theirs, gone):
        assert put(client, product).status_code == 404
        assert client.get(f"/shop/shop/products/{product.pk}/").status_code == 404


# The page of an order


def test_a_cancelled_order_asks_for_no_money(client: Client, mug: Product, owner: Any) -> None:
    put(client, mug)
    url = buy(client, pays="transfer").headers["Location"]
    assert "IBAN" in client.get(url).content.decode()
    here = {"store": mug.store, "actor": owner.actor, "now": NOW, "change_set": None, "inputs": {}}
    services.cancel_orders(ids=[Order.objects.get().pk], **here)
    page = client.get(url).content.decode()
    assert "was cancelled" in page and "IBAN" not in page and "Thank you" not in page


def test_a_paid_order_asks_for_no_more(client: Client, mug: Product, owner: Any) -> None:
    put(client, mug)
    url = buy(client, pays="transfer").headers["Location"]
    paid = PaymentFacts(amount_minor=1500, method="transfer")
    services.record_payment(
        store=mug.store, order_id=Order.objects.get().pk, payment=paid, actor=owner.actor, now=NOW
    )
    page = client.get(url).content.decode()
    assert "IBAN" not in page and "Paid" in page


def test_pages_of_a_visitor_are_kept_nowhere_and_found_nowhere(client: Client, mug: Product) -> None:
    put(client, mug)
    pages = ["/shop/shop/basket/", URL]
    answers = {page: client.get(page) for page in pages}
    order = buy(client).headers["Location"]
    for answer in (*answers.values(), client.get(order), client.get("/shop/nowhere/")):
        assert 'content="noindex"' in answer.content.decode()
        assert answer.status_code == 404 or "no-store" in answer.headers["Cache-Control"]


def test_after_they_were_forgotten_the_page_of_the_order_names_nobody(
    client: Client, mug: Product, owner: Any
) -> None:
    put(client, mug)
    url = buy(client).headers["Location"]
    customers.anonymise_customers(
        store=mug.store, ids=[Customer.objects.get().pk], inputs={"confirm": True}, actor=owner.actor, now=NOW,
        change_set=None,
    )  # fmt: skip
    page = client.get(url).content.decode()
    assert "Lovelace" not in page and "ada@example.com" not in page and "Neuve" not in page


# Floods, blocks, forms from elsewhere


def test_behind_a_proxy_each_buyer_counts_alone_and_headers_of_their_own_do_not_help(
    mug: Product, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def order(number: int, forwarded: str) -> int:
        client = Client(headers={"X-Forwarded-For": forwarded})
        put(client, mug)
        return int(buy(client, email=f"p{number}@example.com").status_code)

    statuses = [order(number, f"10.9.8.{number}, 203.0.113.7") for number in range(32)]
    assert statuses == [302] * 30 + [429] * 2
    assert order(99, "203.0.113.8") == 302


def test_who_is_turned_away_does_so_at_most_so_often(client: Client, mug: Product) -> None:
    make_rule(mug.store, "email", "ada@example.com", reason="Fraud", reason_shown="")
    put(client, mug)
    statuses = [buy(client).status_code for _time in range(12)]
    assert statuses == [403] * 10 + [429] * 2
    assert sum(Hit.objects.values_list("times", flat=True)) == 10
    assert not Order.objects.exists() and not Customer.objects.exists()


@pytest.mark.parametrize("page", ["basket/", "basket/add/", "checkout/"])
def test_forms_of_other_pages_are_refused(mug: Product, page: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/shop/shop/")
    answer = client.post(f"/shop/shop/{page}", BUYER | {"product": str(mug.pk)})
    assert answer.status_code == 403 and not Order.objects.exists()


def test_titles_and_names_are_text_everywhere(client: Client, mug: Product, owner: Any) -> None:
    bad = "<img src=x onerror=alert(1)>"
    edit_product(mug, title=bad, description=bad, sku='"><script>alert(1)</script>')
    put(client, mug)
    pages = [client.get(f"/shop/shop/{page}") for page in ("", f"products/{mug.pk}/", "basket/", "checkout/")]
    answer = buy(client, name=bad, address=bad, building=bad, city=bad, region=bad, note=bad)
    pages.append(client.get(answer.headers["Location"]))
    order, customer = Order.objects.get(), Customer.objects.get()
    send_confirmations()
    desk = (
        "orders/",
        f"orders/{order.pk}/",
        "customers/",
        f"customers/{customer.pk}/",
        "counter/?q=img",
        "products/",
    )
    pages += [owner.client.get(f"/desk/shop/{page}") for page in desk]
    pages += [
        owner.client.get(f"/desk/shop/customers/{customer.pk}/?show={tab}") for tab in ("money", "orders")
    ]
    for page in pages:
        assert page.status_code in (200, 302)
        assert "<img src=x" not in page.content.decode() and "<script>alert" not in page.content.decode()
    assert mail.outbox[-1].message().get_content_type() == "text/plain"
