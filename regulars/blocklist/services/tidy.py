"""Keeping the block list small: old hits and rules that nobody can bring back any more."""

from datetime import datetime, timedelta

from regulars.blocklist.models import Hit, Rule
from regulars.stores.models import Store
from regulars.timeline.undoing import DAYS

HITS_KEPT = timedelta(days=90)


def purge_old(*, store: Store, now: datetime) -> int:
    """Delete hits after 90 days, and removed rules once their removal cannot be undone. Returns how many rows went."""
    hits, _each = Hit.objects.filter(store=store, minute__lt=now - HITS_KEPT).delete()
    gone = Rule.objects.filter(store=store, removed_at__lt=now - timedelta(days=DAYS), settled=True)
    rules, _each = gone.delete()
    return hits + rules
