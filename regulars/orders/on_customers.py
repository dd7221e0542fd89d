"""What orders tell about a customer: how one is found by an order, the figures on their page and card, their money."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.orders.choices import COUNTED
from regulars.orders.models import Order, Return
from regulars.orders.queries import lines_with_serial
from regulars.orders.resource.permissions import COMMISSION
from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.figure import Figure
from regulars.resources.finder import Find, Finder, Sure
from regulars.resources.flow import Flow
from regulars.resources.related import Related
from regulars.stores.models import Store

SHORTEST_SERIAL = 4


def find_by_order(text: str, context: Context, limit: int) -> list[Find]:
    """Who placed the order of this number, id or tracking number, or bought the thing with this serial or IMEI."""
    written = text.removeprefix("#").strip()
    orders = Order.objects.filter(store=context.store)
    numbers = list({text, written, written.upper()})
    asked = [
        orders.filter(number__in=numbers),
        orders.filter(Q(external_id=written) & ~Q(external_id="")),
        orders.filter(Q(tracking_number__in=numbers) & ~Q(tracking_number="")),
    ]
    shown = ("customer_id", "pk", "number")
    each = [rows.values_list(*shown)[:limit] for rows in asked if written]
    found = [
        Find(customer, by=_("Order %(number)s") % {"number": number}, thing=("orders", order))
        for customer, order, number in (each[0].union(*each[1:], all=True) if each else [])
    ]
    return found + _find_by_serial(written, context, limit)


def _find_by_serial(serial: str, context: Context, limit: int) -> list[Find]:
    if len(serial) < SHORTEST_SERIAL or not any(char.isdigit() for char in serial):
        return []
    lines = lines_with_serial(store=context.store, text=serial)
    return [
        Find(
            customer,
            by=_("Serial %(serial)s, order %(number)s") % {"serial": known, "number": number},
            thing=("orders", order),
        )
        for customer, order, number, known in lines.values_list(
            "order__customer_id", "order_id", "order__number", "serial"
        )[:limit]
    ]


def _counted_orders(store: Store, customer_id: UUID) -> QuerySet[Order]:
    return Order.objects.filter(store=store, customer_id=customer_id, status__in=COUNTED)


def _with_commission(store: Store, customer_id: UUID) -> QuerySet[Order]:
    return _counted_orders(store, customer_id).exclude(commission_minor=0)


def _returns(store: Store, customer_id: UUID) -> QuerySet[Return]:
    return Return.objects.filter(
        ~Q(refund_minor=0), store=store, order__customer_id=customer_id, order__status__in=COUNTED
    )


def _all(row: Row) -> str:
    return f"customer = {row['number']}"


def _counted(row: Row) -> str:
    return f"customer = {row['number']} and status != cancelled"


def _returned(row: Row) -> str:
    return f"{_counted(row)} and returned > 0"


FINDER = Finder(
    name="order",
    label=gettext_lazy("order or tracking number, serial, IMEI"),
    sure=Sure.NAMES_ONE,
    find=find_by_order,
    permission="customers.view",
)
FIGURES = (
    Figure(field="spent", rank=10, rows="orders", where=_counted),
    Figure(field="orders_count", rank=20, rows="orders", where=_counted),
    Figure(field="items_count", rank=25, rows="orders", where=_counted),
    Figure(field="average_order", rank=30, rows="orders", where=_counted),
    Figure(field="last_order", rank=40, card=True, rows="orders", where=_counted),
    Figure(field="days_between_orders", rank=42, rows="orders", where=_counted, if_any=True),
    Figure(field="returned", rank=45, rows="orders", where=_returned, if_any=True),
    Figure(field="commission", rank=95, rows="orders", where=_counted, if_any=True),
)
RELATED = (
    Related(
        name="orders", label=gettext_lazy("Orders"), rows="orders", rank=10, where=_all, without=("customer",)
    ),
)
FLOWS = (
    Flow(
        name="bought",
        label=gettext_lazy("Bought"),
        rank=10,
        sign=1,
        entries=_counted_orders,
        at="placed_at",
        amount="total_minor",
        said="number",
        thing=("orders", "pk"),
        rows="orders",
        where=_counted,
        permission="customers.view",
    ),
    Flow(
        name="returned",
        label=gettext_lazy("Returned"),
        rank=20,
        sign=-1,
        entries=_returns,
        at="made_at",
        amount="refund_minor",
        said="order__number",
        thing=("orders", "order_id"),
        rows="orders",
        where=_returned,
        permission="customers.view",
    ),
    Flow(
        name="commission",
        label=gettext_lazy("Commission"),
        rank=80,
        sign=0,
        entries=_with_commission,
        at="placed_at",
        amount="commission_minor",
        said="number",
        thing=("orders", "pk"),
        rows="orders",
        where=_counted,
        permission=COMMISSION,
    ),
)
