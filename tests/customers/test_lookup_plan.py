"""The copies that customers are looked up by are found one by one, even in a table that counts as empty."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection

from regulars.customers.models import Customer, Lookup
from regulars.customers.services import insert_customers
from regulars.stores.models import Store
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PEOPLE = 400


def bring(store: Store) -> list[UUID]:
    return insert_customers(
        store=store, records=[{"first_name": f"N{number}"} for number in range(PEOPLE)], now=NOW
    )


def compared(work: Callable[[], object]) -> int:
    """How many rows of the copies were taken in hand for it."""
    with connection.cursor() as cursor:

        def so_far() -> int:
            cursor.execute(
                """SELECT pg_stat_get_xact_tuples_returned('customers_lookup_pkey'::regclass)
                + pg_stat_get_xact_tuples_returned('lookup_updated'::regclass)"""
            )
            return int(cursor.fetchone()[0])

        cursor.execute("DISCARD PLANS")
        before = so_far()
        work()
        return so_far() - before


@pytest.mark.parametrize("some", [3, PEOPLE])
def test_a_write_of_many_walks_along_no_list(store: Store, some: int) -> None:
    bring(store)
    Customer.objects.filter(store=store).delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_lookup")  # it counts as empty from now on
    ids = bring(store)
    people = Customer.objects.filter(store=store, pk__in=ids[:some])
    assert compared(lambda: people.update(spent_minor=5, updated_at=NOW, tags=["x"])) <= some
    assert Lookup.objects.filter(store=store, tags=["x"]).count() == some
    assert compared(people.delete) <= 2 * some
    assert Lookup.objects.filter(store=store).count() == PEOPLE - some
