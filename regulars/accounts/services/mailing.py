"""Writing to people about their sign-in; what lets a reader in is made when the mail is written, by the worker."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from regulars.accounts import mails, queries
from regulars.accounts.choices import Purpose
from regulars.accounts.models import Account, SignUp, Token
from regulars.accounts.rules import (
    INVITE_VALID,
    MOST_LINKS_AN_HOUR,
    PROOF_VALID,
    RESET_VALID,
    SIGN_IN_VALID,
    STAFF_LINK_VALID,
    hash_code,
    new_code,
    spaced,
)
from regulars.accounts.services.sessions import why_not
from regulars.customers.former import survivors_by
from regulars.kit.actor import Actor, system
from regulars.kit.email import email_key
from regulars.kit.ids import new_id
from regulars.kit.language import spoken
from regulars.messaging.kinds import MessageKind
from regulars.messaging.services import send, send_secret
from regulars.staff.rules import hash_secret, new_secret
from regulars.stores.models import Store


def address(store: Store, path: str = "") -> str:
    """A page of the shop's accounts, at the address of the install; never at one that a request claims."""
    return f"{settings.BASE_URL.rstrip('/')}/shop/{store.slug}/account/{path}"


def make_token(
    *,
    store: Store,
    account: Account,
    purpose: Purpose,
    email: str,
    valid: timedelta,
    now: datetime,
    token_id: UUID | None = None,
    browser_hash: str = "",
) -> tuple[str, str]:
    """A link that works once, and the code beside it. An earlier link for the same is not ended: mail can cross."""
    secret, code, made = new_secret(), new_code(), token_id or new_id()
    Token.objects.create(
        id=made,
        store=store,
        account=account,
        purpose=purpose,
        email=email,
        secret_hash=hash_secret(secret),
        code_hash=hash_code(code, about=f"sign_in.{made}"),
        browser_hash=browser_hash,
        created_at=now,
        expires_at=now + valid,
    )
    return secret, code


def send_sign_in(*, store: Store, email: str, challenge: UUID, browser_hash: str, now: datetime) -> None:
    """Mail a link and a code to sign in; to an address without an account that there is none."""
    account = queries.find_account(store=store, email_key=email_key(email))
    if account is None:
        _tell_stranger(store, email, now)
        return
    if not _may_write(store, account, now) or Token.objects.filter(pk=challenge).exists():
        return
    if _refused(store, account, now):
        return
    secret, code = make_token(
        store=store,
        account=account,
        purpose=Purpose.SIGN_IN,
        email=account.email,
        valid=SIGN_IN_VALID,
        now=now,
        token_id=challenge,
        browser_hash=browser_hash,
    )
    _send(store, mails.SIGN_IN, account, address(store, f"sign-in/link/{secret}/"), now, code=spaced(code))


def send_reset(*, store: Store, email: str, now: datetime) -> None:
    """Mail a link for a new password to whoever forgot theirs; to an address without an account that there is none."""
    account = queries.find_account(store=store, email_key=email_key(email))
    if account is None:
        _tell_stranger(store, email, now)
    elif _may_write(store, account, now) and not _refused(store, account, now):
        _send_password_link(store, account, mails.PASSWORD, account.email, RESET_VALID, now)


def send_confirmation(*, store: Store, sign_up_id: UUID, allowed: bool, refusal: str, now: datetime) -> None:
    """Mail whoever signed up the link that confirms it; to an address with an account that there is one."""
    sign_up = SignUp.objects.filter(store=store, pk=sign_up_id).first()
    if sign_up is None:
        return
    known = queries.find_account(store=store, email_key=sign_up.email_key)
    if not allowed:
        send_secret(
            store=store, kind=mails.REFUSED, to=sign_up.email, values={"reason": refusal}, now=now,
            language=sign_up.language,
        )  # fmt: skip
    elif known is not None and known.verified_at is not None:
        if _may_write(store, known, now):
            link = {"link": address(store, "sign-in/")}
            send_secret(
                store=store, kind=mails.HAVE_ONE, to=known.email, values=link, now=now,
                customer_id=known.customer_id,
            )  # fmt: skip
    elif known is None and _was_joined(store, sign_up.email_key):
        send_joined(store=store, email=sign_up.email, now=now)
    else:
        secret = new_secret()
        # The link is known to the mail alone: it is made here, and kept as a digest.
        sign_up.secret_hash = hash_secret(secret)
        sign_up.save(update_fields=["secret_hash"])
        values = {"link": address(store, f"confirm/{secret}/")}
        send_secret(
            store=store,
            kind=mails.CONFIRM,
            to=sign_up.email,
            values=values,
            now=now,
            language=sign_up.language,
        )


def send_new_email(*, store: Store, account_id: UUID, email: str, browser_hash: str, now: datetime) -> None:
    """Mail the address that somebody wants to sign in with the link that says it is theirs."""
    account = queries.accounts_of(store).select_related("customer").filter(pk=account_id).first()
    if account is None or not _may_write(store, account, now):
        return
    secret, _code = make_token(
        store=store, account=account, purpose=Purpose.EMAIL, email=email, valid=RESET_VALID, now=now,
        browser_hash=browser_hash,
    )  # fmt: skip
    values = {"link": address(store, f"security/mail/{secret}/")}
    send_secret(
        store=store, kind=mails.NEW_EMAIL, to=email, values=values, now=now, customer_id=account.customer_id
    )


