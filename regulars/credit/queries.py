"""Reading store credit."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from regulars.credit.models import Entry
from regulars.customers.queries import customers_of
from regulars.kit.ids import among
from regulars.stores.models import Store


def entries_of(store: Store) -> QuerySet[Entry]:
    """The whole ledger of a store, in no order."""
    return Entry.objects.filter(store=store)


def entries_to(store: Store, customer_id: UUID) -> QuerySet[Entry]:
    """The entries of a customer, in no order."""
    return entries_of(store).filter(customer_id=customer_id)


def balance_of(*, store: Store, customer_id: UUID) -> int:
    """What the shop owes a customer, in minor units: the sum of their entries."""
    return balances_of(store=store, ids=[customer_id]).get(customer_id, 0)


def balances_of(*, store: Store, ids: Collection[UUID]) -> dict[UUID, int]:
    """The same of several customers; who never had credit is left out."""
    rows = entries_of(store).filter(customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(total=Sum("amount_minor")).values_list("customer_id", "total"))


def count_entries(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many entries each of these customers has; who has none is left out."""
    rows = entries_of(store).filter(customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))


def drift(*, store: Store) -> dict[UUID, tuple[int, int]]:
    """Customers whose figure is not the sum of their entries: what it says and what is right. It must be none."""
    sums = entries_of(store).values("customer_id").annotate(total=Sum("amount_minor"))
    right = dict(sums.values_list("customer_id", "total"))
    shown = dict(customers_of(store).exclude(credit_minor=0).values_list("pk", "credit_minor"))
    return {
        one: (shown.get(one, 0), right.get(one, 0))
        for one in shown.keys() | right.keys()
        if shown.get(one, 0) != right.get(one, 0)
    }
