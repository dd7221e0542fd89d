"""A few trade-ins of the demo store, in all states, as the counter and the post bring them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from regulars.credit.choices import Source
from regulars.credit.services import change_credit
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.resources.context import Context
from regulars.stores.queries import Store
from regulars.tradeins import services
from regulars.tradeins.choices import Way
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.moves import BY_NAME
from regulars.tradeins.payouts import method_of

# What people bring, with what the shop pays for it when it is good.
GOODS = (
    ("iPhone 12, 64 GB", 180), ("iPhone 14 Pro, 128 GB", 520), ("Pixel 8, 128 GB", 310), ("Galaxy S22", 240),
    ("iPad Air, 5th generation", 330), ("MacBook Air M1", 480), ("Nintendo Switch", 140), ("Apple Watch SE", 95),
    ("Canon EOS 250D", 260), ("Road bike, 56 cm", 350), ("Leather jacket", 70), ("Box of cables", None),
)  # fmt: skip
CONDITIONS = ("like_new", "good", "good", "fair", "poor")
PLACES = ("Lyon Part-Dieu", "Paris Bastille", "Lille Centre")
COURIERS = ("DHL", "La Poste", "UPS")
POST, COUNTER = ("accept", "send", "deliver", "inspect"), ("accept", "take-in")
PAID = ("as-described", "pay")
# The ways that trade-ins go, by post and at the counter by turns: every state is somebody's, most end as they should.
PATHS: tuple[tuple[str, ...], ...] = (
    (*POST, *PAID), (*COUNTER, *PAID), (), (), ("accept",), (*COUNTER, *PAID), ("accept", "send"), COUNTER,
    (*POST[:3],), (*COUNTER, *PAID), POST, (*COUNTER, "hold"), (*POST, "hold"), (*COUNTER, *PAID),
    (*POST, "not-as-described"), (*COUNTER, "as-described"), (*POST, "not-as-described", "accept-price", "pay"),
    (*COUNTER, "not-as-described"), (*POST, "as-described"), (*COUNTER, *PAID), (*POST, "return"), ("cancel",),
    (*POST, "return", "returned"), (*COUNTER, *PAID), ("cancel",), (*COUNTER, "return", "returned"),
    ("accept", "send", "abandon"), ("accept", "abandon"), ("expire",), (*COUNTER, *PAID),
)  # fmt: skip
PAYOUTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("paypal", {"email": "seller{number}@example.com"}),
    ("cash", {}),
    ("bank_transfer", {"holder": "{name}", "iban": "DE89370400440532013000"}),
    ("store_credit", {}),
    (
        "cheque",
        {"to_company": "true", "company": "Maison {name}", "address": "{number} rue des Lilas\n69003 Lyon"},
    ),
    ("points", {"card": "90{number}4417", "points": "1200"}),
    ("store_credit", {}),
)
MOST = 60


def make_tradeins(
    *, store: Store, customer_ids: Sequence[UUID], random: Random, actor: Actor, now: datetime
) -> None:
    """One for each of these customers, in all states there are, and some store credit."""
    for number, customer_id in enumerate(customer_ids[:MOST]):
        # What waits is young yet: an offer runs out after two weeks.
        days = 40 if len(PATHS[number % len(PATHS)]) > 2 else 10
        began = now - timedelta(days=random.randrange(days), hours=random.randrange(24))
        try:
            _make_one(store, customer_id, number, random, actor, began, now)
        except Refused:  # somebody on the block list, as in every shop
            continue
    for customer_id in customer_ids[MOST : MOST + 5]:
        change_credit(
            store=store,
            customer_id=customer_id,
            amount_minor=1500,
            reason="For the late parcel",
            source=Source.HAND,
            key="",
            actor=actor,
            now=now - timedelta(days=2),
        )
    for customer_id in customer_ids[MOST : MOST + 2]:
        change_credit(
            store=store,
            customer_id=customer_id,
            amount_minor=-700,
            reason="Used at the till",
            source=Source.HAND,
            key="",
            actor=actor,
            now=now - timedelta(hours=5),
        )


def _make_one(
    store: Store, customer_id: UUID, number: int, random: Random, actor: Actor, began: datetime, now: datetime
) -> None:
    by_post = number % 2 == 0
    title, price = random.choice(GOODS)
    item = ItemFacts(
        title=title,
        condition=random.choice(CONDITIONS),
        serial=f"SN{random.randrange(10**8, 10**9)}",
        quoted_minor=price * 100 if price else None,
    )
    facts = services.NewTradeIn(
        customer_id=customer_id,
        way=Way.MAIL_IN if by_post else Way.IN_STORE,
        items=(item,),
        location="" if by_post else random.choice(PLACES),
    )
    tradein = services.create_tradein(store=store, facts=facts, actor=actor, now=began)
    kind, particulars = PAYOUTS[number % len(PAYOUTS)]
    said = {"number": 10 + number, "name": random.choice(("Roux", "Keller", "Moreau", "Lind"))}
    typed = {name: text.format(**said) for name, text in particulars.items()}
    here: dict[str, Any] = {"store": store, "actor": actor}
    values = method_of(kind).clean(typed, Context(store=store, actor=actor, now=now))
    services.set_payout(tradein_id=tradein.pk, kind=kind, values=values, now=began, **here)
    path = PATHS[number % len(PATHS)] if price else ()
    inputs: dict[str, Any] = {
        "acceptance": "seller",
        "courier": random.choice(COURIERS),
        "tracking_number": f"JD{random.randrange(10**9, 10**10)}",
        "hold": random.choice(("general", "activation_lock")),
        "price": (price or 0) * 60,
        "why": "",
    }
    moment = began
    for name in path:
        moment = min(moment + timedelta(hours=random.randrange(1, 30)), now)
        asked = {field: inputs[field] for field in BY_NAME[name].asks if field in inputs}
        step = services.Mover(BY_NAME[name])
        if not step(ids=[tradein.pk], inputs=asked, now=moment, change_set=None, **here).done:
            return
