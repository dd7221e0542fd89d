"""The pages of orders and trade-ins with their invoices: one act in front, what differs, what is kept of a refusal."""

import re
from typing import Any

import pytest

from regulars.blocklist import services as blocks
from regulars.blocklist.models import Hit
from regulars.customers.models import Customer
from regulars.invoices import services
from regulars.invoices.models import Invoice
from regulars.orders import services as orders
from regulars.orders.models import Order
from regulars.staff.choices import Role
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.tradeins.models import CustomerPayout, TradeIn
from tests.api.conftest import ApiClient, token_of
from tests.factories import NOW, make_customer
from tests.invoices.conftest import ME, act
from tests.orders.making import make_order
from tests.people import Someone
from tests.tradeins.making import make_tradein

pytestmark = pytest.mark.django_db
ORDERS, INVOICES, TRADEINS = "/desk/shop/orders/", "/desk/shop/invoices/", "/desk/shop/tradeins/"


@pytest.fixture
def order(store: Store) -> Order:
    ada = make_customer(store, first_name="Ada", email="ada@example.com")
    return make_order(store, customer_id=ada.pk, name="Ada")


def heading_buttons(page: str) -> list[str]:
    """What stands beside the name of the record."""
    hero = page.partition('<div class="hero')[2].partition("<dl")[0]
    return [
        re.sub(r"<[^>]+>", "", one).strip()
        for one in re.findall(r"<(?:button|a) class=\"btn.*?</(?:button|a)>", hero)
    ]


def test_an_order_is_invoiced_once_and_opened_later(order: Order, clerk: Someone) -> None:
    page = clerk.client.get(f"{ORDERS}{order.pk}/").content.decode()
    assert "Make invoice" in page and "Open invoice" not in page
    clerk.client.post(f"{ORDERS}actions/invoice/?id={order.pk}", {"confirmed": "1", "issue": "true"})
    made = Invoice.objects.get()
    page = clerk.client.get(f"{ORDERS}{order.pk}/").content.decode()
    assert "Make invoice" not in page and "Open invoice" in page
    for part in (f"{INVOICES}{made.pk}/", "INV-00001", "€70.00", "Open"):
        assert part in page, part
    assert f"{ORDERS}{order.pk}/" in clerk.client.get(f"{INVOICES}{made.pk}/").content.decode()


def test_one_act_stands_beside_the_name(order: Order, clerk: Someone) -> None:
    page = clerk.client.get(f"{ORDERS}{order.pk}/").content.decode()
    assert heading_buttons(page) == ["Complete", "Edit", ""]
    act(orders.complete_orders, order.store, order)
    page = clerk.client.get(f"{ORDERS}{order.pk}/").content.decode()
    assert heading_buttons(page)[0] == "Record a payment"


def test_both_pages_say_that_they_differ_and_put_it_right(
    order: Order, clerk: Someone, viewer: Someone
) -> None:
    act(services.invoice_orders, order.store, order, issue=True)
    invoice = Invoice.objects.get()
    pages = (f"{ORDERS}{order.pk}/", f"{INVOICES}{invoice.pk}/")
    for url in pages:
        assert "Bring in line" not in clerk.client.get(url).content.decode()
    act(orders.cancel_orders, order.store, order)
    for url in pages:
        page = clerk.client.get(url).content.decode()
        assert "The order was cancelled after INV-00001 was issued" in page and "actions/correct/" in page
        seen = viewer.client.get(url).content.decode()
        assert "was cancelled after INV-00001" in seen and "actions/correct/" not in seen
    asked = clerk.client.post(f"{INVOICES}actions/correct/?id={invoice.pk}").content.decode()
    assert "A credit note of €70.00 is issued." in asked
    clerk.client.post(f"{INVOICES}actions/correct/?id={invoice.pk}", {"confirmed": "1"})
    assert list(Invoice.objects.order_by("sequence").values_list("kind", flat=True)) == [
        "invoice",
        "credit_note",
    ]
    assert "Bring in line" not in clerk.client.get(pages[0]).content.decode()


