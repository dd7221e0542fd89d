"""Transferring points from one customer to another, with what is left of their time."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.loyalty.choices import BelowZero, Kind, Source
from regulars.loyalty.models import Use
from regulars.loyalty.rules import MOST
from regulars.loyalty.services.adjust import keep_to_cap
from regulars.loyalty.services.change import PointChange, change_many
from regulars.loyalty.services.programme import running_programme
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet


def transfer_points(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Give points of one customer to another (`inputs["customer"]`, an id). They expire when they would have.

    Raises `Invalid` for no points and for the same customer, `NotFound`, `PointsOff` and `CapReached`.
    """
    programme = running_programme(store=store)
    points, other = inputs["points"], inputs.get("customer")
    if not 0 < points <= MOST:
        raise Invalid(_("Give a number of points above zero."), field="points")
    if not isinstance(other, UUID):
        raise Invalid(_("Choose the customer who gets them."), field="customer")
    (giver,) = ids
    if giver == other:
        raise Invalid(_("Choose another customer."), field="customer")
    about: dict[str, Any] = {
        "kind": Kind.TRANSFER,
        "reason": inputs.get("reason") or "",
        "note": inputs.get("note") or "",
        "source": Source.CUSTOMER,
        "source_id": new_id(),
    }
    with transaction.atomic():
        keep_to_cap(programme, wanted=points, actor=actor, now=now)
        people = lock_rows(Customer.objects.filter(store=store).only("state"), [giver, other])
        if other not in people:
            raise NotFound(_("This customer does not exist in this store."), field="customer")
        if people[other].state == State.ANONYMISED:
            raise Invalid(_("This customer was anonymised."), field="customer")
        more: dict[str, Any] = {"store": store, "policy": BelowZero.REFUSE, "actor": actor, "now": now}
        taken = change_many(changes=[PointChange(giver, -points, **about)], change_set=change_set, **more)
        if not taken.entries:
            return Outcome([], taken.left, None)
        opened = change_set or OpenChangeSet(store=store, actor=actor, id=taken.entries[0].change_set_id)
        parts: dict[datetime | None, int] = defaultdict(int)
        uses = Use.objects.filter(store=store, taker=taken.entries[0])
        for expires_at, part in uses.values_list("giver__expires_at", "points"):
            parts[expires_at] += part
        given = [PointChange(other, part, expires_at=when, **about) for when, part in parts.items()]
        change_many(changes=given, change_set=opened, **more)
    return Outcome([giver], {}, opened.id)
