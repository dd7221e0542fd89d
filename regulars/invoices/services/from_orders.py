"""Invoices of orders: their lines are the order's."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from regulars.invoices.choices import Source
from regulars.invoices.services.drafts import AlreadyInvoiced, NewInvoice, make_invoice
from regulars.invoices.services.issuing import issue_invoice
from regulars.invoices.services.writing import lock_settings
from regulars.invoices.sums import NewLine, spread
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.orders import models as orders
from regulars.orders.choices import OrderStatus
from regulars.orders.services.locking import lock_orders
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet


def invoice_orders(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Make an invoice of each of these orders, and issue it when that is asked for."""
    if inputs.get("issue"):
        actor.require("invoices.issue")
    outcome = Outcome()
    with transaction.atomic():
        if inputs.get("issue"):
            lock_settings(store)
        found = lock_orders(store=store, ids=ids)  # none is taken back meanwhile
        for one in sorted(ids):
            order = found.get(one)
            try:
                if order is None:
                    raise Refused(_("is not there any more"))
                if order.status == OrderStatus.CANCELLED:
                    raise Refused(_("is cancelled"))
                with transaction.atomic():
                    draft = make_invoice(store=store, invoice=of_order(store, order), actor=actor, now=now)
                    if inputs.get("issue"):
                        issue_invoice(store=store, invoice_id=draft.pk, actor=actor, now=now)
            except AlreadyInvoiced as refusal:
                outcome.skipped[one] = _("is invoiced already: %(number)s") % {"number": refusal.number}
            except Refused as refusal:
                outcome.skipped[one] = refusal.sentence.rstrip(".")
            else:
                outcome.done.append(one)
    return outcome


def of_order(store: Store, order: orders.Order) -> NewInvoice:
    """The invoice of an order. Discount, shipping and what came back are shared out among its tax rates."""
    bought = list(orders.OrderLine.objects.filter(store=store, order=order).order_by("position", "pk"))
    lines = [
        NewLine(
            title=f"{line.title} ({line.serial})" if line.serial else line.title,
            sku=line.sku,
            quantity=Decimal(line.quantity),
            price_minor=line.price_minor,
            discount_minor=line.discount_minor,
            tax_percent=line.tax_percent,
        )
        for line in bought
    ]
    with override(store.language):
        if not lines and order.total_minor:
            lines = [
                NewLine(title=_("Order %(number)s") % {"number": order.number}, price_minor=order.total_minor)
            ]
        else:
            lines += _shared(lines, _("Discount"), -order.discount_minor)
            lines += _shared(lines, _("Shipping"), order.shipping_minor)
        lines += _shared(lines, _("Brought back"), -order.returned_minor)
    place = " ".join(part for part in (order.postcode, order.city) if part)
    region = " ".join(part for part in (order.region, order.country) if part)
    address = [*order.address.splitlines(), order.building, place, region]
    return NewInvoice(
        lines=lines,
        customer_id=order.customer_id,
        source=Source.ORDER,
        source_id=order.pk,
        source_number=order.number,
        currency=order.currency,
        prices_include_tax=True,
        bill_name=order.company or order.name,
        bill_address="\n".join(part for part in address if part),
        email=order.email,
        tracking_number=order.tracking_number,
        salesperson_id=order.salesperson_id,
        salesperson_name=order.salesperson_name,
    )


def _shared(lines: list[NewLine], title: str, amount: int) -> list[NewLine]:
    """An amount shared out among the tax rates of the lines, as large as they are."""
    by_rate: dict[Decimal, int] = {}
    for line in lines:
        by_rate[line.tax_percent] = by_rate.get(line.tax_percent, 0) + line.amount_minor
    shares = spread(amount, [max(one, 0) for one in by_rate.values()])
    return [
        NewLine(title=title, price_minor=share, tax_percent=rate)
        for rate, share in zip(by_rate, shares, strict=True)
        if share
    ]
