"""What messages do when something happens to customers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.customers import events
from regulars.customers.erasing import History, erases, history
from regulars.kit.actor import Actor
from regulars.messaging.choices import Agreement
from regulars.messaging.models import Consent, Message
from regulars.messaging.queries import count_messages
from regulars.messaging.services import (
    forget_people,
    keep_brought,
    keep_changes,
    keep_merged,
    remove_messages,
)
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe

# Every event of customers that may say something about what they agreed to.
_TELLING = (
    events.EDITED,
    events.CHANGED_BY_FILE,
    events.SUBSCRIBED,
    events.UNSUBSCRIBED,
    events.SUMMARY_SUBSCRIBED,
    events.SUMMARY_UNSUBSCRIBED,
    events.SMS_SUBSCRIBED,
    events.SMS_UNSUBSCRIBED,
    events.UNDONE,
    events.MERGED,
    events.UNMERGED,
)


def subscribe_to_customers() -> None:
    """Called once, at start."""
    for kind in _TELLING:
        subscribe(kind, _keep, facts=Agreement.values)
    subscribe(events.MERGED, _keep_merged)
    for kind in (events.CREATED, events.IMPORTED):
        subscribe(kind, _keep_brought)
    erases("messages", forget_people, tables=(Message._meta.db_table, Consent._meta.db_table))
    history(
        History(
            name="messages",
            counted=ngettext_lazy("%(count)s message", "%(count)s messages", "count"),
            count=count_messages,
            remove=remove_messages,
            when_deleted=_("deleted too"),
            when_anonymised=_("kept as a count, without address and text"),
        )
    )


def _keep(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    keep_changes(store=store, touched=touched, actor=actor)


def _keep_brought(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """New customers: the facts of one by hand are in the event, those of a file are not."""
    keep_changes(store=store, touched=touched, actor=actor)
    if brought := [one for one in touched if one.after is None]:
        keep_brought(store=store, touched=brought, actor=actor)


def _keep_merged(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    keep_merged(store=store, touched=touched, actor=actor)
