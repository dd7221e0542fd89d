"""Moving orders to the customer they belong to."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.orders import events
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.locking import lock_buyer, lock_orders
from regulars.orders.services.states import GONE, set_columns
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, open_change_set, record


def move_orders(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Give orders to the customer whose they are (`inputs["customer"]`, an id), with their figures.

    Raises `NotFound` for a customer who does not exist, `Invalid` for one who was anonymised.
    """
    outcome, wanted = Outcome(), inputs.get("customer")
    if not isinstance(wanted, UUID):
        raise Invalid(_("Choose the customer."), field="customer")
    with transaction.atomic():
        found = lock_orders(store=store, ids=ids, also=[wanted])
        customer = lock_buyer(store=store, customer_id=wanted)
        if customer.state == State.ANONYMISED:
            raise Invalid(
                _("This customer was anonymised: nothing can be said of them any more."), field="customer"
            )
        going = []
        for one in dict.fromkeys(ids):
            order = found.get(one)
            if order is None:
                outcome.skipped[one] = _(GONE)
            elif order.customer_id == customer.pk:
                outcome.skipped[one] = _("is theirs already")
            else:
                going.append(order)
        if going:
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.MOVED, now=now)
            outcome.change_set = opened.id
            outcome.done = [order.pk for order in going]
            concerned = {customer.pk, *(order.customer_id for order in going)}
            givers = dict(Customer.objects.filter(store=store, pk__in=concerned).values_list("pk", "number"))
            told = [{"giver": givers[order.customer_id], "taker": customer.number} for order in going]
            touched = set_columns([(order, {"customer_id": customer.pk}) for order in going], now=now)
            touched = [replace(one, data=data) for one, data in zip(touched, told, strict=True)]
            record(change_set=opened, resource="orders", kind=events.MOVED, touched=touched, now=now)
            recount_figures(store=store, customer_ids=concerned)
    return outcome
