"""What the block list does when customers come in or change: it looks at them again."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.blocklist.queries import count_rules
from regulars.blocklist.services import look_again
from regulars.customers import events
from regulars.customers.erasing import History, history
from regulars.kit.actor import Actor
from regulars.stores.models import Store
from regulars.timeline.events import EventKind, kind_of
from regulars.timeline.services import Touched, subscribe

# What can make an identity of a customer another one. Those of higher parts are known by their keys.
_ABOUT = frozenset({"email", "phone"})
_CAME = (events.CREATED, events.IMPORTED, kind_of("customer.merged"), kind_of("customer.unmerged"))
_CHANGED = (events.EDITED, events.CHANGED_BY_FILE, events.UNDONE)


def subscribe_to_customers() -> None:
    """Called once, at start."""
    history(
        History(
            name="block_rules",
            counted=ngettext_lazy("%(count)s block rule", "%(count)s block rules", "count"),
            count=count_rules,
            when_deleted=_("kept, without saying whom they are about"),
            when_anonymised=_("kept, without saying whom they are about"),
        )
    )
    for kind in _CAME:
        subscribe(kind, _look)
    for kind in _CHANGED:
        subscribe(kind, _look_at_changed)


def _look(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    look_again(store=store, ids=[one.record_id for one in touched])


def _look_at_changed(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    changed = [one.record_id for one in touched if _ABOUT & {*(one.before or ()), *(one.after or ())}]
    look_again(store=store, ids=changed)
