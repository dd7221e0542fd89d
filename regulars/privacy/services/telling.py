"""Saying what happened to a request, both in its own history and in that of the customer."""

from collections.abc import Mapping
from datetime import datetime

from regulars.kit.actor import Actor
from regulars.kit.words import Words
from regulars.privacy import events
from regulars.privacy.choices import Kind
from regulars.privacy.models import Request
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


def tell(
    *,
    store: Store,
    request: Request,
    kind: EventKind,
    data: Mapping[str, Words],
    before: Mapping[str, object],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> OpenChangeSet:
    """One act on a request. Nothing personal is in it: the history of requests outlasts the person."""
    after = {name: _plain(getattr(request, name)) for name in before}
    opened = change_set or open_change_set(store=store, actor=actor, kind=kind, now=now)
    about = {"what": Kind(request.kind).label, **data}
    touched = Touched(
        request.pk, request.version, {name: _plain(value) for name, value in before.items()}, after, about
    )
    own = events.MADE if kind is events.ASKED else kind
    record(change_set=opened, resource="privacy_requests", kind=own, touched=[touched], now=now)
    if request.customer_id is not None:
        of_customer = Touched(request.customer_id, 0, data={**about, "request": str(request.pk)})
        record(change_set=opened, resource="customers", kind=kind, touched=[of_customer], now=now)
    return opened


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def day_text(store: Store, moment: datetime) -> str:
    """A day as the history writes it."""
    return store.day_of(moment).isoformat()
