"""Orders speak against deleting a customer."""

from django.utils.translation import gettext_lazy as _

from regulars.customers.erasing import History, history
from regulars.orders.queries import count_orders
from regulars.orders.services import remove_orders


def declare_history() -> None:
    """Called once, at start."""
    history(
        History(
            name="orders",
            one=_("order"),
            many=_("orders"),
            count=count_orders,
            binds=True,
            remove=remove_orders,
            when_deleted=_("deleted too, and gone from all sums"),
            when_anonymised=_("kept, without saying whose they were"),
        )
    )
