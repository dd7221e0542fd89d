"""What invoices tell about a customer: what is outstanding, the list of theirs, and how one is found by its number."""

from django.db.models import BigIntegerField, Expression, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.invoices import queries
from regulars.invoices.choices import OUTSTANDING, InvoiceKind
from regulars.invoices.models import Invoice
from regulars.invoices.resource.fields import LINKED
from regulars.invoices.resource.permissions import VIEW
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.figure import Figure
from regulars.resources.finder import Find, Finder, Sure
from regulars.resources.links import Link
from regulars.resources.related import Related


def _outstanding(context: Context) -> Expression | Subquery:
    """What a customer owes for issued invoices."""
    owed = Invoice.objects.filter(
        store=OuterRef("store"), customer=OuterRef("pk"), state__in=OUTSTANDING, kind=InvoiceKind.INVOICE
    )
    summed = owed.order_by().values("customer").annotate(owed=Sum("due_minor")).values("owed")
    return Coalesce(Subquery(summed, output_field=BigIntegerField()), 0)


def _of(row: Row) -> str:
    return f"customer = {row['number']}"


def find_by_invoice(text: str, context: Context, limit: int) -> list[Find]:
    """Whom the invoice with this number was written to."""
    written = text.strip()
    numbers = list({written, written.upper()})
    rows = queries.invoices_of(context.store).filter(number__in=numbers, customer__isnull=False)
    said = _("Invoice %(number)s")
    return [
        Find(customer, by=said % {"number": number}, thing=("invoices", invoice))
        for customer, number, invoice in rows.values_list("customer_id", "number", "pk")[:limit]
        if written
    ]


FIELDS = (
    Field(
        name="outstanding",
        label=gettext_lazy("Outstanding"),
        kind=kinds.Money(),
        section=gettext_lazy("Buying"),
        path="f_outstanding",
        expression=_outstanding,
        permission=VIEW,
        width=120,
        help=gettext_lazy("What is still due of their invoices."),
    ),
)
FIGURES = (
    Figure(
        field="outstanding",
        rank=60,
        rows="invoices",
        where=lambda row: f"{_of(row)} and kind = invoice and status in (open, partly_paid, overdue)",
        needs=("number",),
        card=True,
        if_any=True,
        tone="red",
    ),
)
FINDERS = (
    Finder(
        name="invoice",
        label=gettext_lazy("invoice number"),
        sure=Sure.NAMES_ONE,
        find=find_by_invoice,
        permission=VIEW,
    ),
)
LINKS = (
    Link(
        name="invoices",
        label=gettext_lazy("Invoices"),
        singular=gettext_lazy("Invoice"),
        rows=queries.invoices_of,
        permission=VIEW,
        fields=LINKED,
    ),
)
RELATED = (
    Related(
        name="invoices",
        label=gettext_lazy("Invoices"),
        rows="invoices",
        rank=60,
        where=_of,
        without=("customer", "bill_name"),
    ),
)
