"""What offers do when something happens to customers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.customers import events
from regulars.customers.erasing import History, erases, history
from regulars.kit.actor import Actor
from regulars.offers.models import Code, Grant, Redemption
from regulars.offers.queries import count_offers
from regulars.offers.services import forget_people, recount_grants, remove_offers
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe


def subscribe_to_customers() -> None:
    """Called once, at start."""
    subscribe(events.MERGED, _recount)
    subscribe(events.UNMERGED, _recount)
    erases("offers", forget_people, tables=[one._meta.db_table for one in (Grant, Code, Redemption)])
    history(
        History(
            name="offers",
            counted=ngettext_lazy("%(count)s offer", "%(count)s offers", "count"),
            count=count_offers,
            remove=remove_offers,
            when_deleted=_("deleted too; redemptions are kept without saying whose they were"),
            when_anonymised=_("kept, without saying whose they were"),
        )
    )


def _recount(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Redemptions moved from one customer to another: say of both when the last one was."""
    recount_grants(store=store, customer_ids=[one.record_id for one in touched])
