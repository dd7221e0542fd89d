"""Two customers with something of everything, and a picture of the whole database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from regulars.customers import services as customer_services
from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.orders.services import NewOrder, insert_orders, recount_figures
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

ME = system("Tests")
# History and what people agreed to are only added to; these tables are what a merge keeps about itself.
APART = (
    "timeline_event",
    "timeline_changeset",
    "messaging_consent",
    "duplicates_merge",
    "duplicates_moved",
    "duplicates_kept",
    "duplicates_scan",
)


def picture(*, everything: bool = False) -> dict[str, list[Any]]:
    """Every row of every table, without the counters of versions."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if not everything and (table in APART or table.startswith("procrastinate")):
                continue
            less = " - 'version' - 'updated_at'" if table == "customers_customer" else ""
            cursor.execute(f'SELECT (to_jsonb(t){less})::text FROM "{table}" AS t ORDER BY 1')
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def furnish(store: Store, customer: Customer, *, orders: int = 2, notes: int = 1, addresses: int = 1) -> None:
    """Give a customer orders, notes and further addresses."""
    insert_orders(
        store=store,
        orders=[
            NewOrder(
                customer_id=customer.pk,
                number=f"{customer.number}-{at}",
                placed_at=NOW - timedelta(days=at),
                status="cancelled" if at % 3 == 2 else "completed",
                channel="online",
                items_count=at + 1,
                total_minor=1000 * (at + 1) + customer.number,
            )
            for at in range(orders)
        ],
    )
    recount_figures(store=store, customer_ids=[customer.pk])
    for at in range(notes):
        customer_services.add_note(store=store, customer_id=customer.pk, body=f"Note {at}", actor=ME, now=NOW)
    for at in range(addresses):
        customer_services.add_address(
            store=store,
            customer_id=customer.pk,
            values={"city": f"Town {customer.number}-{at}"},
            actor=ME,
            now=NOW,
        )


@pytest.fixture
def make(store: Store) -> Callable[..., Customer]:
    """A customer with orders, notes and addresses."""

    def made(**facts: Any) -> Customer:
        customer = make_customer(store, **facts)
        furnish(store, customer)
        customer.refresh_from_db()
        return customer

    return made
