"""Orders and products in the catalogue, and what they add to customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from regulars.customers.named import id_named
from regulars.kit import money
from regulars.kit.actor import Actor
from regulars.orders import events, queries, services
from regulars.orders.choices import COUNTED, OrderStatus
from regulars.orders.facts import OrderFacts
from regulars.orders.importer import IMPORTER
from regulars.orders.on_customers import FIGURES, FINDER, FLOWS, RELATED
from regulars.orders.resource.actions import ORDER_ACTIONS
from regulars.orders.resource.brought import BROUGHT
from regulars.orders.resource.fields import CUSTOMER_FIELDS, FIELDS
from regulars.orders.resource.links import ORDERS as ORDERS_LINK
from regulars.orders.resource.links import PURCHASES
from regulars.orders.resource.permissions import CREATE, EDIT, IMPORT, MOVE, PAY, PRODUCTS_EDIT, RETURN, STATE
from regulars.orders.resource.products import PRODUCTS
from regulars.resources.context import Context
from regulars.resources.field import Row, Span
from regulars.resources.resource import Resource, Tab, contribute, register
from regulars.stores.models import Store
from regulars.timeline.undoing import final, undoable

_COLUMNS = {
    "placed": "placed_at",
    "items": "items_count",
    "total": "total_minor",
    "discount": "discount_minor",
    "shipping": "shipping_minor",
    "tax": "tax_minor",
    "salesperson": "salesperson_name",
}
_UNPAID = Q(due_minor__gt=0)


def columns_of(values: dict[str, Any]) -> dict[str, Any]:
    """Catalogue names to facts of an order."""
    columns = {_COLUMNS.get(name, name): value for name, value in values.items()}
    if "customer" in columns:
        number = columns.pop("customer")
        columns["customer_id"] = number
    return columns


def order_facts(values: dict[str, Any], *, store: Store) -> OrderFacts:
    """An order as it was asked for by catalogue names; `lines` and `payments` go along. Raises `Invalid`."""
    columns = {name: value for name, value in columns_of(values).items() if value is not None}
    if "customer_id" in columns and not isinstance(columns["customer_id"], UUID):
        columns["customer_id"] = id_named(store=store, text=f"#{columns['customer_id']}")
    return OrderFacts(**columns)


def _create(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    facts = order_facts({"source": actor.surface, **values}, store=store)
    return services.place_order(store=store, order=facts, actor=actor, now=now).pk


def _edit(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    columns = columns_of(values)
    columns |= {name: columns[name] or 0 for name in ("discount_minor", "shipping_minor") if name in columns}
    edited = services.edit_order(
        store=store,
        order_id=record_id,
        values={name: value for name, value in columns.items() if name != "lines"},
        lines=columns.get("lines"),
        base_version=base_version,
        actor=actor,
        now=now,
    )
    return edited.version


def _title(row: Row) -> str:
    return str(row["number"])


def _summary(rows: QuerySet[Any], context: Context) -> list[tuple[str, str]]:
    counted = Q(status__in=COUNTED)
    sums = rows.order_by().aggregate(
        total=Sum("total_minor", filter=counted),
        returned=Sum("returned_minor", filter=counted),
        due=Sum("due_minor", filter=_UNPAID),
    )
    told = ((_("Sold"), (sums["total"] or 0) - (sums["returned"] or 0)), (_("Due"), sums["due"] or 0))
    currency, locale = context.store.currency, context.locale
    return [(str(label), money.display_money(amount, currency, locale)) for label, amount in told if amount]


ORDERS = Resource(
    name="orders",
    label=_("Orders"),
    singular=_("Order"),
    new_label=_("New order"),
    added_label=_("Order added"),
    noun="order",
    rows=queries.orders_of,
    title=_title,
    title_needs=("number", "version"),
    search=lambda text, context: [Span(None, "placed_at", True)],
    search_filter=queries.search_filter,
    search_names=True,
    search_hint=_("Number, serial, tracking number, customer"),
    tabs=(
        Tab("all", _("All"), Q()),
        Tab("open", _("Open"), Q(status=OrderStatus.OPEN), indexed=("placed",)),
        Tab("unpaid", _("Unpaid"), _UNPAID, counted=False, indexed=("placed",)),
        Tab(
            "completed",
            _("Completed"),
            Q(status=OrderStatus.COMPLETED),
            counted=False,
            indexed=("placed",),
        ),
        Tab("returned", _("Returned"), Q(returned_minor__gt=0), indexed=("placed",)),
        Tab("cancelled", _("Cancelled"), Q(status=OrderStatus.CANCELLED), indexed=("placed",)),
    ),
    default_tab="all",
    default_sort=("placed", True),
    summary=_summary,
    create=_create,
    edit=_edit,
    lead="number",
    enough=_("A customer and one line are enough"),
    documentation="orders",
    importer=IMPORTER,
    once_by="external_id",
)
ORDERS.add(fields=(*FIELDS, *BROUGHT), actions=ORDER_ACTIONS)


def declare() -> None:
    """Make orders and products known to every surface and to undo. Called once, at start."""
    register(PRODUCTS)
    register(ORDERS)
    contribute(
        "customers",
        fields=CUSTOMER_FIELDS,
        links=(ORDERS_LINK, PURCHASES),
        finders=(FINDER,),
        figures=FIGURES,
        flows=FLOWS,
        related=RELATED,
    )
    undoable(events.PLACED, services.undo_placed, permission=CREATE)
    final(events.REMOVED, _("An order that was taken back stays away. Add it again."))
    final(events.DELETED, _("What was deleted is gone for good."))
    undoable((events.EDITED, events.CHANGED_BY_FILE), services.undo_columns, permission=EDIT)
    undoable(events.IMPORTED, services.remove_imported_orders, permission=IMPORT)
    final(events.IMPORT_UNDONE, _("Orders were removed for good here: bring the file again instead."))
    undoable((events.COMPLETED, events.CANCELLED, events.REOPENED), services.undo_columns, permission=STATE)
    undoable(events.MOVED, services.undo_columns, permission=MOVE)
    undoable(events.UNDONE, services.undo_columns, permission=EDIT)
    undoable((events.PAID, events.UNPAID), services.undo_payments, permission=PAY)
    undoable((events.RETURNED, events.KEPT), services.undo_returns, permission=RETURN)
    products = (events.PRODUCT_EDITED, events.PRODUCT_ARCHIVED, events.PRODUCT_RESTORED)
    undoable(products, services.undo_product_changes, permission=PRODUCTS_EDIT)
    undoable(events.PRODUCT_CREATED, services.undo_new_products, permission=PRODUCTS_EDIT)
    final(events.PRODUCT_REMOVED, _("A product that was taken back stays away. Add it again."))
