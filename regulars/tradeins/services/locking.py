"""Locking trade-ins in the order of `kit.locks`: their customers come first."""

from collections.abc import Iterable
from uuid import UUID

from regulars.customers.models import Customer
from regulars.kit.locks import lock_rows
from regulars.stores.models import Store
from regulars.tradeins.models import TradeIn


def lock_tradeins(store: Store, ids: Iterable[UUID]) -> dict[UUID, TradeIn]:
    """The trade-ins with these ids, locked until the transaction ends, and their customers with them."""
    rows, wanted = TradeIn.objects.filter(store=store), list(ids)
    people = set(rows.filter(pk__in=wanted).values_list("customer_id", flat=True))
    lock_rows(Customer.objects.filter(store=store).only("pk"), people)
    return lock_rows(rows, wanted)
