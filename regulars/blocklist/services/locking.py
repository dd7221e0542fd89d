"""Locking rules in the order of `kit.locks`: the customers they were made for come first."""

from collections.abc import Iterable
from uuid import UUID

from regulars.blocklist.models import Rule
from regulars.customers.models import Customer
from regulars.kit.locks import lock_rows
from regulars.stores.models import Store


def lock_rules(store: Store, ids: Iterable[UUID], *, removed: bool = False) -> dict[UUID, Rule]:
    """The rules with these ids, locked until the transaction ends; those off the list too, if asked."""
    rows = Rule.objects.filter(store=store)
    wanted = list(ids)
    people = rows.filter(pk__in=wanted, customer__isnull=False).values_list("customer_id", flat=True)
    lock_rows(Customer.objects.filter(store=store).only("pk"), [one for one in people if one])
    return lock_rows(rows if removed else rows.filter(removed_at=None), wanted)
