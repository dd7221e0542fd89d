"""What becomes of requests and copies with their customers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from regulars.customers import events
from regulars.customers.erasing import History, erases, history
from regulars.kit.actor import Actor
from regulars.privacy.models import Copy, CopyPiece, Request, Warned
from regulars.privacy.queries import count_copies, count_requests
from regulars.privacy.services import forget_people, remove_requests, renumber_requests
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, subscribe


def declare_people() -> None:
    """Called once, at start."""
    subscribe(events.MERGED, _renumber)
    subscribe(events.UNMERGED, _renumber)
    tables = [model._meta.db_table for model in (Request, Copy, CopyPiece, Warned)]
    erases("privacy", forget_people, tables=tables)
    history(
        History(
            name="privacy_requests",
            counted=ngettext_lazy(
                "%(count)s request about personal data", "%(count)s requests about personal data", "count"
            ),
            count=count_requests,
            remove=remove_requests,
            when_deleted=_("kept as a number and a date, without words"),
            when_anonymised=_("kept as a number and a date, without words"),
        )
    )
    removed = _("removed")
    history(
        History(
            name="data_copies",
            counted=ngettext_lazy("%(count)s copy of their data", "%(count)s copies of their data", "count"),
            count=count_copies,
            when_deleted=removed,
            when_anonymised=removed,
        )
    )


def _renumber(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    renumber_requests(store=store, customer_ids=[one.record_id for one in touched])