def send_proof(
    *, store: Store, account_id: UUID, email: str, challenge: UUID, browser_hash: str, now: datetime
) -> None:
    """Mail a link and a code to an address that a customer says is theirs too; the same mail to every address."""
    account = queries.accounts_of(store).select_related("customer").filter(pk=account_id).first()
    if account is None or not _may_write(store, account, now) or Token.objects.filter(pk=challenge).exists():
        return
    secret, code = make_token(
        store=store,
        account=account,
        purpose=Purpose.JOIN,
        email=email,
        valid=PROOF_VALID,
        now=now,
        token_id=challenge,
        browser_hash=browser_hash,
    )
    values = {"link": address(store, f"security/join/link/{secret}/"), "code": spaced(code)}
    send_secret(
        store=store, kind=mails.PROVE, to=email, values=values, now=now, customer_id=account.customer_id
    )


def send_joined(*, store: Store, email: str, now: datetime, customer_id: UUID | None = None) -> None:
    """Tell an address that another one signs in for it."""
    values = {"link": address(store, "sign-in/")}
    send_secret(store=store, kind=mails.JOINED, to=email, values=values, now=now, customer_id=customer_id)


def send_login(*, store: Store, account: Account, actor: Actor, now: datetime) -> None:
    """Mail a customer how to sign in; with a link for a password where their mailbox has not proven itself yet."""
    customer = account.customer
    if account.verified_at is None or account.email_key != customer.email_key:
        _send_password_link(store, account, mails.INVITE, customer.email, INVITE_VALID, now, actor)
        return
    values = {"link": address(store, "sign-in/"), "email": account.email}
    send(store=store, customer_id=customer.pk, kind=mails.LOGIN, values=values, key="", actor=actor, now=now)


def send_staff_link(*, store: Store, account: Account, actor: Actor, now: datetime) -> None:
    """Mail a customer the link for a new password that staff asked for."""
    email = account.email if account.verified_at else account.customer.email
    _send_password_link(store, account, mails.PASSWORD_BY_STAFF, email, STAFF_LINK_VALID, now, actor)


def write_locked(*, store: Store, account: Account, now: datetime) -> None:
    """Tell a customer that somebody tried to get in."""
    values = {"link": address(store, "sign-in/mail/")}
    send(
        store=store, customer_id=account.customer_id, kind=mails.LOCKED, values=values, key="",
        actor=system(), now=now,
    )  # fmt: skip


def write_changed(
    *, store: Store, account: Account, what: Sequence[Promise], actor: Actor, now: datetime
) -> None:
    """Tell a customer that something about their sign-in is not what it was: in their language, whoever did it."""
    with spoken(account.customer.language or store.language):
        told = ", ".join(str(one) for one in what)
    send(
        store=store, customer_id=account.customer_id, kind=mails.CHANGED, values={"what": told}, key="",
        actor=actor, now=now,
    )  # fmt: skip


def send_moved(*, store: Store, account_id: UUID, email: str, now: datetime) -> None:
    """Tell the mailbox that signed in until now that another one does: it may be the first its owner hears of it."""
    account = queries.accounts_of(store).select_related("customer").filter(pk=account_id).first()
    if account is None:
        return
    with spoken(account.customer.language or store.language):
        what = str(_("another address"))
    send_secret(
        store=store, kind=mails.CHANGED, to=email, values={"what": what}, now=now,
        customer_id=account.customer_id,
    )  # fmt: skip


def _send_password_link(
    store: Store,
    account: Account,
    kind: MessageKind,
    email: str,
    valid: timedelta,
    now: datetime,
    actor: Actor | None = None,
) -> None:
    secret, _code = make_token(
        store=store, account=account, purpose=Purpose.PASSWORD, email=email, valid=valid, now=now
    )
    values = {"link": address(store, f"password/{secret}/")}
    send_secret(
        store=store, kind=kind, to=email, values=values, now=now, customer_id=account.customer_id, actor=actor
    )


def _send(
    store: Store, kind: MessageKind, account: Account, link: str, now: datetime, *, code: str = ""
) -> None:
    send_secret(
        store=store, kind=kind, to=account.email, values={"link": link, "code": code}, now=now,
        customer_id=account.customer_id,
    )  # fmt: skip


def _may_write(store: Store, account: Account, now: datetime) -> bool:
    """Nobody's mailbox is filled by somebody who asks again and again."""
    since = now - timedelta(hours=1)
    asked = Token.objects.filter(store=store, account=account, created_at__gt=since)
    return asked.count() < MOST_LINKS_AN_HOUR


def _refused(store: Store, account: Account, now: datetime) -> bool:
    """Whoever may not come in is told so by mail, where nobody else reads it."""
    language = account.customer.language or store.language
    with spoken(language):
        why = why_not(store=store, customer=account.customer, ip="", now=now)
    if why:
        send_secret(
            store=store, kind=mails.REFUSED, to=account.email, values={"reason": why}, now=now,
            customer_id=account.customer_id,
        )  # fmt: skip
    return bool(why)


def _tell_stranger(store: Store, email: str, now: datetime) -> None:
    """Nobody signs in with this address: not yet, or not any more."""
    if _was_joined(store, email_key(email)):
        send_joined(store=store, email=email, now=now)
        return
    link = {"link": address(store, "new/")}
    send_secret(store=store, kind=mails.NO_ACCOUNT, to=email, values=link, now=now)


def _was_joined(store: Store, key: str) -> bool:
    """Whether the record of this address went into one that signs in with another address."""
    lives_on = survivors_by(store=store, column="email_key", keys=[key]).get(key)
    account = queries.account_of(store=store, customer_id=lives_on) if lives_on else None
    return account is not None and account.verified_at is not None