def test_who_may_not_issue_cannot_put_it_right(order: Order, viewer: Someone) -> None:
    act(services.invoice_orders, order.store, order, issue=True)
    act(orders.cancel_orders, order.store, order)
    one = Invoice.objects.get().pk
    answer = viewer.client.post(f"{INVOICES}actions/correct/?id={one}", {"confirmed": "1"})
    assert answer.status_code == 403 and Invoice.objects.count() == 1


@pytest.mark.parametrize("surface", ["desk", "desk without key", "api", "api action"])
def test_a_hit_of_the_block_list_is_kept_when_a_trade_in_is_refused(
    store: Store, clerk: Someone, surface: str
) -> None:
    ada = make_customer(store, email="ada@example.com")
    blocks.block_customers(store=store, ids=[ada.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    items = {"item-title": ["Phone"], "item-quoted": ["10"]} | {
        f"item-{name}": [""] for name in ("id", "condition", "serial", "final")
    }
    answer: Any
    if surface.startswith("desk"):
        once = {} if "without" in surface else {"once": "0b7c8f1e-8f55-4b10-9f43-8f9d2f1d1c11"}
        given = {"customer": str(ada.number), "way": "in_store", **items, **once}
        answer = clerk.client.post(f"{TRADEINS}new/", given)
        assert answer.status_code == 422 and "block list" in answer.content.decode()
    else:
        api = ApiClient(token_of(store, Role.CLERK))
        if surface == "api":
            new = {"customer": ada.number, "way": "in_store", "items": "Phone | good | | 10"}
            answer = api.post("/tradeins", new, **{"Idempotency-Key": "k-1"})
            assert answer.status_code == 409, answer.content
        else:
            inputs = {"way": "in_store", "items": "Phone | good | | 10"}
            answer = api.post("/customers/actions/trade-in", {"ids": [str(ada.pk)], "inputs": inputs})
            assert answer.json()["done"] == 0
    assert not TradeIn.objects.exists()
    hit = Hit.objects.get()
    assert (hit.door, hit.times) == ("trade_in", 1)


KINDS: list[tuple[str, dict[str, str], str, str]] = [
    (
        "bank_transfer",
        {"holder": "Ada Secret", "iban": "DE89 3704 0044 0532 0130 00"},
        "DE•• •••• 3000",
        "370400440532",
    ),
    (
        "bank_transfer",
        {"holder": "Ada Secret", "account": "112233445566", "bank_code": "200415"},
        "•••• 5566",
        "11223344",
    ),
    ("paypal", {"email": "secretname@example.com"}, "s•••@example.com", "secretname"),
    ("cheque", {"payee": "Secret Payee", "address": "1 Secret Street"}, "S•••", "Secret Street"),
    (
        "cheque",
        {"to_company": "true", "company": "Secret Ltd", "address": "2 Hidden Road"},
        "S•••",
        "Hidden Road",
    ),
    ("cash", {}, "", ""),
    ("store_credit", {}, "", ""),
    ("points", {"card": "9988776655", "points": "400"}, "•••• 6655", "99887766"),
]


@pytest.mark.parametrize(("kind", "typed", "mask", "secret"), KINDS)
def test_each_way_to_pay_is_sealed_wherever_one_looks(
    store: Store, owner: Someone, kind: str, typed: dict[str, str], mask: str, secret: str
) -> None:
    ada = make_customer(store, first_name="Ada", email="ada@example.com")
    tradein = make_tradein(store, ada)
    for url in (f"/desk/shop/customers/{ada.pk}/", f"{TRADEINS}{tradein.pk}/"):
        answer = owner.client.post(f"{url}payout/", {"kind": kind, **typed})
        assert answer.status_code == 302, answer.content.decode()
    kept = CustomerPayout.objects.get()
    tradein.refresh_from_db()
    assert (
        (kept.payout_kind, kept.payout_masked) == (kind, mask) == (tradein.payout_kind, tradein.payout_masked)
    )
    if not secret:
        return
    api = ApiClient(token_of(store, Role.OWNER))
    seen = {
        "customer": owner.client.get(f"/desk/shop/customers/{ada.pk}/").content,
        "trade-in": owner.client.get(f"{TRADEINS}{tradein.pk}/").content,
        "form": owner.client.get(f"{TRADEINS}{tradein.pk}/payout/").content,
        "list": owner.client.get(f"{TRADEINS}?tab=all&columns=number,payout_method,payout_to").content,
        "audit": owner.client.get("/desk/shop/audit/").content,
        "api": api.get(f"/tradeins/{tradein.pk}").content + api.get(f"/customers/{ada.pk}").content,
    }
    for name, content in seen.items():
        assert secret.encode() not in content, name
    assert mask in seen["trade-in"].decode()
    facts = [(one.data, one.before, one.after) for one in Event.objects.all()]
    assert secret not in str(facts) and secret not in kept.payout_sealed
    for text in (secret, *typed.values()):
        found = owner.client.get(f"{TRADEINS}", {"tab": "all", "q": text}).content.decode()
        assert f"tradeins/{tradein.pk}/" not in found or text in ("true",), text
    shown = owner.client.post(f"{TRADEINS}{tradein.pk}/payout/reveal/")
    assert secret in shown.content.decode() and "no-store" in shown["Cache-Control"]
    assert Event.objects.filter(key="tradein.payout_seen").count() == 1


WRONG = [
    ("bank_transfer", {"iban": "DE89370400440532013000"}, "holder"),
    ("bank_transfer", {"holder": "Ada"}, "iban"),
    ("bank_transfer", {"holder": "Ada", "iban": "DE00"}, "iban"),
    ("bank_transfer", {"holder": "Ada", "account": "123"}, "iban"),
    ("bank_transfer", {"holder": "Ada", "iban": "DE89370400440532013000", "bic": "X"}, "bic"),
    ("paypal", {"email": "no"}, "email"),
    ("paypal", {}, "email"),
    ("cheque", {"payee": "Ada"}, "address"),
    ("cheque", {"address": "Here"}, "payee"),
    ("cheque", {"address": "Here", "payee": "Ada", "to_company": "true"}, "company"),
    ("points", {"points": "many"}, "points"),
    ("points", {"points": "0"}, "points"),
]


@pytest.mark.parametrize(("kind", "typed", "field"), WRONG)
def test_what_is_wrong_is_said_at_its_field(
    store: Store, clerk: Someone, kind: str, typed: dict[str, str], field: str
) -> None:
    ada = make_customer(store)
    answer = clerk.client.post(f"/desk/shop/customers/{ada.pk}/payout/", {"kind": kind, **typed})
    page = answer.content.decode()
    assert answer.status_code == 422 and f'href="#id-{field}"' in page
    lines = "\n".join(f"{name}: {text}" for name, text in typed.items())
    inputs = {"kind": kind, "particulars": lines}
    refused = ApiClient(token_of(store, Role.OWNER)).post(
        "/customers/actions/set-payout", {"ids": [str(ada.pk)], "inputs": inputs}
    )
    assert refused.status_code == 422 and f"{field}: " in refused.content.decode(), refused.content
    assert not CustomerPayout.objects.exists() and not Customer.objects.get(pk=ada.pk).payout_method


def test_an_order_cannot_be_deleted_once_invoiced(order: Order, owner: Someone) -> None:
    Store.objects.update(delete_policy="always")
    act(services.invoice_orders, order.store, order, issue=True)
    given: dict[str, Any] = {"confirmed": "1", "typed": order.number}
    answer = owner.client.post(f"{ORDERS}actions/delete/?id={order.pk}", given, follow=True)
    assert "is invoiced as INV-00001" in answer.content.decode() and Order.objects.exists()
