"""Orders for tests, placed through the service that places them in the product."""

from datetime import datetime
from typing import Any

from regulars.kit.actor import Actor, system
from regulars.orders import services
from regulars.orders.facts import LineFacts, OrderFacts
from regulars.orders.models import Order
from regulars.stores.models import Store
from tests.factories import NOW

TESTS = system("Tests")
MUG = LineFacts(title="Mug", price_minor=1500, quantity=2, sku="MUG")
LAMP = LineFacts(title="Lamp", price_minor=4000, sku="LAMP", serial="SN-77")


def make_order(store: Store, *, actor: Actor = TESTS, now: datetime = NOW, **facts: Any) -> Order:
    """An order of two mugs and a lamp (70.00), if nothing else is said."""
    given = {"lines": (MUG, LAMP)} | facts
    return services.place_order(store=store, order=OrderFacts(**given), actor=actor, now=now)
