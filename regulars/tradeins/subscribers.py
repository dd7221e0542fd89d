"""What trade-ins do when something happens to customers, and to their purchase notes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.customers.erasing import History, erases, history
from regulars.invoices import events as invoice_events
from regulars.invoices.choices import Source
from regulars.invoices.queries import invoices_of
from regulars.kit.actor import Actor
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe
from regulars.tradeins.models import CustomerPayout, Item, TradeIn
from regulars.tradeins.moves import BY_NAME
from regulars.tradeins.queries import count_tradeins
from regulars.tradeins.services import forget_people, note_payouts, remove_tradeins


def subscribe_to_customers() -> None:
    """Called once, at start."""
    erases("tradeins", forget_people, tables=[one._meta.db_table for one in (TradeIn, Item, CustomerPayout)])
    history(
        History(
            name="tradeins",
            counted=ngettext_lazy("%(count)s trade-in", "%(count)s trade-ins", "count"),
            count=count_tradeins,
            binds=True,
            remove=remove_tradeins,
            when_deleted=_("deleted too, and gone from all sums"),
            when_anonymised=_("kept, without saying whose they were"),
        )
    )


def subscribe_to_notes() -> None:
    """Called once, at start."""
    subscribe(BY_NAME["pay"].event, _paid)
    subscribe(invoice_events.ISSUED, _issued)


def _paid(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    ids = [one.record_id for one in touched]
    note_payouts(store=store, ids=ids, actor=actor)


def _issued(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    issued = invoices_of(store).filter(pk__in=[one.record_id for one in touched], source=Source.TRADE_IN)
    ids = [one for one in issued.values_list("source_id", flat=True) if one is not None]
    note_payouts(store=store, ids=ids, actor=actor)
