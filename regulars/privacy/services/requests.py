"""Requests about personal data: asked by the customer or noted by staff, checked, answered in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.customers.choices import State as CustomerState
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.privacy import events, mails, queries
from regulars.privacy.choices import UNFINISHED, Kind, Proof, State, Way
from regulars.privacy.models import Request
from regulars.privacy.services.mailing import confirm_url, day_for, in_words_of, mail, page_url, read_token
from regulars.privacy.services.telling import day_text, tell
from regulars.privacy.spans import EXTENDED_BY, due_at
from regulars.stores.models import Store
from regulars.timeline.events import EventKind

LONGEST = 5000


class AskedAlready(Refused):
    """The customer waits for an answer to the same request."""

    code = "asked_already"


class Finished(Refused):
    """The request is closed, or was never confirmed."""

    code = "request_finished"


class NotVerified(Refused):
    """Nobody has made sure yet that it is the customer who asks."""

    code = "identity_not_verified"


class OnceOnly(Refused):
    """More time can be taken once."""

    code = "extended_already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked, and how it came. `received_at` is when the store learned of it, which may be earlier than now."""

    customer_id: UUID
    kind: Kind
    way: Way
    details: str = ""
    proof: str = ""
    proof_note: str = ""
    received_at: datetime | None = None


def ask(*, store: Store, asking: Asking, actor: Actor, now: datetime) -> Request:
    """Note a request. An erasure that the customer asks for themself waits for the link of a mail.

    Raises `NotFound`, `Invalid` and `AskedAlready`.
    """
    received = asking.received_at or now
    if received > now:
        raise Invalid(_("A request cannot have come in later than now."), field="received")
    if now - received > timedelta(days=366):
        raise Invalid(_("This is more than a year ago."), field="received")
    if len(asking.details) > LONGEST:
        raise Invalid(_("Use up to %(number)s letters.") % {"number": LONGEST}, field="details")
    known = queries.settings_of(store=store)
    by_customer = asking.way == Way.PORTAL
    unconfirmed = by_customer and asking.kind == Kind.ERASURE
    with transaction.atomic():
        customer = _customer(store, asking.customer_id)
        if by_customer and asking.kind == Kind.ERASURE and not customer.email:
            raise Refused(_("Add your e-mail first: the erasure is confirmed by a mail."), code="no_email")
        request = Request(
            id=new_id(),
            store=store,
            customer=customer,
            customer_number=customer.number,
            kind=asking.kind,
            way=asking.way,
            state=State.UNCONFIRMED if unconfirmed else State.OPEN,
            details=asking.details.strip(),
            proof=Proof.SIGNED_IN if actor.kind == "customer" and not unconfirmed else asking.proof,
            proof_note=asking.proof_note.strip(),
            proof_by=actor.name if asking.proof and actor.kind == "staff" else "",
            author_name=actor.name if actor.kind != "customer" else "",
            received_at=received,
            due_at=due_at(received, days=known.deadline_days),
            created_at=now,
            updated_at=now,
        )
        try:
            with transaction.atomic():
                request.save(force_insert=True)
        except IntegrityError as error:
            raise AskedAlready(_("This was asked for already and is not finished yet.")) from error
        tell(
            store=store,
            request=request,
            kind=events.ASKED,
            data={},
            before={"state": ""},
            actor=actor,
            now=now,
        )
        if unconfirmed:
            link = {"link": confirm_url(store=store, request=request)}
            mail(store=store, request=request, kind=mails.CONFIRM, values=link, actor=actor, now=now)
        else:
            mail(store=store, request=request, kind=mails.RECEIVED, values={}, actor=actor, now=now)
    return request


def confirm_erasure(*, store: Store, customer_id: UUID, token: str, actor: Actor, now: datetime) -> Request:
    """The customer, signed in, opened the link of the mail and said yes: it is done after the time of grace.

    Raises `NotFound` for a link that is not theirs, and `Finished`.
    """
    request_id = read_token(store=store, token=token)
    with transaction.atomic():
        _customer(store, customer_id)
        request = _locked(store, request_id)
        if request.customer_id != customer_id:
            raise NotFound(_("This link is not for you, or it is not whole."))
        if request.state == State.WAITING:
            return request
        if request.state != State.UNCONFIRMED:
            raise Finished(_("This request is closed. Ask again if you still want it."))
        request.proof = Proof.MAILBOX
        begin_grace(store=store, request=request, actor=actor, now=now)
    return request


def begin_grace(*, store: Store, request: Request, actor: Actor, now: datetime) -> None:
    """An erasure is certain now; the day it happens on is told, and until then it can be taken back."""
    known = queries.settings_of(store=store)
    before = {"state": request.state, "erase_at": request.erase_at}
    request.state, request.erase_at = State.WAITING, now + timedelta(days=known.grace_days)
    _write(request, now, "state", "erase_at", "proof")
    data = {"day": day_text(store, request.erase_at)}
    tell(store=store, request=request, kind=events.CONFIRMED, data=data, before=before, actor=actor, now=now)
    link = {"link": page_url(store)}
    mail(store=store, request=request, kind=mails.TO_BE_ERASED, values=link, actor=actor, now=now)


