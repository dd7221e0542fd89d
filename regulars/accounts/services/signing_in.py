"""Signing in: by password, or by the link or code of a mail. Whatever goes wrong is answered alike."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app as queue

from regulars.accounts import events, queries
from regulars.accounts.choices import Purpose, SecondStep, Stage
from regulars.accounts.models import Account, Token
from regulars.accounts.rules import (
    LOCK,
    LONGEST_PASSWORD,
    MOST_WRONG,
    MOST_WRONG_CODES,
    bare,
    hash_code,
)
from regulars.accounts.services.mailing import write_locked
from regulars.accounts.services.sessions import (
    Begun,
    Browser,
    NotSignedIn,
    begin,
    end_sessions,
    lock_account,
    why_not,
)
from regulars.customers.models import Customer
from regulars.customers.services import set_has_account
from regulars.kit.email import email_key
from regulars.kit.errors import Refused
from regulars.kit.language import spoken
from regulars.kit.locks import lock_rows
from regulars.kit.words import Words
from regulars.staff.rules import hash_secret
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, emit

# In place of a password: Django hashes for nothing then, so that it takes as long as with one.
_NONE = "!"


class NotLetIn(Refused):
    """They are who they say, and may not come in."""

    code = "not_let_in"
    status = 403


class NoAccounts(Refused):
    """The store has no accounts for customers."""

    code = "no_accounts"
    status = 404


def require_accounts(*, store: Store) -> None:
    """Raise `NoAccounts` where customers do not sign in."""
    if not queries.settings_of(store=store).active:
        raise NoAccounts(_("This shop has no logins for customers."))


def sign_in(*, store: Store, email: str, password: str, browser: Browser, now: datetime) -> Begun:
    """Sign in by password. Raises `NotSignedIn` and `NotLetIn`."""
    require_accounts(store=store)
    key = email_key(email.strip())
    account = queries.find_account(store=store, email_key=key)
    right = check_password(
        password[: LONGEST_PASSWORD + 1], password_of(account, now), lambda typed: _hash_anew(account, typed)
    )
    if account is None or not right:
        note_wrong(store=store, key=key, now=now)
        raise _wrong()
    how = gettext_lazy(" by password")
    return let_in(store=store, account=account, how=how, browser=browser, now=now, by_password=True)


def _wrong() -> NotSignedIn:
    return NotSignedIn(
        _("Address or password is wrong. After several wrong tries a password is locked for a while.")
    )


def _hash_anew(account: Account | None, typed: str) -> None:
    """A hash of years ago is cheaper to guess than one of today: that takes its place."""
    if account is not None:
        fresh = make_password(typed)
        rows = Account.objects.filter(store_id=account.store_id, pk=account.pk, password=account.password)
        rows.update(password=fresh)
        account.password = fresh


def password_of(account: Account | None, now: datetime) -> str:
    """The hash to compare with; none for whoever cannot sign in by password just now."""
    if account is None or not account.password or account.verified_at is None:
        return _NONE
    if account.locked_until is not None and account.locked_until > now:
        return _NONE
    if account.password_until is not None and account.password_until <= now:
        return _NONE
    return account.password


def note_wrong(*, store: Store, key: str, now: datetime) -> None:
    """Count it, in one statement whether or not there is such an account; the tenth one in a row locks the password.

    The worker tells the owner, and is called each time: writing to them here would take longer for who has an account.
    """
    rows = Account.objects.filter(store=store, email_key=key).exclude(locked_until__gt=now)
    is_last = {"failed__gte": MOST_WRONG - 1}
    rows.update(
        locked_until=Case(When(**is_last, then=Value(now + LOCK)), default=F("locked_until")),
        failed=Case(When(**is_last, then=Value(0)), default=F("failed") + 1),
    )
    just_now = Account.objects.select_related("customer").filter(
        store=store, email_key=key, locked_until=now + LOCK
    )
    locked = just_now.first()
    queue.configure_task("accounts.send_locked").defer(
        store_id=str(store.pk),
        account_id=str(locked.pk) if locked is not None else "",
        asked_at=now.isoformat(),
    )


def send_locked(*, store: Store, account_id: UUID, now: datetime) -> None:
    """Write to whoever has so many wrong passwords typed for them."""
    rows = queries.accounts_of(store).select_related("customer")
    if (account := rows.filter(pk=account_id).first()) is not None:
        with spoken(account.customer.language or store.language):
            tell_locked(store=store, account=account, what=gettext_lazy("password"), now=now)


def tell_locked(*, store: Store, account: Account, what: Words, now: datetime) -> None:
    """Write to somebody whose sign-in was locked, and into the history."""
    write_locked(store=store, account=account, now=now)
    touched = Touched(account.customer_id, data={"what": what})
    actor = queries.customer_actor(account.customer)
    emit(store=store, actor=actor, resource="customers", kind=events.LOCKED, touched=touched, now=now)


def ask_for_link(*, store: Store, email: str, challenge: UUID, browser_secret: str, now: datetime) -> None:
    """Have the worker mail a link and a code to sign in.

    The same is done for every address; who it is, and whether they may, is looked at when the mail is written.
    """
    require_accounts(store=store)
    queue.configure_task("accounts.send_sign_in").defer(
        store_id=str(store.pk),
        email=email.strip()[:254],
        challenge=str(challenge),
        browser_hash=hash_secret(browser_secret),
        asked_at=now.isoformat(),
    )


def sign_in_by_link(
    *, store: Store, secret: str, browser_secret: str, browser: Browser, now: datetime
) -> Begun:
    """Sign in by the link of a mail, in the browser that asked for it. Raises `NotSignedIn` and `NotLetIn`."""
    require_accounts(store=store)
    with transaction.atomic():
        rows = Token.objects.filter(
            store=store,
            purpose=Purpose.SIGN_IN,
            secret_hash=hash_secret(secret),
            browser_hash=hash_secret(browser_secret),
        )
        _lock_customer(store, rows)
        account = _use(store, rows.select_for_update(of=("self",)).first(), now)
    return let_in(store=store, account=account, how=gettext_lazy(" by mail"), browser=browser, now=now)


def sign_in_by_code(
    *, store: Store, challenge: UUID, browser_secret: str, code: str, browser: Browser, now: datetime
) -> Begun:
    """Sign in by the code of a mail: five tries, where it was asked for. Raises `NotSignedIn` and `NotLetIn`."""
    require_accounts(store=store)
    with transaction.atomic():
        rows = Token.objects.filter(
            store=store, purpose=Purpose.SIGN_IN, pk=challenge, browser_hash=hash_secret(browser_secret)
        )
        _lock_customer(store, rows)
        # Counted before it is looked at, and kept though it is refused: many tries at once are many tries.
        rows.update(attempts=F("attempts") + 1)
        wanted = hash_code(bare(code), about=f"sign_in.{challenge}")
        right = rows.filter(code_hash=wanted, attempts__lte=MOST_WRONG_CODES)
        token = right.select_for_update(of=("self",)).first()
        account = _use(store, token, now) if token is not None else None
    if account is None:
        raise _gone()
    return let_in(store=store, account=account, how=gettext_lazy(" by mail"), browser=browser, now=now)


def _lock_customer(store: Store, rows: QuerySet[Token]) -> None:
    """Customers before what hangs on them, as everywhere."""
    lock_rows(Customer.objects.filter(store=store), rows.values_list("account__customer_id", flat=True))


def _use(store: Store, token: Token | None, now: datetime) -> Account:
    """Use a link up; the mailbox it went to signs in from now on."""
    if token is None or token.used_at is not None or token.expires_at <= now:
        raise _gone()
    token.used_at = now
    token.save(update_fields=["used_at"])
    account = Account.objects.select_related("customer").get(pk=token.account_id)
    prove(store=store, account=account, email=token.email, now=now)
    return account


def prove(*, store: Store, account: Account, email: str, now: datetime) -> None:
    """A mailbox has proven itself: it is the one that signs in. Raises `NotSignedIn` when another account has it."""
    key = email_key(email)
    if account.verified_at is not None and account.email_key == key:
        return
    earlier = account.email if account.verified_at is not None else ""
    account.email, account.email_key = email, key
    account.verified_at = account.verified_at or now
    try:
        with transaction.atomic():
            account.save(update_fields=["email", "email_key", "verified_at"])
    except IntegrityError as error:
        raise _gone() from error
    set_has_account(store=store, ids=[account.customer_id], has=True)
    if earlier:
        queue.configure_task("accounts.send_moved").defer(
            store_id=str(store.pk), account_id=str(account.pk), email=earlier, asked_at=now.isoformat()
        )


def let_in(
    *, store: Store, account: Account, how: Words, browser: Browser, now: datetime, by_password: bool = False
) -> Begun:
    """Somebody has proven who they are: begin their session, or the next step.

    Raises `NotLetIn`; and `NotSignedIn` when the password was changed or locked while it was being compared.
    """
    customer = account.customer
    if why := why_not(store=store, customer=customer, ip=browser.ip, now=now):
        end_sessions(store=store, customer_ids=[customer.pk])
        _tell(store, customer, events.REFUSED, {"why": why}, now)
        raise NotLetIn(why)
    with transaction.atomic():
        known, account = account, lock_account(store=store, account_id=account.pk)
        if by_password and password_of(account, now) != known.password:
            raise _wrong()
        Account.objects.filter(store=store, pk=account.pk).update(failed=0, locked_until=None)
        settings = queries.settings_of(store=store)
        stage = next_stage(settings=settings, account=account, passed=False)
        if stage == Stage.SECOND and queries.is_trusted(
            store=store, account_id=account.pk, key=browser.device_key, now=now
        ):
            stage = next_stage(settings=settings, account=account, passed=True)
        begun = begin(store=store, account=account, stage=stage, browser=browser, now=now)
        if stage == Stage.WHOLE:
            note_signed_in(store=store, account=account, how=how, now=now)
    return begun


def next_stage(*, settings: queries.Settings, account: Account, passed: bool) -> Stage:
    """What a sign-in lacks: the second step first, so that nobody changes a password without it."""
    if not passed and queries.needs_second_step(settings, account):
        return Stage.SECOND
    if account.must_change:
        return Stage.PASSWORD
    if settings.second_step == SecondStep.REQUIRED and not queries.needs_second_step(settings, account):
        return Stage.ENROL
    return Stage.WHOLE


def note_signed_in(*, store: Store, account: Account, how: Words, now: datetime) -> None:
    """A sign-in is whole: keep when, and tell it in the history."""
    Account.objects.filter(store=store, pk=account.pk).update(signed_in_at=now)
    _tell(store, account.customer, events.SIGNED_IN, {"how": how}, now)


def _tell(store: Store, customer: Customer, kind: EventKind, data: dict[str, Words], now: datetime) -> None:
    actor = queries.customer_actor(customer)
    touched = Touched(customer.pk, data=data)
    emit(store=store, actor=actor, resource="customers", kind=kind, touched=touched, now=now)


def _gone() -> NotSignedIn:
    return NotSignedIn(_("This link or code is wrong, too old or used already. Ask for a new one."))
