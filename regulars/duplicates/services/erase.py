"""Forgetting people: what was kept to split them again, and what they were known by before."""

from datetime import datetime

from regulars.customers.erasing import Person
from regulars.duplicates.models import Kept, Merge, Moved, Pair
from regulars.stores.models import Store

TABLES = ("duplicates_pair", "duplicates_merge", "duplicates_moved", "duplicates_kept", "duplicates_scan")


def erase_duplicates(*, store: Store, people: list[Person], now: datetime) -> None:
    """Take these people out of pairs and merges. Old ids and numbers still lead to who is left; nothing can be split
    any more."""
    ids = [person.id for person in people]
    merges = Merge.objects.filter(store=store, survivor__in=ids)
    Kept.objects.filter(store=store, merge__in=merges).delete()
    Moved.objects.filter(store=store, merge__in=merges).delete()
    merges.update(is_final=True, external_id="", email_key="", changed={})
    Pair.objects.filter(store=store, first__in=ids).delete()
    Pair.objects.filter(store=store, second__in=ids).delete()
