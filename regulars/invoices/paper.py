"""An invoice as a PDF file."""

import re
from collections.abc import Sequence

from regulars.invoices.models import Invoice, InvoicePayment, Line, Settings
from regulars.stores.models import Store


def write_pdf(
    *, store: Store, invoice: Invoice, lines: Sequence[Line], payments: Sequence[InvoicePayment]
) -> bytes:
    """The document, in the language that is active; of a draft, one that says so."""
    # What draws it takes 20 MB of memory, so it waits until somebody wants a document.
    from regulars.invoices.drawing import draw

    return draw(store=store, invoice=invoice, lines=lines, payments=payments)


def file_name(invoice: Invoice) -> str:
    """What the file is called: its number, or that it is a draft."""
    return re.sub(r"[^\w.-]+", "-", f"{invoice.number or 'draft'}.pdf")


def printed(*, store: Store, settings: Settings, invoice: Invoice) -> dict[str, str]:
    """What the document says beside its lines and who is billed, as it is now. Issuing keeps it with the invoice."""
    number = invoice.customer.number if invoice.customer else None
    return {
        "name": settings.seller_name or store.name,
        "address": settings.seller_address,
        "tax_id": settings.seller_tax_id,
        "payment": settings.payment_text,
        "foot": settings.foot_text,
        "customer": f"#{number}" if number else "",
        "tracking": invoice.tracking_number,
        "served_by": invoice.salesperson_name,
    }


def billed_to(invoice: Invoice) -> dict[str, str]:
    """Name, address and tax id of who is billed; those of a forgotten person are sealed and only for the document."""
    if invoice.sealed is not None:
        return {name: str(invoice.sealed.get(name, "")) for name in ("name", "address", "tax_id")}
    return {"name": invoice.bill_name, "address": invoice.bill_address, "tax_id": invoice.bill_tax_id}
