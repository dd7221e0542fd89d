"""What invoices add to orders: making one of them."""

from django.utils.translation import gettext_lazy

from regulars.invoices import services
from regulars.invoices.resource.permissions import CREATE
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.field import Field

ACTIONS = (
    Action(
        name="invoice",
        label=gettext_lazy("Make invoice"),
        done_label=gettext_lazy("Invoices made"),
        icon="receipt",
        part="move",
        permission=CREATE,
        perform=services.invoice_orders,
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
