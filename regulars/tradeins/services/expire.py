"""What runs out: offers that nobody answered, and goods that never came."""

from datetime import datetime

from django.db import transaction

from regulars.kit.actor import system
from regulars.stores.models import Store
from regulars.tradeins import queries
from regulars.tradeins.moves import BY_NAME
from regulars.tradeins.services.locking import lock_tradeins
from regulars.tradeins.services.moving import Mover

BATCH = 500


def expire_due(*, store: Store, now: datetime) -> int:
    """Expire what has run out by now, one batch; returns how many that were. The worker asks again until none is."""
    ids = queries.due_to_expire(store=store, now=now, limit=BATCH)
    if not ids:
        return 0
    with transaction.atomic():
        # Looked at again under the lock: somebody may have given one of them another day meanwhile.
        found = lock_tradeins(store, ids).values()
        due = [one.pk for one in found if one.expires_at is not None and one.expires_at <= now]
        move = Mover(BY_NAME["expire"])
        outcome = move(store=store, ids=due, inputs={}, actor=system(), now=now, change_set=None)
    return len(outcome.done)
