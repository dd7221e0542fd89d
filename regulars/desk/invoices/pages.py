"""The page of an invoice as plain data."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.desk import cells, values
from regulars.desk.customers.timeline import timeline_context
from regulars.desk.invoices.beside import told_of_order
from regulars.desk.invoices.forms import percent, sum_rows
from regulars.desk.lists.actions import verbs_for
from regulars.desk.records.views import row_of
from regulars.invoices import queries
from regulars.invoices.choices import OUTSTANDING, InvoiceKind, InvoiceState, InvoiceStatus, Source
from regulars.invoices.queries import Invoice
from regulars.invoices.resource import INVOICES
from regulars.invoices.resource.fields import TONES, title
from regulars.invoices.resource.permissions import EDIT, SEALED
from regulars.kit.money import display_money
from regulars.resources.context import Context
from regulars.resources.resource import get_resource

_FACTS = (
    "issued", "due_date", "salesperson", "tracking", "reference", "email", "bill_tax_id", "mailed", "void_reason",
    "note", "created",
)  # fmt: skip


# What one does with an invoice next.
_MAIN = ("issue", "record-payment", "mail")


def invoice_page(invoice: Invoice, context: Context, base: str, earlier: datetime | None) -> dict[str, Any]:
    """Everything the page of an invoice shows."""
    url, may = f"{base}{invoice.pk}/", context.actor.may
    fields = {field.name: field for field in INVOICES.fields(context.actor)}
    needs = {need for action in INVOICES.actions(context.actor) for need in action.needs}
    row = row_of(INVOICES, invoice.pk, context, list(fields.values()), extra=needs)
    style = values.style_of(context)
    lines = queries.lines_of(store=context.store, invoice_id=invoice.pk)
    sums = queries.sums_of_lines(lines, include_tax=invoice.prices_include_tax)
    verbs = verbs_for(INVOICES, row, context, base, back=url)
    main = next((verb for name in _MAIN for verb in verbs if verb["name"] == name), None)
    differs = told_of_order(invoice, context)
    if differs is None:  # the button would do nothing
        verbs = [verb for verb in verbs if verb["name"] != "correct"]

    def money(minor: int) -> str:
        return display_money(minor, invoice.currency, style.language)

    return {
        "title": title(row),
        "list_url": base,
        "list_label": str(INVOICES.label),
        "badges": _badges(invoice, context),
        "who": _who(invoice, context),
        "main": main,
        "more": [verb for verb in verbs if verb is not main],
        "differs": differs,
        "edit_url": f"{url}edit/" if may(EDIT) and invoice.state != InvoiceState.VOID else "",
        "pdf_url": f"{url}pdf/" if invoice.sealed is None or may(SEALED) else "",
        "banner": _banner(invoice),
        "figures": _figures(invoice, money, style),
        "lines": [
            {
                "title": line.title,
                "detail": " · ".join(
                    part
                    for part in (
                        line.sku,
                        _("less %(amount)s") % {"amount": money(line.discount_minor)}
                        if line.discount_minor
                        else "",
                    )
                    if part
                ),
                "quantity": cells.decimal_cell(line.quantity.normalize() + 0, style),
                "price": money(line.price_minor),
                "tax": f"{percent(line.tax_percent, style)} %",
                "amount": money(line.amount_minor),
            }
            for line in lines
        ],
        "sums": sum_rows(sums, invoice.currency, context),
        "tax_note": _("Prices include tax.") if invoice.prices_include_tax else _("Prices are without tax."),
        "payments": _payments(invoice, money, style, base, context),
        "notes": _notes(invoice, money, base, context),
        "facts": [
            {"label": str(fields[name].label), "html": values.inner(fields[name], row, context)}
            for name in _FACTS
            if name in fields and row[fields[name].path]
        ],
        **timeline_context(
            INVOICES,
            {**row, "source": str(invoice.get_source_display())},
            context,
            url=url,
            position="",
            before=earlier,
        ),
    }


def _badges(invoice: Invoice, context: Context) -> list[dict[str, str]]:
    status = InvoiceStatus(queries.status_of(state=invoice.state, due_on=invoice.due_on, today=context.today))
    found = [{"label": str(status.label), "tone": "" if TONES[status] == "grey" else TONES[status]}]
    if invoice.kind != InvoiceKind.INVOICE:
        found.append({"label": str(invoice.get_kind_display()), "tone": "violet"})
    return found


def _who(invoice: Invoice, context: Context) -> dict[str, str]:
    """Who is billed, with the way to their page."""
    if not context.actor.may(SEE_CUSTOMERS):
        return {}
    customers = reverse("list", kwargs={"store": context.store.slug, "resource_name": "customers"})
    sealed = _("Somebody who was anonymised") if invoice.sealed is not None else ""
    return {
        "name": sealed or invoice.bill_name or _("Nobody yet"),
        "address": invoice.bill_address,
        "url": f"{customers}{invoice.customer_id}/" if invoice.customer_id else "",
        "number": f"#{invoice.customer.number}" if invoice.customer else "",
    }


def _banner(invoice: Invoice) -> str:
    if invoice.state == InvoiceState.VOID:
        return _("This was made void: %(why)s. Its number stays used.") % {"why": invoice.void_reason}
    if invoice.sealed is not None:
        return _(
            "The customer was anonymised. The law asks to keep name and address: they stand in the PDF alone."
        )
    if invoice.state == InvoiceState.DRAFT:
        return _("A draft: it has no number yet and can be changed. Issue it to send it.")
    return ""


def _figures(invoice: Invoice, money: Any, style: cells.Style) -> list[dict[str, str]]:
    if invoice.state == InvoiceState.DRAFT:
        return []
    due = invoice.due_minor
    by = _day(invoice.due_on, style) if invoice.state in OUTSTANDING else ""
    return [
        {"label": _("Total"), "value": money(invoice.total_minor), "note": ""},
        {"label": _("Paid"), "value": money(invoice.paid_minor), "note": ""},
        {
            "label": _("Still due") if due >= 0 else _("Paid too much"),
            "value": money(abs(due) if invoice.state != InvoiceState.VOID else 0),
            "note": _("by %(day)s") % {"day": by} if by else "",
        },
    ]


def _payments(
    invoice: Invoice, money: Any, style: cells.Style, base: str, context: Context
) -> list[dict[str, str]]:
    return [
        {
            "day": _day(payment.paid_on, style),
            "method": str(payment.get_method_display()),
            "reference": payment.reference,
            "url": f"{base}{payment.by_note_id}/" if payment.by_note_id else "",
            "who": payment.author_name,
            "amount": money(payment.amount_minor),
        }
        for payment in queries.payments_of(store=context.store, invoice_id=invoice.pk)
    ]


def _notes(invoice: Invoice, money: Any, base: str, context: Context) -> list[dict[str, str]]:
    """The credit notes of an invoice, or the invoice of a credit note; and what it was made from."""
    found = []
    if invoice.credits is not None:
        found.append((_("Credits"), invoice.credits))
    for note in queries.credit_notes_of(store=context.store, invoice_id=invoice.pk):
        found.append((_("Credited by"), note))
    links = [
        {
            "label": label,
            "name": one.number or _("a draft"),
            "url": f"{base}{one.pk}/",
            "amount": money(one.total_minor),
        }
        for label, one in found
    ]
    made_from = get_resource("tradeins" if invoice.source == Source.TRADE_IN else "orders")
    there = made_from.rows(context.store).filter(pk=invoice.source_id).exists()
    if there and context.actor.may(made_from.permission("view")):
        home = reverse("list", kwargs={"store": context.store.slug, "resource_name": made_from.name})
        links.append(
            {
                "label": str(made_from.singular),
                "name": invoice.source_number,
                "url": f"{home}{invoice.source_id}/",
                "amount": "",
            }
        )
    return links


def _day(day: date | None, style: cells.Style) -> str:
    return cells.format_day(day, style.language) if day else ""
