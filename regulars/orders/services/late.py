"""The figures of a large import are counted once at its end: counted with each batch, a customer with many orders would
be written many times over."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from regulars.customers.models import Customer
from regulars.customers.services.indexes import without_list_indexes
from regulars.jobs.services import Interrupted
from regulars.kit.many import as_for_many_rows
from regulars.orders.services.figures import recount_figures
from regulars.stores.models import Store

MANY: Final = 20_000
# Counting the customers of each batch is as much work as counting all of the store once when it has so many times as
# many customers as rows come in.
OTHERS: Final = 3
SLICE: Final = 10_000
_later: ContextVar[bool] = ContextVar("orders_counted_later", default=False)


def are_counted_later() -> bool:
    """Whether the figures of the orders that are written now are counted when all of them are there."""
    return _later.get()


@contextmanager
def around_many(store: Store, rows: int) -> Iterator[None]:
    """Prepare for so many rows: figures are counted at the end, and guests come in without the indexes of lists."""
    if rows < MANY:
        yield
        return
    with without_list_indexes(rows):
        if Customer.objects.filter(store=store).values("pk")[: OTHERS * rows + 1].count() > OTHERS * rows:
            yield
            return
        token = _later.set(True)
        try:
            yield
        except (Interrupted, OperationalError, InterfaceError):
            raise  # whoever takes the import up again counts
        except BaseException:
            recount_all(store=store)
            raise
        finally:
            _later.reset(token)
        recount_all(store=store)


def recount_all(*, store: Store, slice_size: int = SLICE) -> int:
    """Count the orders of all customers, so many at a time that nobody waits for long; gives how many were wrong."""
    changed, last = 0, UUID(int=0)
    while True:
        with transaction.atomic():
            as_for_many_rows()
            rows = Customer.objects.filter(store=store, pk__gt=last).order_by("pk")
            locked = rows.select_for_update(no_key=True).values_list("pk", flat=True)
            ids = list(locked[:slice_size])
            if not ids:
                return changed
            changed += recount_figures(store=store, customer_ids=ids)
        last = ids[-1]
