"""What one types to redeem an offer, the same at the counter, by API and on the command line."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from regulars.customers.named import id_named
from regulars.offers.services import Asking
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.record import clean_values

ASKED = (
    Field(
        name="code",
        label=_("Code"),
        kind=kinds.Text(max_length=100),
        help=_("As printed; capitals, spaces and dashes do not count."),
    ),
    Field(
        name="customer",
        label=_("Customer"),
        kind=kinds.Text(max_length=200),
        help=_("Number, id, e-mail or external id; nothing for a guest."),
    ),
    Field(
        name="bill",
        label=_("Total of the bill"),
        kind=kinds.Money(),
        help=_("The total of the bill, like 12.50."),
    ),
    Field(
        name="part",
        label=_("Amount used now"),
        kind=kinds.Money(),
        help=_("How much of an amount is used now; nothing: all that is left."),
    ),
    Field(
        name="order",
        label=_("Order"),
        kind=kinds.Text(max_length=120),
        help=_("Id, external id or number of the order."),
    ),
)


def read_asking(typed: Mapping[str, str], context: Context) -> Asking:
    """What was typed, understood; what is left out is empty. Raises `InvalidRecord` and `Invalid`."""
    given = {field.name: typed.get(field.name, "") for field in ASKED}
    cleaned = clean_values(given, ASKED, context)
    who = cleaned["customer"]
    return Asking(
        code=cleaned["code"],
        customer_id=id_named(store=context.store, text=who) if who else None,
        bill_minor=cleaned["bill"],
        part_minor=cleaned["part"],
        order=cleaned["order"],
    )
