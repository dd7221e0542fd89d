"""What orders do when something happens to customers."""

from regulars.customers import events
from regulars.kit.actor import Actor
from regulars.orders.services import recount_figures
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe


def subscribe_all() -> None:
    """Called once, at start."""
    subscribe(events.MERGED, _recount)
    subscribe(events.UNMERGED, _recount)


def _recount(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Orders moved from one customer to another: count both."""
    recount_figures(store=store, customer_ids=[one.record_id for one in touched])
