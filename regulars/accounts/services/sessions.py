"""Sessions of browsers: begun with a new key at each step, looked at with each request, ended by many things."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.accounts import events, queries
from regulars.accounts.choices import Stage
from regulars.accounts.models import Account, Device, Session, Token
from regulars.accounts.permissions import ACT, OPEN
from regulars.accounts.queries import Visitor, visitor_of
from regulars.accounts.rules import NOT_REMEMBERED, ON_THE_WAY, REMEMBERED
from regulars.blocklist.services.gate import may_sign_in
from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.kit.errors import NotFound, Refused
from regulars.kit.ids import among, new_id
from regulars.kit.locks import lock_rows
from regulars.staff.permissions import permissions_of
from regulars.staff.queries import find_access
from regulars.staff.rules import hash_secret, new_secret
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit


class NotSignedIn(Refused):
    """Address, password, link or code is wrong, too old, used or locked: which of it is not said."""

    code = "not_signed_in"
    status = 422


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that asks: how it calls itself, from where, and the key of a remembered one."""

    device: str = ""
    ip: str = ""
    device_key: str = ""
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that begins, or goes one step on, with the key that its browser gets."""

    key: str
    stage: Stage
    remembered: bool
    device_key: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a request finds: who is there, or why somebody is there no longer."""

    visitor: Visitor | None = None
    refusal: str = ""


def look_in(*, store: Store, key: str, ip: str, now: datetime) -> Seen:
    """Who is there with this key. A customer who may not sign in any more is signed out everywhere, and told so."""
    session = queries.find_session(store=store, key=key, now=now)
    if session is None or session.stage != Stage.WHOLE:
        return Seen()
    if session.visit is not None:
        if not _still_works_here(session, store):
            Session.objects.filter(store=store, pk=session.pk).delete()
            return Seen()
    elif not queries.settings_of(store=store).active:
        return Seen()
    elif why := why_not(store=store, customer=session.customer, ip=ip, now=now):
        end_sessions(store=store, customer_ids=[session.customer_id])
        return Seen(refusal=why)
    if session.seen_at < now - queries.SEEN_EVERY:
        Session.objects.filter(store=store, pk=session.pk).update(seen_at=now, ip=ip)
    return Seen(visitor_of(session, store))


def why_not(*, store: Store, customer: Customer, ip: str, now: datetime) -> str:
    """Why a customer may not come in, in words that are meant for them; nothing when they may."""
    if customer.state != State.ACTIVE:
        return _("Your login is switched off at the moment. Please get in touch with the shop.")
    verdict = may_sign_in(
        store=store, email=customer.email, phone=customer.phone, ip=ip, customer_id=customer.pk, now=now
    )
    return "" if verdict.allowed else verdict.reason_shown


def _still_works_here(session: Session, store: Store) -> bool:
    """Whether whoever looks in may still do so: who left the store, or lost the right, is out at once."""
    visit = session.visit
    assert visit is not None
    if session.customer.state == State.ANONYMISED or visit.left_at is not None:
        return False
    if visit.staff_id is None:  # opened at the machine itself
        return True
    access = find_access(slug=store.slug, user_id=visit.staff_id)
    allowed = permissions_of(access.role) if access else frozenset()
    return OPEN in allowed and (not visit.may_act or ACT in allowed)


def begin(*, store: Store, account: Account, stage: Stage, browser: Browser, now: datetime) -> Begun:
    """A session with a fresh key, so that a key somebody planted in the browser is worth nothing."""
    key = new_secret()
    Session.objects.create(
        id=new_id(),
        store=store,
        customer_id=account.customer_id,
        account=account,
        key_hash=hash_secret(key),
        stage=stage,
        remembered=browser.remember,
        device=browser.device,
        ip=browser.ip,
        created_at=now,
        seen_at=now,
        proved_at=now,
        expires_at=now + _lasts(stage, browser.remember),
    )
    return Begun(key, stage, browser.remember)


def go_on(*, session: Session, stage: Stage, now: datetime, device_key: str = "") -> Begun:
    """The next step of a sign-in: the key of the step before opens nothing any more. Raises `NotSignedIn` when it was
    taken a moment ago already, or the sign-in was ended."""
    key = new_secret()
    here = Session.objects.filter(
        store_id=session.store_id, pk=session.pk, key_hash=session.key_hash, stage=session.stage
    )
    taken = here.update(
        key_hash=hash_secret(key),
        stage=stage,
        code_hash="",
        code_until=None,
        seen_at=now,
        proved_at=now,
        expires_at=now + _lasts(stage, session.remembered),
    )
    if not taken:
        raise gone()
    return Begun(key, stage, session.remembered, device_key)


