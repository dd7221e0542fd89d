"""The page on which somebody says how many of each line come back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.desk.access import staff
from regulars.desk.lists.views import base_of, context_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.kit.money import display_money
from regulars.orders import queries, services
from regulars.orders.choices import PaymentMethod
from regulars.orders.queries import Order, OrderLine
from regulars.orders.resource import ORDERS
from regulars.orders.resource.permissions import RETURN
from regulars.resources.action import Action
from regulars.resources.context import Context

MOST = 6


@require_http_methods(["GET", "POST"])
@staff(RETURN)
def show(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """Take goods back: so many of each line; the money follows unless somebody says otherwise."""
    context = context_of(request)
    order = queries.get_order(store=request.store, order_id=record_id)
    lines = queries.lines_of(store=request.store, order_id=record_id)
    typed = {name: str(value) for name, value in request.POST.items()}
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _take_back(order, lines, typed, context)
        except InvalidRecord as refusal:
            errors = refusal.errors
        except Refused as refusal:
            errors = {refusal.field: refusal.sentence}
        else:
            messages.success(request, _("Return recorded"))
            return redirect("order", store=request.store.slug, record_id=record_id)
    base = base_of(request, ORDERS)
    form = {
        "title": _("Return items"),
        "url": request.path,
        "crumbs": [
            {"label": str(ORDERS.label), "url": base},
            {"label": _("Order %(number)s") % {"number": order.number}, "url": f"{base}{record_id}/"},
        ],
        "back_url": f"{base}{record_id}/",
        "lines": [_line(line, typed, order, context) for line in lines],
        "items_left": 0 if lines else order.items_count - order.returned_items,
        "items": typed.get("items", ""),
        "most": display_money(order.total_minor - order.returned_minor, order.currency, context.locale),
        "refund": typed.get("refund", ""),
        "reason": typed.get("reason", ""),
        "method": typed.get("method", ""),
        "methods": [{"value": code, "label": label} for code, label in PaymentMethod.choices],
        "asks_how": order.paid_minor > 0,
        "problems": list(errors.values()),
    }
    page = {"form": form, "shell": shell(request, current="orders", help_page="orders")}
    return render(request, "desk/orders/return.html", page, status=422 if errors else 200)


def _take_back(order: Order, lines: list[OrderLine], typed: dict[str, str], context: Context) -> None:
    action: Action = ORDERS.action("return")
    inputs = {field.name: field for field in action.inputs}
    quantities = {line.pk: _count(typed.get(f"line-{line.pk}", ""), line.title) for line in lines}
    services.return_items(
        store=context.store,
        order_id=order.pk,
        quantities=quantities,
        items=0 if lines else _count(typed.get("items", ""), _("Products")),
        refund_minor=inputs["refund"].clean(typed.get("refund", ""), context),
        reason=inputs["reason"].clean(typed.get("reason", ""), context),
        method=inputs["method"].clean(typed.get("method", ""), context),
        actor=context.actor,
        now=context.now,
    )


def _count(text: str, what: str) -> int:
    wanted = text.strip() or "0"
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= MOST):
        raise Invalid(_("%(what)s: write a whole number.") % {"what": what}, field="items")
    return int(wanted)


def _line(line: OrderLine, typed: dict[str, str], order: Order, context: Context) -> dict[str, Any]:
    return {
        "name": f"line-{line.pk}",
        "title": line.title,
        "serial": line.serial,
        "left": line.quantity - line.returned,
        "price": display_money(line.total_minor // line.quantity, order.currency, context.locale),
        "value": typed.get(f"line-{line.pk}", ""),
    }
