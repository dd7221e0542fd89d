"""Reading orders."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth, Upper
from django.utils.translation import gettext as _

from regulars.customers.queries import customers_of
from regulars.customers.queries import search_filter as customer_search
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.ids import among, parse_id
from regulars.kit.scans import serials_in
from regulars.kit.text import fold, storable
from regulars.kit.turning import Turned, newest_first
from regulars.orders.choices import COUNTED, ProductState
from regulars.orders.events import DRIFTED
from regulars.orders.models import Order, OrderLine, Payment, Product, Return, ReturnLine
from regulars.resources.context import Context
from regulars.stores.models import Store
from regulars.timeline.queries import Happening, happenings

# A search that means more people than this shows the orders of the first.
MOST_PEOPLE = 500


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

    Months begin and end in the store's time zone; cancelled orders and what came back do not count, as in the figures.
    """
    wanted = [_month(today, back) for back in range(months - 1, -1, -1)]
    found = (
        Order.objects.filter(store=store, customer_id=customer_id, status__in=COUNTED)
        .annotate(month=TruncMonth("placed_at", tzinfo=store.zone))
        .values("month")
        .annotate(spent=Sum(F("total_minor") - F("returned_minor")))
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
        raise NotFound(_("This order does not exist in this store."))
    return found


def own_order(*, store: Store, customer_id: UUID, order_id: UUID) -> Order:
    """An order of this customer. Raises `NotFound`, for those of others too."""
    found = Order.objects.filter(store=store, customer_id=customer_id, pk=order_id).first()
    if found is None:
        raise NotFound(_("There is no such order among yours."))
    return found


def own_orders(
    *, store: Store, customer_id: UUID, after: UUID | None = None, limit: int = 20
) -> Turned[Order]:
    """The orders of a customer, newest first, of whatever status."""
    placed = Order.objects.filter(store=store, customer_id=customer_id)
    return newest_first(placed, by="placed_at", after=after, limit=limit)


def find_by_external_id(*, store: Store, external_id: str) -> Order | None:
    """The order that another system calls so, if it came already."""
    return Order.objects.filter(store=store, external_id=external_id).first() if external_id else None


def find_order(*, store: Store, text: str) -> Order:
    """The order that an id, an external id or a number names. Raises `Invalid`."""
    wanted = storable(text.strip())
    rows = Order.objects.filter(store=store)
    asked = [Q(external_id=wanted) & ~Q(external_id=""), Q(number=wanted.removeprefix("#"))]
    if (record_id := parse_id(wanted)) is not None:
        asked.insert(0, Q(pk=record_id))
    for one in asked:
        found = rows.filter(one).first()
        if found is not None:
            return found
    raise Invalid(_("There is no order with this id, external id or number in this store."), field="order")


def lines_of(*, store: Store, order_id: UUID) -> list[OrderLine]:
    """The lines of an order as they stand on it."""
    return list(OrderLine.objects.filter(store=store, order=order_id).order_by("position", "pk"))


def payments_of(*, store: Store, order_id: UUID) -> list[Payment]:
    """The payments of an order, oldest first."""
    return list(Payment.objects.filter(store=store, order=order_id).order_by("paid_at", "pk"))


@dataclass(frozen=True, slots=True)
class Returned:
    """A return with what came back: so many of each line, by its title."""

    goods_return: Return
    items: tuple[tuple[str, int], ...]


def returns_of(*, store: Store, order_id: UUID) -> list[Returned]:
    """The returns of an order, oldest first."""
    found = list(Return.objects.filter(store=store, order=order_id).order_by("made_at", "pk"))
    lines = ReturnLine.objects.filter(store=store, goods_return__in=found).select_related("line")
    items: dict[UUID, list[tuple[str, int]]] = {one.pk: [] for one in found}
    for one in lines.order_by("line__position"):
        items[one.goods_return_id].append((one.line.title, one.quantity))
    return [Returned(one, tuple(items[one.pk])) for one in found]


def products_of(store: Store) -> QuerySet[Product]:
    """The products of a store, in no order."""
    return Product.objects.filter(store=store)


def get_product(*, store: Store, product_id: UUID) -> Product:
    """The product with this id. Raises `NotFound`, for those of other stores too."""
    found = Product.objects.filter(store=store, pk=product_id).first()
    if found is None:
        raise NotFound(_("This product does not exist in this store."))
    return found


def find_products(*, store: Store, text: str, limit: int = 10) -> list[Product]:
    """Products offered now that a text may mean: those that begin with it, then those that have it anywhere."""
    rows = Product.objects.filter(store=store, state=ProductState.ACTIVE)
    wanted = fold(text)
    found = list(rows.filter(search__startswith=wanted).order_by("search", "pk")[:limit])
    if wanted and len(found) < limit:
        words = Q(*(Q(search__contains=word) for word in wanted.split()))
        others = rows.filter(words).exclude(pk__in=[one.pk for one in found])
        found += others.order_by("search", "pk")[: limit - len(found)]
    return found


def product_called(*, store: Store, text: str) -> Product | None:
    """The product offered now that is meant by exactly this sku, name, or both as `label_of` writes them."""
    wanted = text.strip()
    title, _bracket, sku = wanted.removesuffix(")").rpartition(" (") if wanted.endswith(")") else ("", "", "")
    rows = Product.objects.filter(store=store, state=ProductState.ACTIVE)
    for asked in (Q(sku=sku, title=title), Q(sku=wanted), Q(title=wanted)):
        found = list(rows.filter(asked).exclude(title="")[:2]) if wanted else []
        if len(found) == 1:
            return found[0]
    return None


def label_of(product: Product) -> str:
    """How a product is written where one picks it: "Mug (M-1)"."""
    return f"{product.title} ({product.sku})" if product.sku else product.title


def counted_lines_of(store: Store) -> QuerySet[OrderLine]:
    """What customers of a store bought: the lines of open and completed orders, in no order."""
    return OrderLine.objects.filter(store=store, order__status__in=COUNTED)


def lines_with_serial(*, store: Store, text: str) -> QuerySet[OrderLine]:
    """The lines with a serial number or IMEI, typed or scanned, in no order."""
    lines = OrderLine.objects.filter(~Q(serial=""), store=store).alias(serial_key=Upper("serial"))
    return lines.filter(serial_key__in=serials_in(text))


def search_filter(text: str, context: Context) -> Q:
    """Orders that a text means: their number, external id, parcel number, a serial on them, or their customer."""
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    word = storable(text.strip())
    if not word:
        return Q(pk__in=[])
    orders = Order.objects.filter(store=context.store)
    asked = [
        orders.filter(number__in=[word, word.lstrip("#"), f"#{word}"]),
        orders.filter(external_id=word).exclude(external_id=""),
        orders.filter(tracking_number=word).exclude(tracking_number=""),
    ]
    if "@" in word:
        asked.append(orders.filter(email__iexact=word).exclude(email=""))
    lines = OrderLine.objects.filter(store=context.store)
    named = [
        lines_with_serial(store=context.store, text=word),
        lines.filter(sku__iexact=word).exclude(sku=""),
    ]
    people = customers_of(context.store).filter(customer_search(word, context)).order_by("pk")
    asked.append(orders.filter(customer__in=people.values("pk")[:MOST_PEOPLE]))
    # Each has an index; put together by the ids, the database asks one after the other instead of every order.
    parts = [one.order_by().values("pk") for one in asked] + [one.order_by().values("order") for one in named]
    return Q(pk__in=parts[0].union(*parts[1:], all=True))


@dataclass(frozen=True, slots=True)
class Sales:
    """How a product sells: in open and completed orders."""

    quantity: int
    returned: int
    total_minor: int


def sales_of(*, store: Store, product_id: UUID) -> Sales:
    """How many of a product were sold and came back, and what they were sold for."""
    found = (
        counted_lines_of(store)
        .filter(product=product_id)
        .aggregate(quantity=Sum("quantity"), returned=Sum("returned"), total_minor=Sum("total_minor"))
    )
    return Sales(**{name: value or 0 for name, value in found.items()})


def last_drift(*, store: Store, since: datetime) -> Happening | None:
    """The latest time since then that the nightly count found figures that were not right."""
    found = happenings(store=store, record_id=store.pk, limit=1, keys=(DRIFTED.key,))
    return found[0] if found and found[0].at >= since else None
