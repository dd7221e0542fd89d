"""Reading orders."""

from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from regulars.kit.ids import among
from regulars.orders.choices import COUNTED
from regulars.orders.models import Order
from regulars.stores.models import Store


def orders_of(store: Store) -> QuerySet[Order]:
    """The orders of a store, in no order."""
    return Order.objects.filter(store=store)


def latest_orders(*, store: Store, customer_id: UUID, limit: int = 20) -> list[Order]:
    """The orders of a customer, newest first, of whatever status."""
    placed = Order.objects.filter(store=store, customer_id=customer_id)
    return list(placed.order_by("-placed_at", "-pk")[:limit])


def orders_so_far(*, store: Store) -> int:
    """How many orders the store has; exact, so not for pages."""
    return Order.objects.filter(store=store).count()


def count_orders(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many orders each of these customers has, of whatever status; who has none is left out."""
    rows = Order.objects.filter(store=store, customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))


def monthly_spend(
    *, store: Store, customer_id: UUID, today: date, months: int = 12
) -> list[tuple[date, int]]:
    """What a customer spent in each of the last months, this one last, in minor units; 0 in months without orders.

    Months begin and end in the store's time zone; cancelled orders do not count, as in the figures.
    """
    wanted = [_month(today, back) for back in range(months - 1, -1, -1)]
    found = (
        Order.objects.filter(store=store, customer_id=customer_id, status__in=COUNTED)
        .annotate(month=TruncMonth("placed_at", tzinfo=store.zone))
        .values("month")
        .annotate(spent=Sum("total_minor"))
        .order_by("month")
        .values_list("month", "spent")
    )
    spent = {month.date(): total for month, total in found}
    return [(month, spent.get(month, 0)) for month in wanted]


def _month(today: date, back: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    return date(year, month + 1, 1)
