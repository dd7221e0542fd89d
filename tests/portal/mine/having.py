"""A customer who has something of everything, and the browsers that look at it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.test import Client

from regulars.accounts.services import edit_settings
from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.loyalty.services import save_tier
from regulars.orders import services as orders
from regulars.orders.facts import PaymentFacts
from regulars.orders.queries import lines_of
from regulars.stores.models import Store
from regulars.stores.services import edit_store
from regulars.tradeins.choices import Way
from regulars.tradeins.models import TradeIn
from tests.accounts.people import open_shop, visitor_client
from tests.factories import NOW, make_customer
from tests.invoices.conftest import make_issued
from tests.loyalty.giving import change
from tests.offers.making import open_offer, send
from tests.orders.making import make_order
from tests.tradeins.making import PHONE, WATCH, make_tradein, move

ME = system("Tests")
# Long after any test: prices hold until then.
LATER = datetime(2190, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Somebody:
    """A customer with an account and the ids of what is theirs, by the names that addresses use."""

    store: Store
    customer: Customer
    client: Client
    ids: dict[str, UUID]

    def url(self, path: str = "") -> str:
        """A page of the portal."""
        return f"/shop/{self.store.slug}/account/{path}"


def make_shop(slug: str = "shop", **settings: Any) -> Store:
    """A shop in which customers sign in, with a tier."""
    store = open_shop(slug, **settings)
    edit_settings(store=store, changes={"active": True}, default_password=None, actor=ME, now=NOW)
    values = {"name": "Gold", "rank": 1, "by": "spend", "threshold": 50_000, "colour": "amber"}
    save_tier(store=store, tier_id=None, values=values, actor=ME, now=NOW)
    return store


def switch(store: Store, **settings: bool) -> None:
    edit_store(store=store, changes=settings, actor=ME, now=NOW)


def somebody(store: Store, name: str = "Ada", **facts: Any) -> Somebody:
    """A customer who has nothing yet."""
    known = {"first_name": name, "email": f"{name.lower()}@example.com"} | facts
    customer = make_customer(store, **known)
    return Somebody(store, customer, visitor_client(store, customer), {})


def everything(store: Store, name: str = "Ada", **facts: Any) -> Somebody:
    """A customer with orders, an invoice, trade-ins, points, offers and addresses."""
    one = somebody(store, name, **{"accepts_marketing": True, "last_name": "King"} | facts)
    customer = one.customer
    order = make_order(store, customer_id=customer.pk)
    paid = PaymentFacts(amount_minor=2000, method="cash", paid_at=NOW)
    orders.record_payment(store=store, order_id=order.pk, payment=paid, actor=ME, now=NOW)
    line = lines_of(store=store, order_id=order.pk)[0]
    orders.return_items(
        store=store,
        order_id=order.pk,
        quantities={line.pk: 1},
        reason="Only staff read this",
        actor=ME,
        now=NOW,
    )
    invoice = make_issued(store, customer_id=customer.pk)
    change(store, customer, 250, reason="Only staff read this", note="For your patience")
    address = customers.add_address(
        store=store,
        customer_id=customer.pk,
        values={"address": "9 Side St", "city": "York"},
        actor=ME,
        now=NOW,
    )
    offer = open_offer(store, title=f"Lunch of {name}", codes="unique", terms="Not on books.")
    assert send(offer, customer).done
    one.ids.update(
        order_id=order.pk,
        invoice_id=invoice.pk,
        tradein_id=quoted(store, customer).pk,
        address_id=address.pk,
        offer_id=offer.pk,
    )
    return one


def quoted(store: Store, customer: Customer) -> TradeIn:
    """A trade-in by post whose price waits for the customer."""
    return make_tradein(store, customer, items=(PHONE, WATCH), way=Way.MAIL_IN, expires_at=LATER)


def repriced(store: Store, customer: Customer) -> TradeIn:
    """One that was found other than described."""
    made = make_tradein(
        store, customer, items=(PHONE,), way=Way.MAIL_IN, acceptance="seller", expires_at=LATER
    )
    for name in ("send", "deliver", "inspect"):
        move(made, name)
    move(made, "not-as-described", price=5000)
    return made
