"""What earning and tiers do when something happens to orders and customers."""

from datetime import datetime

from regulars.customers import events as customer_events
from regulars.customers.erasing import erases
from regulars.kit.actor import Actor
from regulars.loyalty import tier_queries
from regulars.loyalty.earning import Trigger
from regulars.loyalty.models import Membership
from regulars.loyalty.services import members, settle_orders, welcome
from regulars.orders import events as order_events
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.queries import happened_at
from regulars.timeline.services import Touched, subscribe

_BEGIN = (
    order_events.PLACED,
    order_events.EDITED,
    order_events.COMPLETED,
    order_events.REOPENED,
    order_events.PAID,
    order_events.UNPAID,
    order_events.RETURNED,
    order_events.KEPT,
    order_events.MOVED,
    order_events.UNDONE,
)
_ONLY_SETTLE = (
    order_events.CANCELLED,
    order_events.CHANGED_BY_FILE,
    order_events.REMOVED,
    order_events.DELETED,
    order_events.IMPORT_UNDONE,
)


def subscribe_to_orders() -> None:
    """Called once, at start."""
    for kind in (*_BEGIN, *_ONLY_SETTLE):
        subscribe(kind, _settle)
    subscribe(customer_events.CREATED, _welcome)
    subscribe(customer_events.MERGED, _merged)
    subscribe(customer_events.UNMERGED, _split)
    erases("tiers", members.forget_reasons, tables=(Membership._meta.db_table,))


def _settle(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    settle_orders(
        store=store,
        order_ids=[one.record_id for one in touched],
        actor=actor,
        now=_when(store, touched),
        begin=kind in _BEGIN,
    )


def _welcome(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    if not tier_queries.active_rules(store=store, triggers={Trigger.JOINING.value}):
        return
    at = happened_at(store=store, record_id=touched[0].record_id)
    if at is not None:  # the demo tells of people whom nobody added
        ids = [one.record_id for one in touched]
        welcome(store=store, customer_ids=ids, actor=actor, now=at)


def _merged(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    for one in touched:
        data = one.data or {}
        members.keep_higher_tier(
            store=store,
            customer_id=one.record_id,
            merge_id=data["merge"],
            number=data["number"],
            actor=actor,
            now=_when(store, touched),
        )


def _split(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Orders went back to whose they were: their points follow, also those of what came after the merge."""
    ids, now = [one.record_id for one in touched], _when(store, touched)
    followed = members.orders_of(store=store, ids=ids)
    settle_orders(store=store, order_ids=followed, actor=actor, now=now, begin=False)
    number = (touched[0].data or {})["number"]
    members.split_tiers(store=store, ids=ids, number=number, actor=actor, now=now)


def _when(store: Store, touched: list[Touched]) -> datetime:
    """The moment of what was just written; whoever tells of something writes it down first."""
    at = happened_at(store=store, record_id=touched[0].record_id)
    if at is None:
        raise ValueError("Something is told that was not written.")
    return at
