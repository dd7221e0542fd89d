"""What the ledger does when something happens to customers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.credit.models import Entry
from regulars.credit.queries import count_entries
from regulars.credit.services import forget_people, recount_credit, remove_credit
from regulars.customers import events
from regulars.customers.erasing import History, erases, history
from regulars.kit.actor import Actor
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe


def subscribe_to_customers() -> None:
    """Called once, at start."""
    subscribe(events.MERGED, _recount)
    subscribe(events.UNMERGED, _recount)
    erases("credit", forget_people, tables=(Entry._meta.db_table,))
    history(
        History(
            name="credit",
            counted=ngettext_lazy(
                "%(count)s entry of store credit", "%(count)s entries of store credit", "count"
            ),
            count=count_entries,
            binds=True,
            remove=remove_credit,
            when_deleted=_("deleted too, whatever is left of it"),
            when_anonymised=_("kept, without reasons"),
        )
    )


def _recount(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Entries moved from one customer to another: count both."""
    recount_credit(store=store, customer_ids=[one.record_id for one in touched])
