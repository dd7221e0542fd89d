"""Figures that other parts keep beside the customer."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from regulars.customers.models import Customer, Lookup
from regulars.customers.queries import ORDER_FIGURES
from regulars.kit.locks import lock_rows
from regulars.stores.models import Store


def set_order_figures(*, store: Store, figures_sql: str, parameters: list[Any]) -> int:
    """Write the figures of orders beside their customers and return how many customers changed.

    `figures_sql` selects customer_id and the ORDER_FIGURES; it belongs to the part that owns the orders. Only rows that
    differ are written, so a recount costs next to nothing. Customers are found by their ids, and the store is compared
    in a way that no index serves: right after a large file, walking a store's customers for each of them looks cheap.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE customers_customer AS customer SET
                {", ".join(f"{name} = figures.{name}" for name in ORDER_FIGURES)}
            FROM ({figures_sql}) AS figures
            WHERE customer.id = figures.customer_id AND customer.store_id IS NOT DISTINCT FROM %s AND
                ({", ".join(f"customer.{name}" for name in ORDER_FIGURES)})
                IS DISTINCT FROM ({", ".join(f"figures.{name}" for name in ORDER_FIGURES)})""",
            [*parameters, store.pk],
        )
        return cursor.rowcount


def set_credit(*, store: Store, balances: Mapping[UUID, int]) -> None:
    """Write the store credit of these customers, whom the caller has locked; the ledger is its own part's."""
    people = [Customer(pk=one, credit_minor=balance) for one, balance in balances.items()]
    Customer.objects.filter(store=store).bulk_update(people, ["credit_minor"], batch_size=2000)


# Written as it is: with none of the generated columns to count anew, PostgreSQL 18 reads their definitions for every
# row, which takes longer than writing it.
_AS_IT_IS = "orders_count = customer.orders_count"
# Adds the points of each row of `made` (customer_id, points) to those of its customer; the caller has locked them.
POINTS_ADDED = f"""
    UPDATE customers_customer AS customer SET points = customer.points + made.points, {_AS_IT_IS}
    FROM made WHERE customer.id = made.customer_id AND customer.store_id IS NOT DISTINCT FROM %(store)s
    RETURNING customer.id, 0, jsonb_build_object('points', old.points), jsonb_build_object('points', new.points)"""


def set_points(*, store: Store, figures: Mapping[UUID, tuple[int, int]]) -> None:
    """Write the points of these customers, whom the caller has locked, and how many are pending."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE customers_customer AS customer
            SET points = new.points, points_pending = new.pending, {_AS_IT_IS}
            FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS new (id, points, pending)
            WHERE customer.store_id = %s AND customer.id = new.id
            AND (customer.points, customer.points_pending) IS DISTINCT FROM (new.points, new.pending)""",
            [list(figures), *([one[at] for one in figures.values()] for at in (0, 1)), store.pk],
        )


def set_tiers(*, store: Store, tiers: Mapping[UUID, str]) -> None:
    """Write beside these customers, whom the caller has locked, which tier they are in; nothing for none."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE customers_customer AS customer SET tier = told.tier, {_AS_IT_IS}
            FROM unnest(%s::uuid[], %s::text[]) AS told (id, tier)
            WHERE customer.store_id = %s AND customer.id = told.id AND customer.tier <> told.tier""",
            [list(tiers), list(tiers.values()), store.pk],
        )


def rename_tier(*, store: Store, former: str, name: str) -> None:
    """Write the new name of a tier beside everybody in it."""
    found = Lookup.objects.filter(store=store, tier=former).values("customer")
    Customer.objects.filter(store=store, pk__in=found).update(tier=name, orders_count=F("orders_count"))


def set_payout_method(*, store: Store, customer_id: UUID, kind: str) -> None:
    """Write how a customer is paid; the particulars are kept sealed by the part that pays."""
    Customer.objects.filter(store=store, pk=customer_id).update(payout_method=kind)


def set_has_account(*, store: Store, ids: Collection[UUID], has: bool) -> None:
    """Write beside customers whether they sign in to the shop; the part that keeps accounts says so."""
    Customer.objects.filter(store=store, pk__in=list(ids)).exclude(has_account=has).update(has_account=has)


def set_blocked(
    *, store: Store, blocked: Collection[UUID], open_again: Collection[UUID], leave_busy: bool = False
) -> int:
    """Write beside customers whether the block list turns them away and return how many changed.

    It is the block list's to say; the record's version and time of change are not touched, as it was not edited. With
    `leave_busy`, customers whom somebody else is writing just now are left as they are.
    """
    changed = 0
    with transaction.atomic():
        # In the order of the ids, as every write of customers: two rules about the same people never deadlock.
        rows = Customer.objects.filter(store=store).only("pk")
        locked = lock_rows(rows, [*blocked, *open_again], leave_busy=leave_busy)
        for wanted, ids in ((True, blocked), (False, open_again)):
            rows = Customer.objects.filter(store=store, pk__in=locked.keys() & set(ids)).exclude(
                blocked=wanted
            )
            changed += rows.update(blocked=wanted)
    return changed
