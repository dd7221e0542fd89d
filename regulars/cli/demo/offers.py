"""A few offers of the demo store: running, with codes of their own, ended, a draft; some claimed and redeemed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.offers import queries, services
from regulars.offers.choices import Place
from regulars.offers.queries import Offer
from regulars.offers.services import MOVES, Asking, Mover
from regulars.offers.tokens import offer_url
from regulars.staff.queries import mail_is_kept
from regulars.stores.queries import Store

_STEPS = {move.name: Mover(move) for move in MOVES}


def make_offers(
    *, store: Store, customer_ids: Sequence[UUID], random: Random, actor: Actor, now: datetime
) -> None:
    """Four offers; the first two are sent to these customers, who make of them what people make of offers. Never where
    a provider would really send it."""
    if not mail_is_kept():
        return
    begun = now - timedelta(days=24)
    lunch: dict[str, Any] = {
        "windows": [[4, 720, 840]],
        "terms": "One for each table. Not with other offers.",
    }
    voucher: dict[str, Any] = {"codes": "unique", "partial": True, "hold_out": 20, "limit_per_customer": 1}
    running = [
        _make(store, begun, actor, title="Friday lunch", kind="percent", percent=Decimal(20), code="LUNCH20",
              limit_per_customer=0, guests=True, **lunch),
        _make(store, begun, actor, title="Thank you: €15", kind="amount", amount_minor=1500, **voucher),
    ]  # fmt: skip
    _make(store, begun, actor, opened=False, title="Spring points", kind="points", points=100)
    over = _make(store, begun, actor, title="Free shipping in winter", kind="free_shipping", code="WINTER")
    _step(store, over, "end", actor, now - timedelta(days=3))
    for offer in running:
        sent: dict[str, Any] = {"store": store, "ids": list(customer_ids), "actor": actor, "now": begun}
        done = services.send_offer(inputs={"offer": str(offer.pk)}, change_set=None, **sent).done
        for customer_id in done:
            _answer(store, offer, customer_id, random, actor, begun)


def _make(store: Store, now: datetime, actor: Actor, *, opened: bool = True, **values: Any) -> Offer:
    offer = services.create_offer(store=store, values=values, actor=actor, now=now)
    if opened:
        _step(store, offer, "start", actor, now)
    return offer


def _step(store: Store, offer: Offer, name: str, actor: Actor, now: datetime) -> None:
    _STEPS[name](store=store, ids=[offer.pk], inputs={}, actor=actor, now=now, change_set=None)


def _answer(
    store: Store, offer: Offer, customer_id: UUID, random: Random, actor: Actor, begun: datetime
) -> None:
    """Each step loses some. Whoever was held out has no link that opens anything."""
    token = offer_url(store=store, offer_id=offer.pk, customer_id=customer_id).split("/")[-2]
    at = begun + timedelta(hours=random.randint(1, 200))
    try:
        if random.random() < 0.35:
            return
        services.open_offer(store=store, token=token, now=at, looked=True)
        if random.random() < 0.4:
            services.favourite_offer(store=store, token=token, wanted=True, now=at)
        if random.random() < 0.5:
            return
        services.claim_offer(store=store, token=token, now=at)
        if random.random() < 0.3:
            return
        code = queries.code_of(store=store, offer=offer, customer_id=customer_id)
        # A Friday at one o'clock, by the clock of the store.
        friday = (at + timedelta(days=(4 - at.weekday()) % 7)).astimezone(store.zone)
        asking = Asking(code=code, customer_id=customer_id, bill_minor=random.randint(900, 6000))
        services.redeem_offer(
            store=store,
            asking=asking,
            key="",
            place=Place.COUNTER,
            actor=actor,
            now=friday.replace(hour=13, minute=random.randint(0, 50)),
        )
    except Refused:
        return
