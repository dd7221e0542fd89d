"""The nightly check: what stands beside customers is compared with the ledger. Nothing should ever differ."""

from datetime import datetime
from itertools import batched
from uuid import UUID

from django.db import transaction

from regulars.kit.actor import Actor
from regulars.loyalty import events, queries
from regulars.loyalty.services.people import recount_points
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

BATCH = 2000


def put_points_right(*, store: Store, actor: Actor, now: datetime) -> dict[UUID, str]:
    """Bring points in line with the ledger where they differ, keep in the history that they did, and say how. Points
    that the expiry runs have missed, for whatever reason, are shown to the next one."""
    queries.missed_by(store=store, now=now).update(late=True)
    found = queries.drift(store=store)
    for ids in batched(found, BATCH):
        with transaction.atomic():
            recount_points(store=store, customer_ids=ids)
    if found:
        touched = Touched(store.pk, data={"customers": len(found)})
        emit(store=store, actor=actor, resource="stores", kind=events.DRIFTED, touched=touched, now=now)
    return found
