"""The pages of an order and of a product as plain data."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.desk import cells, values
from regulars.desk.customers.timeline import timeline_context
from regulars.desk.invoices.beside import papers_of, told_of_order
from regulars.desk.lists.actions import verbs_for
from regulars.desk.records.views import row_of
from regulars.invoices.queries import invoice_of_source
from regulars.invoices.resource.permissions import VIEW as SEE_INVOICES
from regulars.kit.money import display_money
from regulars.orders import queries
from regulars.orders.choices import OrderStatus, PaymentMethod
from regulars.orders.resource import ORDERS, PRODUCTS
from regulars.orders.resource.fields import BUYER, DELIVERY, DESK, STATUS_TONES, buyer_name
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.resource import Resource
from regulars.resources.tree import Condition
from regulars.resources.writing import write

# What one does with an order next: hand it over, then take or give back the money that is left.
_MAIN = ("complete", "record-payment")
_TILES = ("total", "paid", "due", "returned", "commission")
_RAIL = (
    (BUYER, ("name", "company", "email", "phone")),
    (
        DELIVERY,
        (
            "address",
            "building",
            "postcode",
            "city",
            "region",
            "country",
            "pays",
            "courier",
            "tracking_number",
        ),
    ),
    (DESK, ("note", "salesperson", "source", "external_id", "created")),
)


def order_page(record_id: UUID, context: Context, base: str, earlier: datetime | None) -> dict[str, Any]:
    """Everything the page of an order shows."""
    row, fields, verbs = _read(ORDERS, record_id, context, base)
    store, url = context.store, f"{base}{record_id}/"
    lines = queries.lines_of(store=store, order_id=record_id)
    may_edit = context.actor.may(ORDERS.permission("edit"))
    main = next((verb for name in _MAIN for verb in verbs if verb["name"] == name), None)
    if main is not None and main["name"] == "record-payment" and not row["due_minor"]:
        main = None
    papers = papers_of("order", record_id, context)
    return {
        "title": _("Order %(number)s") % {"number": row["number"]},
        "url": url,
        "list_url": base,
        "list_label": str(ORDERS.label),
        "status": _status(row),
        "overdue": _money(row["due_minor"], row, context) if row["due_minor"] > 0 else "",
        "owed": _money(-row["due_minor"], row, context) if row["due_minor"] < 0 else "",
        "customer": _customer(row, context),
        "meta": [values.inner(fields[name], row, context) for name in ("placed", "channel")],
        "edit_url": f"{url}edit/" if may_edit else "",
        "main": main,
        "more": [verb for verb in verbs if verb is not main],
        "papers": papers,
        "open_url": next((one["url"] for one in papers if one["in_force"]), ""),
        "differs": _differs(record_id, context),
        "tiles": [_tile(fields[name], row, context) for name in _TILES if _is_told(name, row, fields)],
        "lines": [_line(line, row, context) for line in lines],
        "sums": _sums(row, context, lines),
        "payments": [
            _payment(one, row, context) for one in queries.payments_of(store=store, order_id=record_id)
        ],
        "returns": [
            _return(one, row, context) for one in queries.returns_of(store=store, order_id=record_id)
        ],
        "facts": [_group(label, names, fields, row, context) for label, names in _RAIL],
        **timeline_context(ORDERS, row, context, url=url, position="", before=earlier),
    }


def product_page(record_id: UUID, context: Context, base: str, earlier: datetime | None) -> dict[str, Any]:
    """Everything the page of a product shows."""
    row, fields, verbs = _read(PRODUCTS, record_id, context, base)
    url = f"{base}{record_id}/"
    sold = queries.sales_of(store=context.store, product_id=record_id)
    asked = write(Condition("product", "=", (row["sku"] or row["title"],)))
    sees_orders = context.actor.may(ORDERS.permission("view"))
    orders = reverse("list", kwargs={"store": context.store.slug, "resource_name": "orders"})
    style = values.style_of(context)
    return {
        "title": row["title"],
        "url": url,
        "list_url": base,
        "list_label": str(PRODUCTS.label),
        "verbs": verbs,
        "edit_url": f"{url}edit/" if context.actor.may(PRODUCTS.permission("edit")) else "",
        "state": values.inner(fields["state"], row, context),
        "tiles": [
            _tile(fields["price"], row, context),
            {"label": _("Sold"), "html": cells.format_whole(sold.quantity, style.language)},
            {"label": _("Returned"), "html": cells.format_whole(sold.returned, style.language)},
            {"label": _("Turnover"), "html": display_money(sold.total_minor, style.currency, style.language)},
        ],
        "orders_url": f"{orders}?{urlencode({'where': asked})}" if sees_orders and sold.quantity else "",
        "facts": [
            _group(PRODUCTS.singular, ("sku", "price", "tax", "external_id", "created"), fields, row, context)
        ],
        **timeline_context(PRODUCTS, row | {"source": ""}, context, url=url, position="", before=earlier),
    }


def _read(
    resource: Resource, record_id: UUID, context: Context, base: str
) -> tuple[dict[str, Any], dict[str, Field], list[dict[str, Any]]]:
    """The row, the fields by name, and what one can do with it."""
    fields = {field.name: field for field in resource.fields(context.actor)}
    needs = {need for action in resource.actions(context.actor) for need in action.needs}
    shown = [
        field
        for field in fields.values()
        if field.expression is None and (field.column or not field.only_brought)
    ]
    row = dict(row_of(resource, record_id, context, shown, extra=needs | {"created_at", "version"}))
    return row, fields, verbs_for(resource, row, context, base, back=f"{base}{record_id}/")


def _differs(record_id: UUID, context: Context) -> dict[str, Any] | None:
    """What is to be said of an invoice that is not what this order says by now."""
    if not context.actor.may(SEE_INVOICES):
        return None
    invoice = invoice_of_source(store=context.store, source="order", source_id=record_id)
    return told_of_order(invoice, context) if invoice is not None else None


def _is_told(name: str, row: Row, fields: dict[str, Field]) -> bool:
    return name in fields and (name in ("total", "paid", "due") or bool(row[fields[name].path]))


def _tile(field: Field, row: Row, context: Context) -> dict[str, Any]:
    return {"label": str(field.label), "html": values.inner(field, row, context)}


def _status(row: Row) -> dict[str, str]:
    status = OrderStatus(row["status"])
    return {"label": str(status.label), "tone": STATUS_TONES[status]}


def _customer(row: Row, context: Context) -> dict[str, str]:
    url = ""
    if context.actor.may(SEE_CUSTOMERS):
        url = reverse("customer", kwargs={"store": context.store.slug, "record_id": row["customer_id"]})
    return {"name": buyer_name(row), "number": f"#{row['customer__number']}", "url": url}


def _money(minor: int, row: Row, context: Context) -> str:
    return display_money(minor, row["currency"], context.locale)


def _line(line: queries.OrderLine, row: Row, context: Context) -> dict[str, Any]:
    product_url = ""
    if line.product_id and context.actor.may(PRODUCTS.permission("view")):
        product_url = reverse("product", kwargs={"store": context.store.slug, "record_id": line.product_id})
    return {
        "title": line.title,
        "url": product_url,
        "sku": line.sku,
        "serial": line.serial,
        "quantity": line.quantity,
        "returned": line.returned,
        "price": _money(line.price_minor, row, context),
        "discount": _money(line.discount_minor, row, context) if line.discount_minor else "",
        "total": _money(line.total_minor, row, context),
    }


def _sums(row: Row, context: Context, lines: list[queries.OrderLine]) -> list[dict[str, str]]:
    goods = sum(line.total_minor for line in lines)
    told = [
        (_("Products"), goods if lines else 0, ""),
        (_("Discount"), -row["discount_minor"], ""),
        (_("Shipping"), row["shipping_minor"], ""),
        (_("Total"), row["total_minor"], "whole"),
        (_("Tax included"), row["tax_minor"], ""),
    ]
    return [
        {"label": label, "value": _money(minor, row, context), "tone": tone}
        for label, minor, tone in told
        if minor or tone
    ]


def _payment(one: queries.Payment, row: Row, context: Context) -> dict[str, str]:
    return {
        "when": _day(one.paid_at, context),
        "method": str(PaymentMethod(one.method).label),
        "reference": one.reference or (_("refund") if one.amount_minor < 0 else ""),
        "author": one.author_name,
        "amount": _money(one.amount_minor, row, context),
    }


def _return(one: queries.Returned, row: Row, context: Context) -> dict[str, str]:
    made = one.goods_return
    items = ", ".join(f"{count} × {title}" for title, count in one.items)
    return {
        "when": _day(made.made_at, context),
        "items": items or (_("%(count)s products") % {"count": made.items_count} if made.items_count else ""),
        "reason": made.reason,
        "author": made.author_name,
        "amount": _money(made.refund_minor, row, context),
    }


def _day(moment: datetime, context: Context) -> str:
    return cells.format_day(moment.astimezone(context.store.zone).date(), context.locale)


def _group(
    label: Any, names: tuple[str, ...], fields: dict[str, Field], row: Row, context: Context
) -> dict[str, Any]:
    shown = [fields[name] for name in names if name in fields and row[fields[name].path] not in ("", None)]
    facts = [{"label": str(field.label), "html": values.inner(field, row, context)} for field in shown]
    return {"label": str(label), "facts": facts}
