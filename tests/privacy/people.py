"""Somebody of whom a store keeps something in each of its parts."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from regulars.accounts.queries import customer_actor
from regulars.credit import services as credit
from regulars.credit.choices import Source
from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.kit.actor import Actor, system
from regulars.kit.ids import new_id
from regulars.orders.facts import LineFacts, OrderFacts
from regulars.orders.models import Order
from regulars.orders.services import place_order
from regulars.privacy import services
from regulars.privacy.choices import Kind, Way
from regulars.privacy.models import Request
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

ME = system("Tests")
DAY = timedelta(days=1)
ADA = {
    "first_name": "Adalberta",
    "last_name": "Quixmoor",
    "email": "adalberta@quixmoor.example",
    "phone": "+33612345678",
    "accepts_marketing": True,
    "note": "Likes zebrawood",
}


def ada_of(store: Store, **facts: Any) -> Customer:
    return make_customer(store, **(ADA | facts))


def themself(customer: Customer) -> Actor:
    """The customer, as the portal makes the actor."""
    return customer_actor(customer)


def ask(customer: Customer, kind: Kind = Kind.ACCESS, way: Way = Way.MAIL, **facts: Any) -> Request:
    now = facts.pop("now", NOW)
    asking = services.Asking(customer_id=customer.pk, kind=kind, way=way, **facts)
    actor = themself(customer) if way == Way.PORTAL else ME
    return services.ask(store=customer.store, asking=asking, actor=actor, now=now)


def age(customer: Customer, at: datetime) -> None:
    """Let a customer be on record since then."""
    Customer.objects.filter(pk=customer.pk).update(created_at=at)


def buy(customer: Customer, at: datetime = NOW, status: str = "completed") -> Order:
    line = LineFacts(title="=Chair", price_minor=1500, tax_percent=Decimal(20))
    facts = OrderFacts(customer_id=customer.pk, placed_at=at, status=status, lines=(line,))
    return place_order(store=customer.store, order=facts, actor=ME, now=at)


def give_credit(customer: Customer, amount: int = 500) -> None:
    credit.change_credit(
        store=customer.store,
        customer_id=customer.pk,
        amount_minor=amount,
        reason="Sorry",
        source=Source.HAND,
        key=str(new_id()),
        actor=ME,
        now=NOW,
    )


def note(customer: Customer, body: str) -> None:
    customers.add_note(store=customer.store, customer_id=customer.pk, body=body, actor=ME, now=NOW)