def gone() -> NotSignedIn:
    """Whoever was signed in, or on the way, is no longer."""
    return NotSignedIn(_("Please sign in again."))


def lock_account(*, store: Store, account_id: UUID) -> Account:
    """An account, locked after its customer, as it is now. Raises `NotSignedIn` when it is gone."""
    whose = Account.objects.filter(store=store, pk=account_id).values_list("customer_id", flat=True)
    lock_rows(Customer.objects.filter(store=store), list(whose))
    rows = Account.objects.select_related("customer").select_for_update(of=("self",), no_key=True)
    found = rows.filter(store=store, pk=account_id).first()
    if found is None:
        raise gone()
    return found


def lock_own(*, visitor: Visitor) -> Account:
    """The account of whoever is signed in, locked. Raises `NotSignedIn` when they were signed out since the request
    began: what staff or the owner have just ended must not write a new password on its way out."""
    if visitor.account is None:
        raise Refused(_("Staff set up nothing here: this is the customer's own."))
    account = lock_account(store=visitor.store, account_id=visitor.account.pk)
    require_session(visitor=visitor)
    return account


def require_session(*, visitor: Visitor) -> None:
    """Raise `NotSignedIn` when they were signed out meanwhile. For who has locked the customer already."""
    if not Session.objects.filter(store=visitor.store, pk=visitor.session_id).exists():
        raise gone()


def _lasts(stage: Stage, remembered: bool) -> timedelta:
    if stage != Stage.WHOLE:
        return ON_THE_WAY
    return REMEMBERED if remembered else NOT_REMEMBERED


def sign_out(*, store: Store, key: str) -> None:
    """End the session of one browser."""
    Session.objects.filter(store=store, key_hash=hash_secret(key)).delete()


def end_session(*, store: Store, account_id: UUID, session_id: UUID) -> None:
    """End one session of a customer's own. Raises `NotFound`."""
    gone, _each = Session.objects.filter(store=store, account_id=account_id, pk=session_id).delete()
    if not gone:
        raise NotFound(_("This session has ended already."))


def forget_device(*, store: Store, account_id: UUID, device_id: UUID) -> None:
    """Ask a browser for the second step again. Raises `NotFound`."""
    gone, _each = Device.objects.filter(store=store, account_id=account_id, pk=device_id).delete()
    if not gone:
        raise NotFound(_("This browser is asked already."))


def sign_out_everywhere(*, visitor: Visitor, keep: bool, now: datetime) -> None:
    """Sign a customer out of every browser, this one too unless it is to `keep`; none is remembered any more."""
    assert visitor.account is not None
    with transaction.atomic():
        _end(visitor.store, visitor.account.pk, keep=visitor.session_id if keep else None)
        emit(
            store=visitor.store,
            actor=visitor.actor,
            resource="customers",
            kind=events.SIGNED_OUT,
            touched=Touched(visitor.customer_id),
            now=now,
        )


def end_account_sessions(*, store: Store, account_id: UUID, keep: UUID | None = None) -> None:
    """End every session, remembered browser and open link of an account; part of a wider act."""
    _end(store, account_id, keep=keep)


def _end(store: Store, account_id: UUID, *, keep: UUID | None) -> None:
    sessions = Session.objects.filter(store=store, account_id=account_id)
    (sessions.exclude(pk=keep) if keep else sessions).delete()
    Device.objects.filter(store=store, account_id=account_id).delete()
    Token.objects.filter(store=store, account_id=account_id, used_at=None).delete()


def end_sessions(*, store: Store, customer_ids: Collection[UUID]) -> None:
    """End every session of these customers, with their open links; who looks in as them is out too."""
    ids = list(customer_ids)
    Session.objects.filter(store=store, customer_id__in=among(ids)).delete()
    accounts = Account.objects.filter(store=store, customer_id__in=among(ids)).values("pk")
    Token.objects.filter(store=store, account_id__in=accounts, used_at=None).delete()
    Device.objects.filter(store=store, account_id__in=accounts).delete()
