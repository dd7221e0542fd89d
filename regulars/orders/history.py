"""Orders speak against deleting a customer, and forget whose they were."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.customers.erasing import History, erases, history
from regulars.orders.models import Order, OrderLine, Payment, Return, ReturnLine
from regulars.orders.queries import count_orders
from regulars.orders.services import forget_people, remove_orders


def declare_history() -> None:
    """Called once, at start."""
    history(
        History(
            name="orders",
            counted=ngettext_lazy("%(count)s order", "%(count)s orders", "count"),
            count=count_orders,
            binds=True,
            remove=remove_orders,
            when_deleted=_("deleted too, and gone from all sums"),
            when_anonymised=_("kept, without saying whose they were"),
        )
    )
    tables = [model._meta.db_table for model in (Order, OrderLine, Payment, Return, ReturnLine)]
    erases("orders", forget_people, tables=tables)
