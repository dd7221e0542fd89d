"""What accounts do when something happens to customers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.accounts.models import Account, Device, RecoveryCode, Session, SignUp, Token, Visit
from regulars.accounts.queries import count_accounts, count_visits
from regulars.accounts.services import (
    end_sessions,
    forget_people,
    recount,
    remove_accounts,
    remove_visits,
)
from regulars.blocklist.events import CUSTOMER_BLOCKED
from regulars.customers import events
from regulars.customers.erasing import History, erases, history
from regulars.kit.actor import Actor
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe

_OUT = (events.DEACTIVATED, events.ARCHIVED, events.ANONYMISED)


def subscribe_to_customers() -> None:
    """Called once, at start."""
    for kind in (*_OUT, CUSTOMER_BLOCKED):
        subscribe(kind, _end)
    for kind in (events.MERGED, events.UNMERGED):
        subscribe(kind, _moved)
    tables = (Account, SignUp, Token, Session, Device, RecoveryCode, Visit)
    erases("accounts", forget_people, tables=tuple(model._meta.db_table for model in tables))
    history(
        History(
            name="accounts",
            counted=ngettext_lazy("%(count)s login", "%(count)s logins", "count"),
            count=count_accounts,
            remove=remove_accounts,
            when_deleted=_("deleted too; nobody signs in with it any more"),
            when_anonymised=_("removed; nobody signs in with it any more"),
        )
    )
    history(
        History(
            name="portal_visits",
            counted=ngettext_lazy(
                "%(count)s look of staff into the portal", "%(count)s looks of staff into the portal", "count"
            ),
            count=count_visits,
            remove=remove_visits,
            when_deleted=_("deleted too"),
            when_anonymised=_("kept, without the reason"),
        )
    )


def _end(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Whoever may not sign in any more is signed out at once, everywhere."""
    _end_all(store, touched)


def _moved(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Logins moved from one customer to another: nobody stays signed in across that."""
    _end_all(store, touched)
    recount(store=store, ids=[one.record_id for one in touched])


def _end_all(store: Store, touched: list[Touched]) -> None:
    end_sessions(store=store, customer_ids=[one.record_id for one in touched])
