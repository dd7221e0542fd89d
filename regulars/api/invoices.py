"""Invoices beside their common addresses: the document as a PDF."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from regulars.api import schemas
from regulars.api.access import asked_by
from regulars.api.reading import read_params
from regulars.api.records import SAFE, router_for
from regulars.invoices import queries
from regulars.invoices.paper import file_name, write_pdf
from regulars.invoices.resource import INVOICES
from regulars.invoices.resource.permissions import SEALED, VIEW
from regulars.kit.errors import NotFound
from regulars.kit.ids import parse_id

router = router_for(INVOICES)


@router.get(
    "/invoices/{record_id}/pdf",
    operation_id="show_invoices_pdf",
    summary="The document as a PDF",
    openapi_extra=schemas.answers(
        200, {"type": "string", "format": "binary"}, "The file.", types=["application/pdf"]
    ),
)
def show_pdf(request: HttpRequest, record_id: str = SAFE) -> HttpResponse:
    context = asked_by(request)
    context.actor.require(VIEW)
    read_params(request, ())
    known = parse_id(record_id)
    if known is None:
        raise NotFound("This invoice does not exist in this store.")
    invoice = queries.get_invoice(store=context.store, invoice_id=known)
    if invoice.sealed is not None:
        context.actor.require(SEALED)
    paper = write_pdf(
        store=context.store,
        invoice=invoice,
        lines=queries.lines_of(store=context.store, invoice_id=known),
        payments=queries.payments_of(store=context.store, invoice_id=known),
    )
    name = file_name(invoice)
    return HttpResponse(
        paper,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "X-Content-Type-Options": "nosniff",
        },
    )
