"""The second step: an app on the phone, a text message, recovery codes, and browsers that are remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app as queue

from regulars.accounts import events, mails, queries
from regulars.accounts.choices import SecondStep, Stage
from regulars.accounts.models import Account, Device, RecoveryCode, Session
from regulars.accounts.queries import Visitor
from regulars.accounts.rules import (
    DEVICE_VALID,
    LOCK,
    MOST_WRONG_CODES,
    MOST_WRONG_SECOND,
    RECOVERY_CODES,
    SIGN_IN_VALID,
    bare,
    hash_code,
    new_code,
    new_recovery_code,
)
from regulars.accounts.services.mailing import write_changed
from regulars.accounts.services.sessions import (
    Begun,
    NotSignedIn,
    end_account_sessions,
    go_on,
    gone,
    lock_account,
    lock_own,
    why_not,
)
from regulars.accounts.services.signing_in import (
    NotLetIn,
    next_stage,
    note_signed_in,
    tell_locked,
)
from regulars.kit.errors import Invalid, Refused
from regulars.kit.ids import new_id
from regulars.kit.phone import clean_phone
from regulars.kit.sealing import CannotOpen, open_sealed, seal
from regulars.kit.words import Words
from regulars.messaging.choices import Channel
from regulars.messaging.services import send_secret
from regulars.staff.rules import hash_secret, new_secret
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

_STEP = 30


class NotOffered(Refused):
    """The store does not have this second step."""

    code = "not_offered"


@dataclass(frozen=True, slots=True)
class NewApp:
    """What is scanned to set an app up. The secret travels sealed in the form until a code proves that it arrived."""

    uri: str
    secret: str
    sealed: str


def pass_second_step(
    *, store: Store, session: Session, code: str, remember_device: bool, now: datetime
) -> Begun:
    """Give the code of the app, of a text message, or a recovery code, and go on with the sign-in.

    Raises `NotSignedIn` and `NotLetIn`.
    """
    if session.stage != Stage.SECOND or session.account_id is None:
        raise gone()
    customer = session.customer
    if why := why_not(store=store, customer=customer, ip=session.ip, now=now):
        raise NotLetIn(why)
    with transaction.atomic():
        account = lock_account(store=store, account_id=session.account_id)
        is_locked = account.second_locked_until is not None and account.second_locked_until > now
        how = "" if is_locked else _matches(store, account, session, bare(code), now)
        if how:
            device_key = _remember(store, account, session, now) if remember_device else ""
            account.second_failed, account.second_locked_until = 0, None
            account.save(update_fields=["second_failed", "second_locked_until", "totp_step"])
            stage = next_stage(settings=queries.settings_of(store=store), account=account, passed=True)
            begun = go_on(session=session, stage=stage, now=now, device_key=device_key)
            if stage == Stage.WHOLE:
                note_signed_in(store=store, account=account, how=how, now=now)
            return begun
        if not is_locked:
            _note_wrong(store, account, now)
    raise NotSignedIn(
        _("This code is wrong or too old. After several wrong tries the second step is locked for a while.")
    )


def _matches(store: Store, account: Account, session: Session, code: str, now: datetime) -> Words:
    """By what the code is right, in words; nothing when it is wrong."""
    settings = queries.settings_of(store=store)
    if settings.totp and account.totp_sealed and (step := _step_of(account, code, now)):
        account.totp_step = step
        return gettext_lazy(" with the app")
    fits = session.code_hash and session.code_until is not None and session.code_until > now
    if settings.sms and account.mfa_sms and fits and session.code_hash == _sms_hash(session, code):
        return _(" with a text message")
    rows = RecoveryCode.objects.filter(store=store, account=account, used_at=None)
    if rows.filter(code_hash=_recovery_hash(account, code)).update(used_at=now):
        return _(" with a recovery code")
    return ""


def _step_of(account: Account, code: str, now: datetime) -> int:
    """The half minute that a code belongs to: this one or a neighbour, and none that was used; 0 when it is wrong."""
    try:
        secret = open_sealed(account.totp_sealed)["secret"]
    except CannotOpen:  # the key is lost: recovery codes still work, and staff can reset it
        return 0
    this = int(now.timestamp()) // _STEP
    app = pyotp.TOTP(secret)
    for step in (this, this - 1, this + 1):
        if step > account.totp_step and pyotp.utils.strings_equal(app.generate_otp(step), code):
            return step
    return 0


def _note_wrong(store: Store, account: Account, now: datetime) -> None:
    account.second_failed += 1
    if account.second_failed >= MOST_WRONG_SECOND:
        account.second_failed, account.second_locked_until = 0, now + LOCK
        Session.objects.filter(store=store, account=account, stage=Stage.SECOND).delete()
        tell_locked(store=store, account=account, what=gettext_lazy("second step"), now=now)
    account.save(update_fields=["second_failed", "second_locked_until"])


def _remember(store: Store, account: Account, session: Session, now: datetime) -> str:
    key = new_secret()
    Device.objects.create(
        id=new_id(),
        store=store,
        account=account,
        key_hash=hash_secret(key),
        name=session.device,
        created_at=now,
        expires_at=now + DEVICE_VALID,
    )
    return key


def ask_for_text(*, store: Store, session: Session, now: datetime) -> None:
    """Have the worker send a code by text message for a sign-in on its way. Raises `NotSignedIn`."""
    if session.stage != Stage.SECOND:
        raise gone()
    _defer_text(store, session, "", now)


def _defer_text(store: Store, session: Session, phone: str, now: datetime) -> None:
    queue.configure_task("accounts.send_text_code").defer(
        store_id=str(store.pk), session_id=str(session.pk), phone=phone, asked_at=now.isoformat()
    )


def send_text_code(*, store: Store, session_id: UUID, phone: str, now: datetime) -> None:
    """Send the code; the last one that was sent counts. `phone` is a new number that is to be proven."""
    rows = Session.objects.select_related("account").filter(store=store, pk=session_id, expires_at__gt=now)
    session = rows.first()
    account = session.account if session else None
    to = phone or (account.mfa_phone if account and account.mfa_sms else "")
    if session is None or account is None or not to:
        return
    code = new_code(6)
    session.code_hash = _sms_hash(session, code + phone)
    session.code_until, session.code_attempts = now + SIGN_IN_VALID, 0
    session.save(update_fields=["code_hash", "code_until", "code_attempts"])
    send_secret(
        store=store,
        kind=mails.TEXT_CODE,
        to=to,
        values={"code": code},
        now=now,
        customer_id=account.customer_id,
        channel=Channel.SMS,
    )


def new_app(*, visitor: Visitor) -> NewApp:
    """A secret for an app that is being set up; nothing is kept yet. Raises `NotOffered`."""
    account = _own(visitor)
    _require(visitor.store, "totp")
    secret = pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=visitor.store.name)
    return NewApp(uri, secret, seal({"secret": secret, "account": str(account.pk)}))


def shown_app(*, visitor: Visitor, sealed: str) -> NewApp:
    """The same app once more, after a wrong code. Raises `Invalid`."""
    account = _own(visitor)
    secret = _opened(account, sealed)
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=visitor.store.name)
    return NewApp(uri, secret, sealed)


def turn_app_on(*, visitor: Visitor, sealed: str, code: str, now: datetime) -> list[str]:
    """Use an app as the second step once it shows the right code; gives fresh recovery codes where there are none.

    Raises `Invalid` and `NotOffered`.
    """
    _require(visitor.store, "totp")
    with transaction.atomic():
        account = lock_own(visitor=visitor)
        secret = _opened(account, sealed)
        account.totp_sealed, account.totp_step = seal({"secret": secret}), 0
        step = _step_of(account, bare(code), now)
        if not step:
            raise Invalid(_("This code is wrong. Is the clock of your phone right?"), field="code")
        account.totp_step = step
        account.save(update_fields=["totp_sealed", "totp_step"])
        return _turned_on(visitor, account, gettext_lazy("app turned on"), now)


def turn_app_off(*, visitor: Visitor, now: datetime) -> None:
    """Take the app away. Raises `Refused` when the store asks for a second step and nothing else is left."""

    def off(account: Account) -> None:
        account.totp_sealed, account.totp_step = "", 0

    _turn_off(visitor, off, gettext_lazy("app turned off"), now)


def ask_to_prove_phone(*, visitor: Visitor, phone: str, now: datetime) -> str:
    """Send a code to the number that is to get them; gives the number as it is kept. Raises `Invalid`, `NotOffered`."""
    _own(visitor)
    _require(visitor.store, "sms")
    number = clean_phone(phone, visitor.store.country)
    _defer_text(visitor.store, Session(pk=visitor.session_id), number, now)
    return number


def turn_texts_on(*, visitor: Visitor, phone: str, code: str, now: datetime) -> list[str]:
    """Send codes to this number once it has proven itself; gives fresh recovery codes where there are none.

    Raises `Invalid` and `NotOffered`.
    """
    _require(visitor.store, "sms")
    number = clean_phone(phone, visitor.store.country)
    with transaction.atomic():
        account = lock_own(visitor=visitor)
        session = Session.objects.select_for_update(of=("self",)).filter(pk=visitor.session_id).first()
        if session is None:
            raise gone()
        right = session.code_until is not None and session.code_until > now
        right = right and session.code_hash == _sms_hash(session, bare(code) + number)
        session.code_attempts += 1
        if right or session.code_attempts >= MOST_WRONG_CODES:
            session.code_hash, session.code_until = "", None
        session.save(update_fields=["code_hash", "code_until", "code_attempts"])
        if right:
            account.mfa_phone, account.mfa_sms = number, True
            account.save(update_fields=["mfa_phone", "mfa_sms"])
            return _turned_on(visitor, account, gettext_lazy("text messages turned on"), now)
    raise Invalid(
        _("This code is wrong or too old. Type it once more, or have another one sent."), field="code"
    )


def turn_texts_off(*, visitor: Visitor, now: datetime) -> None:
    """Send no codes any more. Raises `Refused` as `turn_app_off` does."""

    def off(account: Account) -> None:
        account.mfa_phone, account.mfa_sms = "", False

    _turn_off(visitor, off, gettext_lazy("text messages turned off"), now)


def renew_codes(*, visitor: Visitor, now: datetime) -> list[str]:
    """Ten fresh recovery codes; earlier ones stop working."""
    with transaction.atomic():
        account = lock_own(visitor=visitor)
        if not queries.needs_second_step(queries.settings_of(store=visitor.store), account):
            raise Refused(_("Recovery codes come with a second step. Turn one on first."))
        codes = _fresh_codes(visitor.store, account)
        _tell(visitor, account, gettext_lazy("new recovery codes"), now)
    return codes


def finish_enrolment(*, store: Store, session: Session, now: datetime) -> Begun | None:
    """Let somebody in who had to set a second step up first, and has; nothing while there is none."""
    if session.stage != Stage.ENROL or session.account_id is None:
        return None
    with transaction.atomic():
        account = lock_account(store=store, account_id=session.account_id)
        if not queries.needs_second_step(queries.settings_of(store=store), account):
            return None
        begun = go_on(session=session, stage=Stage.WHOLE, now=now)
        note_signed_in(store=store, account=account, how=gettext_lazy(" with a new second step"), now=now)
    return begun


def _turned_on(visitor: Visitor, account: Account, what: Promise, now: datetime) -> list[str]:
    # Somebody else's browser that is signed in already, or needs no second step, was let in without this one.
    end_account_sessions(store=visitor.store, account_id=account.pk, keep=visitor.session_id)
    codes = []
    if not queries.codes_left(store=visitor.store, account_id=account.pk):
        codes = _fresh_codes(visitor.store, account)
    _tell(visitor, account, what, now)
    return codes


def _turn_off(visitor: Visitor, off: Callable[[Account], None], what: Promise, now: datetime) -> None:
    with transaction.atomic():
        account = lock_own(visitor=visitor)
        off(account)
        settings = queries.settings_of(store=visitor.store)
        is_bare = not queries.needs_second_step(settings, account)
        if settings.second_step == SecondStep.REQUIRED and is_bare:
            raise Refused(_("This shop asks for a second step. Turn another one on first."))
        account.save(update_fields=["totp_sealed", "totp_step", "mfa_phone", "mfa_sms"])
        if is_bare:
            RecoveryCode.objects.filter(store=visitor.store, account=account).delete()
        Device.objects.filter(store=visitor.store, account=account).delete()
        _tell(visitor, account, what, now)


def _tell(visitor: Visitor, account: Account, what: Promise, now: datetime) -> None:
    touched = Touched(visitor.customer_id, data={"what": what})
    emit(
        store=visitor.store, actor=visitor.actor, resource="customers", kind=events.MFA_SET, touched=touched,
        now=now,
    )  # fmt: skip
    write_changed(store=visitor.store, account=account, what=[what], actor=visitor.actor, now=now)


def _fresh_codes(store: Store, account: Account) -> list[str]:
    codes = [new_recovery_code() for _each in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(store=store, account=account).delete()
    RecoveryCode.objects.bulk_create(
        [
            RecoveryCode(id=new_id(), store=store, account=account, code_hash=_recovery_hash(account, code))
            for code in codes
        ]
    )
    return codes


def _recovery_hash(account: Account, code: str) -> str:
    return hash_code(code, about=f"recovery.{account.pk}")


def _sms_hash(session: Session, code: str) -> str:
    return hash_code(code, about=f"sms.{session.pk}")


def _own(visitor: Visitor) -> Account:
    if visitor.account is None:
        raise Refused(_("Staff set up nothing here: this is the customer's own."))
    return visitor.account


def _require(store: Store, factor: str) -> None:
    settings = queries.settings_of(store=store)
    if settings.second_step == SecondStep.OFF or not getattr(settings, factor):
        raise NotOffered(_("This shop does not offer this second step."))


def _opened(account: Account, sealed: str) -> str:
    try:
        kept = open_sealed(sealed)
    except Refused as error:
        raise Invalid(_("This page is too old. Begin anew."), field="code") from error
    if kept.get("account") != str(account.pk):
        raise Invalid(_("This page is too old. Begin anew."), field="code")
    return str(kept["secret"])
