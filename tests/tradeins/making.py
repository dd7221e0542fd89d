"""Trade-ins to try things on."""

from typing import Any

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.resources.action import Outcome
from regulars.resources.context import Context
from regulars.stores.models import Store
from regulars.tradeins import services
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import TradeIn
from regulars.tradeins.moves import BY_NAME
from regulars.tradeins.payouts import method_of
from regulars.tradeins.services import Mover, NewTradeIn
from tests.factories import NOW

ME = system("Tests")
IMEI = "356938035643809"
PHONE = ItemFacts("iPhone 12", "good", IMEI, 12_000)
WATCH = ItemFacts("Old watch", "fair", "", 3_000)
IBAN = "DE89 3704 0044 0532 0130 00"


def make_tradein(
    store: Store, customer: Customer, *, items: tuple[ItemFacts, ...] = (PHONE,), **facts: Any
) -> TradeIn:
    wanted = {"way": "in_store"} | facts
    new = NewTradeIn(customer_id=customer.pk, items=items, **wanted)
    return services.create_tradein(store=store, facts=new, actor=ME, now=NOW)


def move(tradein: TradeIn, name: str, *, check: bool = True, now: Any = NOW, **inputs: Any) -> Outcome:
    """Take it one step further."""
    asked = {"acceptance": "seller", "hold": "general"} | inputs
    wanted = {field: asked.get(field, "") for field in BY_NAME[name].asks if field != "price"}
    wanted |= {"price": asked["price"]} if "price" in asked else {}
    step = Mover(BY_NAME[name])
    outcome = step(store=tradein.store, ids=[tradein.pk], inputs=wanted, actor=ME, now=now, change_set=None)
    assert not check or outcome.done == [tradein.pk], outcome.skipped
    return outcome


def paid_in(tradein: TradeIn, kind: str, **typed: str) -> TradeIn:
    context = Context(store=tradein.store, actor=ME, now=NOW)
    values = method_of(kind).clean(typed, context)
    here: dict[str, Any] = {"store": tradein.store, "tradein_id": tradein.pk, "actor": ME, "now": NOW}
    return services.set_payout(kind=kind, values=values, **here)


def fresh(tradein: TradeIn) -> TradeIn:
    return TradeIn.objects.get(pk=tradein.pk)
