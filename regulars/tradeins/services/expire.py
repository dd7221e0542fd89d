"""What runs out: offers that nobody answered, and goods that never came."""

from datetime import datetime

from regulars.kit.actor import system
from regulars.stores.models import Store
from regulars.tradeins import queries
from regulars.tradeins.moves import BY_NAME
from regulars.tradeins.services.moving import Mover

BATCH = 500


def expire_due(*, store: Store, now: datetime) -> int:
    """Expire what has run out by now, one batch; returns how many that were. The worker asks again until none is."""
    ids = queries.due_to_expire(store=store, now=now, limit=BATCH)
    if not ids:
        return 0
    move = Mover(BY_NAME["expire"])
    outcome = move(store=store, ids=ids, inputs={}, actor=system(), now=now, change_set=None)
    return len(outcome.done)
