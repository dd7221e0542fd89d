"""Deleting orders: with their customers, or alone where the store's policy allows it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.orders import events
from regulars.orders.models import Order
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.forget import erase_orders
from regulars.orders.services.keeping import why_kept
from regulars.orders.services.locking import lock_orders
from regulars.orders.services.states import GONE
from regulars.resources.action import Outcome
from regulars.stores.choices import DeletePolicy
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


class OrdersAreKept(Refused):
    """The store's policy keeps orders."""

    code = "not_deletable"


def remove_orders(*, store: Store, ids: list[UUID]) -> None:
    """Delete the orders of these customers; where the store's policy is to delete whoever asks for it."""
    Order.objects.filter(store=store, customer_id__in=ids).delete()


def delete_orders(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Delete orders for good, where the store's policy is to delete anything; the history keeps their number.

    Those that the books refer to stay, with the reason.

    Raises `OrdersAreKept`.
    """
    outcome = Outcome()
    with transaction.atomic():
        store = Store.objects.get(pk=store.pk)  # the policy of now, not of when a long run began
        if store.delete_policy != DeletePolicy.ALWAYS:
            raise OrdersAreKept(_("This store keeps its orders. Cancel the order instead."))
        found = lock_orders(store=store, ids=ids)
        outcome.skipped = {one: _(GONE) for one in ids if one not in found}
        outcome.skipped |= why_kept(store, found)
        outcome.done = sorted(set(found) - set(outcome.skipped))
        if outcome.done:
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.DELETED, now=now)
            outcome.change_set = opened.id
            erase_orders(store=store, ids=outcome.done)
            Order.objects.filter(store=store, pk__in=outcome.done).delete()
            touched = [Touched(one, data={"number": found[one].number}) for one in outcome.done]
            record(change_set=opened, resource="orders", kind=events.DELETED, touched=touched, now=now)
            recount_figures(store=store, customer_ids={found[one].customer_id for one in outcome.done})
    return outcome
