"""Purchase notes of trade-ins: the number of the one in force, and the button that makes it."""

from django.utils.translation import gettext_lazy as _

from regulars.invoices.choices import Source
from regulars.invoices.on_orders import invoice_number
from regulars.invoices.resource.permissions import CREATE
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.field import Field
from regulars.tradeins import services

NOTE = invoice_number(Source.TRADE_IN, "f_invoice")
MAKE_NOTE = Action(
    name="purchase-note",
    label=_("Make purchase note"),
    done_label=_("Purchase notes made"),
    icon="receipt",
    part="move",
    permission=CREATE,
    perform=services.note_tradeins,
    needs=("status", "final_minor", "f_invoice"),
    offered=lambda row: (
        row["status"] in services.SETTLED and bool(row["final_minor"]) and not row["f_invoice"]
    ),
    inputs=(
        Field(
            name="issue",
            label=_("Issue at once"),
            kind=kinds.Boolean(),
            help=_("Else drafts are made, to be looked at first."),
        ),
    ),
)
