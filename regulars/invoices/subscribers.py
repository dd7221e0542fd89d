"""What invoices do when something happens to the orders they were made from."""

from regulars.invoices.services import copy_payments
from regulars.kit.actor import Actor
from regulars.orders import events
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe


def subscribe_all() -> None:
    """Called once, at start."""
    for kind in (events.PAID, events.UNPAID, events.RETURNED, events.KEPT):
        subscribe(kind, _copy)


def _copy(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Money for an order is money for its invoice."""
    copy_payments(store=store, order_ids=[one.record_id for one in touched], actor=actor)
