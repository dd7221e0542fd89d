"""Forgetting people: what was kept to split them again, and what they were known by before."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from regulars.customers.erasing import Person
from regulars.duplicates.models import Kept, Merge, Moved, Pair
from regulars.kit.ids import among
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
    drop_pairs(store=store, ids=ids)


def drop_pairs(*, store: Store, ids: Collection[UUID]) -> None:
    """Forget with whom customers look alike."""
    Pair.objects.filter(store=store, first__in=among(ids)).delete()
    Pair.objects.filter(store=store, second__in=among(ids)).delete()
