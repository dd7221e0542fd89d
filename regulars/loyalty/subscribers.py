"""What points do when something happens to customers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.customers import events
from regulars.customers.erasing import History, erases, history
from regulars.kit.actor import Actor
from regulars.loyalty.models import Entry, Use
from regulars.loyalty.queries import count_entries
from regulars.loyalty.services import forget_people, recount_points, remove_points
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe


def subscribe_to_customers() -> None:
    """Called once, at start."""
    subscribe(events.MERGED, _recount)
    subscribe(events.UNMERGED, _recount)
    erases("points", forget_people, tables=(Entry._meta.db_table, Use._meta.db_table))
    history(
        History(
            name="points",
            counted=ngettext_lazy("%(count)s entry of points", "%(count)s entries of points", "count"),
            count=count_entries,
            binds=False,
            remove=remove_points,
            when_deleted=_("deleted too, whatever is left of them"),
            when_anonymised=_("kept, without reasons and notes"),
        )
    )


def _recount(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Entries moved from one customer to another: count both."""
    recount_points(store=store, customer_ids=[one.record_id for one in touched])
