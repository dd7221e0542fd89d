"""The invoices of an order or a trade-in as its page shows them, and what is to be done where they differ."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk.lists.context import action_url
from regulars.invoices import queries, services
from regulars.invoices.choices import InvoiceKind, InvoiceState, InvoiceStatus
from regulars.invoices.differing import Why
from regulars.invoices.queries import Invoice
from regulars.invoices.resource import INVOICES
from regulars.invoices.resource.fields import TONES, title
from regulars.invoices.resource.permissions import VIEW
from regulars.kit.money import display_money
from regulars.resources.context import Context
from regulars.tradeins.queries import TradeIn
from regulars.tradeins.services import note_differs


def papers_of(source: str, record: Any, context: Context) -> list[dict[str, str]]:
    """All that was written about a record, newest first; nothing for who may not see invoices."""
    if not context.actor.may(VIEW):
        return []
    found = queries.documents_of(store=context.store, source=source, source_id=record)
    return [_paper(one, context) for one in found]


def told_of_order(invoice: Invoice, context: Context) -> dict[str, Any] | None:
    """What is to be said, and done, where an invoice is not what its order says by now."""
    found = services.difference_of(store=context.store, invoice=invoice)
    if found is None:
        return None
    name = title({"number": invoice.number})
    if invoice.state == InvoiceState.DRAFT:
        text = {
            Why.DELETED: _("The order of this draft was deleted: there is nothing to invoice any more."),
            Why.CANCELLED: _("The order was cancelled since this draft was made."),
            Why.MOVED: _("The order belongs to another customer since this draft was made."),
        }.get(found.why, _("The order was changed since this draft was made."))
    else:
        text = {
            Why.CANCELLED: _(
                "The order was cancelled after %(number)s was issued. A credit note takes it back."
            ),
            Why.MOVED: _(
                "The order was moved to another customer after %(number)s was issued. "
                "A credit note takes it back, and the other gets an invoice."
            ),
            Why.LESS: _(
                "%(number)s says more than the order by now. A credit note takes the difference back."
            ),
        }.get(
            found.why,
            _(
                "The order was changed after %(number)s was issued. "
                "A credit note takes it back, and another invoice follows."
            ),
        ) % {"number": name}
    return {"text": text, "act": _act("correct", invoice, context)}


def told_of_tradein(tradein: TradeIn, context: Context) -> dict[str, Any] | None:
    """The same of the purchase note of a trade-in."""
    if not context.actor.may(VIEW) or not note_differs(store=context.store, tradein=tradein):
        return None
    note = queries.invoice_of_source(store=context.store, source="tradein", source_id=tradein.pk)
    if note is None:
        return None
    if note.state == InvoiceState.DRAFT:
        text = _(
            "The draft of the purchase note says another price than the trade-in. Discard it, then make another."
        )
        return {"text": text, "act": _act("discard", note, context)}
    text = _("%(number)s says another price than the trade-in. Make it void, then make another.")
    return {"text": text % {"number": note.number}, "act": _act("void", note, context)}


def _act(name: str, invoice: Invoice, context: Context) -> dict[str, str] | None:
    action = INVOICES.action(name)
    if not context.actor.may(action.permission):
        return None
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": "invoices"})
    query = urlencode({"id": invoice.pk, "back": f"{base}{invoice.pk}/"})
    return {
        "label": str(action.label),
        "icon": action.icon,
        "url": f"{action_url(action, INVOICES, context, base)}?{query}",
    }


def _paper(invoice: Invoice, context: Context) -> dict[str, str]:
    status = InvoiceStatus(queries.status_of(state=invoice.state, due_on=invoice.due_on, today=context.today))
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": "invoices"})
    return {
        "name": title({"number": invoice.number}),
        "kind": "" if invoice.kind == InvoiceKind.INVOICE else str(invoice.get_kind_display()),
        "url": f"{base}{invoice.pk}/",
        "status": str(status.label),
        "tone": "" if TONES[status] == "grey" else TONES[status],
        "total": display_money(invoice.total_minor, invoice.currency, context.locale),
        "due": display_money(invoice.due_minor, invoice.currency, context.locale)
        if invoice.due_minor and invoice.state in (InvoiceState.OPEN, InvoiceState.PARTLY_PAID)
        else "",
        "in_force": ""
        if invoice.superseded or invoice.state == InvoiceState.VOID or invoice.credits_id
        else "yes",
    }