def withdraw(
    *, store: Store, request_id: UUID, customer_id: UUID | None, actor: Actor, now: datetime
) -> Request:
    """The customer changed their mind; an erasure can be taken back until it has begun.

    `customer_id` is given where the customer does it: another one's request is not found.
    Raises `NotFound`, `Finished`.
    """
    with transaction.atomic():
        request = _locked(store, request_id)
        if customer_id is not None and request.customer_id != customer_id:
            raise NotFound(_("There is no such request."))
        _unfinished(request)
        close(
            store=store, request=request, state=State.WITHDRAWN, kind=events.WITHDRAWN, actor=actor, now=now
        )
    return request


def verify(
    *, store: Store, request_id: UUID, proof: Proof, note: str, actor: Actor, now: datetime
) -> Request:
    """Staff made sure that it is the customer who asks, and say how. Raises `NotFound`, `Finished`."""
    with transaction.atomic():
        request = _locked(store, request_id)
        _unfinished(request)
        before = {"proof": request.proof}
        request.proof, request.proof_note, request.proof_by = proof, note.strip(), actor.name
        _write(request, now, "proof", "proof_note", "proof_by")
        data = {"how": Proof(proof).label}
        tell(
            store=store, request=request, kind=events.VERIFIED, data=data, before=before, actor=actor, now=now
        )
    return request


def take(*, store: Store, request_id: UUID, actor: Actor, now: datetime) -> Request:
    """Say who takes care of it. Raises `NotFound`, `Finished`."""
    with transaction.atomic():
        request = _locked(store, request_id)
        _unfinished(request)
        before = {"handler_name": request.handler_name}
        request.handler_id, request.handler_name = actor.id, actor.name
        _write(request, now, "handler_id", "handler_name")
        data = {"who": actor.name}
        tell(store=store, request=request, kind=events.TAKEN, data=data, before=before, actor=actor, now=now)
    return request


def extend(*, store: Store, request_id: UUID, reason: str, actor: Actor, now: datetime) -> Request:
    """Take up to two further months, once, and tell the customer why. Raises `NotFound`, `Finished`, `OnceOnly`.

    It has to happen within the first month (GDPR Art. 12(3)).
    """
    with transaction.atomic():
        request = _locked(store, request_id)
        _unfinished(request)
        if request.extended_why:
            raise OnceOnly(_("More time was taken already; the law allows it once."))
        if request.due_at < now:
            raise Refused(_("Its day has passed: more time has to be taken before that."), code="too_late")
        if not reason.strip():
            raise Invalid(_("Say why: the customer is told."), field="reason")
        before = {"due_at": request.due_at}
        request.due_at, request.extended_why = request.due_at + EXTENDED_BY, reason.strip()
        _write(request, now, "due_at", "extended_why")
        data = {"day": day_text(store, request.due_at)}
        tell(
            store=store, request=request, kind=events.EXTENDED, data=data, before=before, actor=actor, now=now
        )
        with in_words_of(store, request):
            told = _("Your request takes us longer, until %(day)s, because: %(why)s") % {
                "day": day_for(store, request, request.due_at),
                "why": request.extended_why,
            }
        words = {"answer": told}
        mail(store=store, request=request, kind=mails.ANSWER, values=words, actor=actor, now=now)
    return request


def turn_down(*, store: Store, request_id: UUID, reason: str, actor: Actor, now: datetime) -> Request:
    """Do not do it, and tell the customer why. Raises `NotFound`, `Finished`, `Invalid`."""
    if not reason.strip():
        raise Invalid(_("Say why: the customer is told."), field="reason")
    with transaction.atomic():
        request = _locked(store, request_id)
        _unfinished(request)
        request.answer = reason.strip()
        words = {"answer": request.answer}
        mail(store=store, request=request, kind=mails.ANSWER, values=words, actor=actor, now=now)
        close(store=store, request=request, state=State.REFUSED, kind=events.REFUSED, actor=actor, now=now)
    return request


def close(
    *, store: Store, request: Request, state: State, kind: EventKind, actor: Actor, now: datetime
) -> None:
    """Finish a request that is locked."""
    before = {"state": request.state}
    request.state, request.closed_at, request.erase_at, request.problem = state, now, None, ""
    if actor.kind == "staff":
        request.handler_id, request.handler_name = actor.id, actor.name
    names = ("state", "closed_at", "erase_at", "problem", "answer", "handler_id", "handler_name")
    _write(request, now, *names)
    tell(store=store, request=request, kind=kind, data={}, before=before, actor=actor, now=now)


def lock_open(*, store: Store, request_id: UUID) -> Request:
    """A request that is not finished, locked. Raises `NotFound`, `Finished`."""
    request = _locked(store, request_id)
    _unfinished(request)
    return request


def _customer(store: Store, customer_id: UUID) -> Customer:
    found = lock_rows(Customer.objects.filter(store=store), [customer_id]).get(customer_id)
    if found is None or found.state == CustomerState.ANONYMISED:
        raise NotFound(_("This customer does not exist in this store."))
    return found


def _locked(store: Store, request_id: UUID) -> Request:
    """A request, locked after its customer: that is the order in which rows are locked."""
    seen = queries.get_request(store=store, request_id=request_id)
    if seen.customer_id is not None:
        lock_rows(Customer.objects.filter(store=store).only("pk"), [seen.customer_id])
    found = lock_rows(Request.objects.filter(store=store), [request_id]).get(request_id)
    if found is None:
        raise NotFound(_("There is no such request in this store."))
    return found


def _unfinished(request: Request) -> None:
    if request.state not in UNFINISHED:
        raise Finished(_("This request is finished already."))


def _write(request: Request, now: datetime, *names: str) -> None:
    request.version += 1
    request.updated_at = now
    request.save(update_fields=[*names, "version", "updated_at"])
