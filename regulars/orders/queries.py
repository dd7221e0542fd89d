"""Reading orders."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from regulars.kit.errors import NotFound
from regulars.kit.ids import among
from regulars.kit.text import fold
from regulars.orders.choices import COUNTED, ProductState
from regulars.orders.models import Order, OrderLine, Product
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


# What of a search counts: more words only make the question expensive.
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the products a store offers, by name; `before` and `after` name the products it can be turned at."""

    products: list[Product]
    before: UUID | None
    after: UUID | None


def shelf_of(
    *, store: Store, search: str = "", before: UUID | None = None, after: UUID | None = None, limit: int
) -> Shelf:
    """The products on offer whose name or number has all words of the search, from one product on or up to one."""
    offered = Product.objects.filter(store=store, state=ProductState.ACTIVE)
    for word in fold(search[:200]).split()[:_MOST_WORDS]:
        offered = offered.filter(search__contains=word)
    back = before is not None
    rows = offered.order_by("-search", "-pk") if back else offered.order_by("search", "pk")
    at = before or after
    edge = Product.objects.filter(store=store, pk=at).values_list("search", "pk").first() if at else None
    if edge is not None:
        side = "lt" if back else "gt"
        rows = rows.filter(Q(**{f"search__{side}": edge[0]}) | Q(search=edge[0], **{f"pk__{side}": edge[1]}))
    found = list(rows[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if back:
        found.reverse()
    turned = edge is not None and bool(found)
    return Shelf(
        found,
        before=found[0].pk if turned and (more or not back) else None,
        after=found[-1].pk if found and (more or back) else None,
    )


def product_on_offer(*, store: Store, product_id: UUID) -> Product:
    """A product that the store offers. Raises `NotFound`."""
    product = Product.objects.filter(store=store, pk=product_id, state=ProductState.ACTIVE).first()
    if product is None:
        raise NotFound(_("This product is not offered."))
    return product


def products_by_id(*, store: Store, ids: list[UUID]) -> dict[UUID, Product]:
    """These products of the store, also those that it no longer offers."""
    return Product.objects.filter(store=store).in_bulk(ids)


def get_order(*, store: Store, order_id: UUID) -> Order:
    """The order with this id and its customer. Raises `NotFound`, for those of other stores too."""
    found = Order.objects.select_related("customer").filter(store=store, pk=order_id).first()
    if found is None:
        raise NotFound("This order does not exist in this store.")
    return found


def lines_of(*, store: Store, order_id: UUID) -> list[OrderLine]:
    """The lines of an order as they stand on it."""
    return list(OrderLine.objects.filter(store=store, order=order_id).order_by("position", "pk"))
