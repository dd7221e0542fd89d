"""Offers that tests start from, made through the services."""

from datetime import datetime
from typing import Any

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.offers import queries, services
from regulars.offers.choices import Place
from regulars.offers.models import Grant, Offer, Redemption
from regulars.offers.services import Asking
from regulars.offers.tokens import offer_url
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from tests.factories import NOW

ME = system("Tests")


def make_offer(store: Store, **facts: Any) -> Offer:
    """A draft: 20 percent, if nothing else is said."""
    values = {"title": "Lunch", "kind": "percent", "percent": 20} | facts
    return services.create_offer(store=store, values=values, actor=ME, now=NOW)


def open_offer(store: Store, **facts: Any) -> Offer:
    """The same, open."""
    return move(make_offer(store, **facts), "start")


def move(offer: Offer, name: str, now: datetime = NOW) -> Offer:
    """One step further."""
    step = services.Mover(next(one for one in services.MOVES if one.name == name))
    outcome = step(store=offer.store, ids=[offer.pk], inputs={}, actor=ME, now=now, change_set=None)
    assert outcome.done, outcome.skipped
    return queries.get_offer(store=offer.store, offer_id=offer.pk)


def send(offer: Offer, *people: Customer, now: datetime = NOW) -> Outcome:
    """Send an offer to these customers."""
    ids = [one.pk for one in people]
    facts: dict[str, Any] = {"store": offer.store, "ids": ids, "actor": ME, "now": now}
    return services.send_offer(inputs={"offer": str(offer.pk)}, change_set=None, **facts)


def redeem(
    offer: Offer,
    *,
    customer: Customer | None = None,
    code: str = "",
    key: str = "",
    now: datetime = NOW,
    **asked: Any,
) -> Redemption:
    """Redeem it, with the code for all if no other is said."""
    asking = Asking(code=code or offer.code, customer_id=customer.pk if customer else None, **asked)
    return services.redeem_offer(
        store=offer.store, asking=asking, key=key, place=Place.COUNTER, actor=ME, now=now
    )


def void(*redemptions: Redemption, now: datetime = NOW) -> Outcome:
    """Take redemptions back."""
    ids = [one.pk for one in redemptions]
    facts: dict[str, Any] = {"store": redemptions[0].store, "ids": ids, "actor": ME, "now": now}
    return services.void_redemptions(inputs={"reason": "mistake"}, change_set=None, **facts)


def token_of(offer: Offer, customer: Customer) -> str:
    """What the link in the mail ends with."""
    return offer_url(store=offer.store, offer_id=offer.pk, customer_id=customer.pk).split("/")[-2]


def grant_of(offer: Offer, customer: Customer) -> Grant:
    """What became of it with a customer."""
    return Grant.objects.get(offer=offer, customer=customer)


def fresh(offer: Offer) -> Offer:
    """The offer as it is stored now."""
    return Offer.objects.get(pk=offer.pk)
