"""What invoices add to orders: the number of theirs, making one, and that an invoiced order is kept."""

from uuid import UUID

from django.db.models import Case, F, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.invoices import queries, services
from regulars.invoices.choices import InvoiceState, Source
from regulars.invoices.resource.permissions import CREATE, VIEW
from regulars.kit.ids import among
from regulars.orders.choices import OrderStatus
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.stores.models import Store

DRAFT = "draft"


def invoice_number(source: Source, path: str) -> Field:
    """The field with the number of the invoice in force of an order or a trade-in."""

    def number(context: Context) -> Coalesce:
        rows = queries.in_force(context.store, source).filter(source_id=OuterRef("pk")).order_by()
        said = Case(
            When(state=InvoiceState.DRAFT, then=Value(DRAFT)), default="number", output_field=TextField()
        )
        found = Subquery(rows.values(said=said)[:1], output_field=TextField())
        return Coalesce(found, Value(""), output_field=TextField())

    return Field(
        name="invoice",
        label=gettext_lazy("Invoice"),
        kind=kinds.Text(),
        path=path,
        expression=number,
        optional=True,
        permission=VIEW,
        width=130,
        help=gettext_lazy("The number of the one in force, or “draft”."),
    )


FIELDS = (invoice_number(Source.ORDER, "f_invoice"),)
ACTIONS = (
    Action(
        name="invoice",
        label=gettext_lazy("Make invoice"),
        done_label=gettext_lazy("Invoices made"),
        icon="receipt",
        part="move",
        permission=CREATE,
        perform=services.invoice_orders,
        needs=("status", "f_invoice"),
        offered=lambda row: not row["f_invoice"] and row["status"] != OrderStatus.CANCELLED,
        inputs=(
            Field(
                name="issue",
                label=gettext_lazy("Issue at once"),
                kind=kinds.Boolean(),
                help=gettext_lazy("Else drafts are made, to be looked at first."),
            ),
        ),
    ),
)


def why_kept(store: Store, ids: list[UUID]) -> dict[UUID, str]:
    """Orders that were invoiced stay: the books refer to them. So do those that are about to be."""
    made = queries.invoices_of(store).filter(source=Source.ORDER, source_id__in=among(ids))
    return {
        order: _("is invoiced as %(number)s; cancel it and credit the invoice instead") % {"number": number}
        if number
        else _("has a draft of an invoice; discard that first")
        for order, number in made.order_by(F("sequence").asc(nulls_first=True)).values_list(
            "source_id", "number"
        )
        if order is not None
    }
