"""What becomes of the ledger when customers are merged, split, forgotten or deleted."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.credit import queries
from regulars.credit.models import Entry
from regulars.credit.services.change import NotEnoughCredit
from regulars.customers.erasing import Person
from regulars.customers.services import set_credit
from regulars.stores.models import Store


def recount_credit(*, store: Store, customer_ids: Collection[UUID]) -> None:
    """Write the sum of their entries beside these customers. Raises `NotEnoughCredit` where it would be below zero.

    That is when merged customers are split again after one has spent what the other brought.
    """
    sums = queries.balances_of(store=store, ids=customer_ids)
    if min(sums.values(), default=0) < 0:
        raise NotEnoughCredit(
            _("The store credit that one of them brought was spent by the other since. Add credit first.")
        )
    set_credit(store=store, balances={one: sums.get(one, 0) for one in customer_ids})


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """The amounts stay for the books; what was written about these people goes."""
    ids = [person.id for person in people]
    Entry.objects.filter(store=store, customer_id__in=ids).exclude(reason="").update(reason="")


def remove_credit(*, store: Store, ids: list[UUID]) -> None:
    """Delete the entries of customers who are deleted."""
    rows = Entry.objects.filter(store=store, customer_id__in=ids)
    rows.filter(reverses__isnull=False).delete()
    rows.delete()
