"""Carrying requests out: each kind in its own way, with the answer to the customer."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers import services as customers
from regulars.kit.actor import Actor, system
from regulars.kit.errors import Refused
from regulars.messaging.choices import Agreement
from regulars.messaging.services.leaving import LEAVE
from regulars.privacy import events, mails, queries
from regulars.privacy.choices import Kind, State
from regulars.privacy.models import Request
from regulars.privacy.services.copies import make_copy
from regulars.privacy.services.mailing import mail
from regulars.privacy.services.requests import NotVerified, begin_grace, close, lock_open
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet

AT_ONCE = 50
# What ends every use for marketing.
_ENDS_MARKETING = (Kind.OBJECTION, Kind.RESTRICTION)


def carry_out(*, store: Store, request_id: UUID, answer: str, actor: Actor, now: datetime) -> Request:
    """Do what was asked, and answer. An erasure begins its time of grace; the worker does it when that is over.

    Raises `NotFound`, `Finished` and `NotVerified`.
    """
    with transaction.atomic():
        request = lock_open(store=store, request_id=request_id)
        if not request.proof:
            raise NotVerified(_("First check that it is the customer who asks."))
        if request.kind == Kind.ERASURE:
            if request.state == State.WAITING:
                raise Refused(
                    _("It is on its way: it is erased when the time of grace is over."), code="on_its_way"
                )
            begin_grace(store=store, request=request, actor=actor, now=now)
            return request
        customer_id = request.customer_id
        if customer_id is not None and request.kind in _ENDS_MARKETING:
            withdraw_consents(store=store, customer_id=customer_id, wording="", actor=actor, now=now)
        if customer_id is not None and request.kind == Kind.RESTRICTION:
            _freeze(store, customer_id, actor, now)
        if customer_id is not None and request.kind == Kind.ACCESS:
            make_copy(store=store, customer_id=customer_id, tell=True, actor=actor, now=now)
        request.answer = answer.strip()
        if request.answer:
            words = {"answer": request.answer}
            mail(store=store, request=request, kind=mails.ANSWER, values=words, actor=actor, now=now)
        close(store=store, request=request, state=State.DONE, kind=events.DONE, actor=actor, now=now)
    return request


def withdraw_consents(
    *,
    store: Store,
    customer_id: UUID,
    wording: str,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None = None,
) -> list[Agreement]:
    """End everything a customer agreed to, in one go; each is kept with its evidence. Returns what was ended."""
    ended = []
    with transaction.atomic():
        for agreement, leave in LEAVE.items():
            outcome = leave(
                store=store,
                ids=[customer_id],
                inputs={"wording": wording},
                actor=actor,
                now=now,
                change_set=change_set,
            )
            if outcome.done:
                ended.append(agreement)
    return ended


def _freeze(store: Store, customer_id: UUID, actor: Actor, now: datetime) -> None:
    """Restricted data is kept and not used: the record is inactive, and its owner signs in no more."""
    customers.deactivate_customers(
        store=store, ids=[customer_id], inputs={}, actor=actor, now=now, change_set=None
    )


def erase_due(*, store: Store, now: datetime) -> int:
    """Forget everybody whose time of grace is over; one that cannot be done now says why and is tried again."""
    done = 0
    for request_id in queries.due_to_erase(store=store, now=now, limit=AT_ONCE):
        try:
            done += _erase(store, request_id, now)
        except Refused as refusal:
            Request.objects.filter(store=store, pk=request_id).update(
                problem=refusal.sentence, updated_at=now
            )
    return done


def _erase(store: Store, request_id: UUID, now: datetime) -> int:
    with transaction.atomic():
        request = lock_open(store=store, request_id=request_id)
        if request.state != State.WAITING or request.erase_at is None or request.erase_at > now:
            return 0  # taken back, or done, a moment ago
        me = system()
        # Closed before, so that what is written about it is cleaned with everything else.
        close(store=store, request=request, state=State.DONE, kind=events.DONE, actor=me, now=now)
        if request.customer_id is not None:
            customers.anonymise_customers(
                store=store, ids=[request.customer_id], inputs={}, actor=me, now=now, change_set=None
            )
    return 1
