"""What trade-ins do when something happens to customers."""

from django.utils.translation import gettext_lazy as _

from regulars.customers.erasing import History, erases, history
from regulars.tradeins.models import CustomerPayout, Item, TradeIn
from regulars.tradeins.queries import count_tradeins
from regulars.tradeins.services import forget_people, remove_tradeins


def subscribe_to_customers() -> None:
    """Called once, at start."""
    erases("tradeins", forget_people, tables=[one._meta.db_table for one in (TradeIn, Item, CustomerPayout)])
    history(
        History(
            name="tradeins",
            one=_("trade-in"),
            many=_("trade-ins"),
            count=count_tradeins,
            binds=True,
            remove=remove_tradeins,
            when_deleted=_("deleted too, and gone from all sums"),
            when_anonymised=_("kept, without saying whose they were"),
        )
    )
