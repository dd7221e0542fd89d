"""Signing in with another address, and proving one's own anew."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue

from regulars.accounts import events
from regulars.accounts.choices import Purpose
from regulars.accounts.models import Session, Token
from regulars.accounts.queries import Visitor
from regulars.accounts.rules import MOST_WRONG_CODES, bare, hash_code
from regulars.accounts.services.sessions import NotSignedIn, end_account_sessions, lock_own
from regulars.accounts.services.signing_in import note_wrong, password_of, prove
from regulars.customers.models import Customer
from regulars.customers.services import edit_customer
from regulars.kit.email import clean_email, email_key
from regulars.staff.rules import hash_secret
from regulars.timeline.services import Touched, emit


def change_email(*, visitor: Visitor, email: str, browser_secret: str, now: datetime) -> None:
    """Ask to sign in with another address: its mailbox gets a link. Nothing changes before that is opened here.

    Whether the address is somebody else's is not said; then no link of it works. Raises `Invalid`.
    """
    assert visitor.account is not None
    queue.configure_task("accounts.send_new_email").defer(
        store_id=str(visitor.store.pk),
        account_id=str(visitor.account.pk),
        email=clean_email(email),
        browser_hash=hash_secret(browser_secret),
        asked_at=now.isoformat(),
    )


def confirm_email(*, visitor: Visitor, secret: str, browser_secret: str, now: datetime) -> None:
    """The new mailbox says yes: it signs in from now on, and the record has it. The old one is told.

    Other browsers are signed out, and no link works any more that went to the old mailbox. Raises `NotSignedIn`.
    """
    store = visitor.store
    gone = NotSignedIn(_("This link is wrong, too old or used already. Ask for a new one."))
    with transaction.atomic():
        account = lock_own(visitor=visitor)
        customer = account.customer
        rows = Token.objects.select_for_update(of=("self",)).filter(
            store=store,
            account=account,
            purpose=Purpose.EMAIL,
            secret_hash=hash_secret(secret),
            browser_hash=hash_secret(browser_secret),
            used_at=None,
            expires_at__gt=now,
        )
        token = rows.first()
        taken = Customer.objects.filter(store=store, email_key=email_key(token.email) if token else "")
        if token is None or taken.exclude(pk=customer.pk).exists():
            raise gone
        token.used_at = now
        token.save(update_fields=["used_at"])
        prove(store=store, account=account, email=token.email, now=now)
        edit_customer(
            store=store, customer_id=customer.pk, values={"email": token.email}, base_version=None,
            actor=visitor.actor, now=now,
        )  # fmt: skip
        end_account_sessions(store=store, account_id=account.pk, keep=visitor.session_id)
        touched = Touched(customer.pk)
        emit(
            store=store, actor=visitor.actor, resource="customers", kind=events.EMAIL_CHANGED, touched=touched,
            now=now,
        )  # fmt: skip


def prove_again(*, visitor: Visitor, password: str, now: datetime) -> None:
    """Say one's password once more, before something that must not be done at somebody else's open browser.

    Raises `NotSignedIn`.
    """
    account = visitor.account
    assert account is not None
    if not check_password(password[:201], password_of(account, now)):
        note_wrong(store=visitor.store, key=account.email_key, now=now)
        raise NotSignedIn(_("The password is wrong. After several wrong tries it is locked for a while."))
    Session.objects.filter(store=visitor.store, pk=visitor.session_id).update(proved_at=now)


def prove_again_by_code(
    *, visitor: Visitor, challenge: UUID, browser_secret: str, code: str, now: datetime
) -> None:
    """The same with the code of a mail. Raises `NotSignedIn`."""
    account, store = visitor.account, visitor.store
    assert account is not None
    with transaction.atomic():
        rows = Token.objects.filter(
            store=store, account=account, purpose=Purpose.SIGN_IN, pk=challenge,
            browser_hash=hash_secret(browser_secret), used_at=None, expires_at__gt=now,
        )  # fmt: skip
        rows.update(attempts=F("attempts") + 1)
        wanted = hash_code(bare(code), about=f"sign_in.{challenge}")
        used = rows.filter(code_hash=wanted, attempts__lte=MOST_WRONG_CODES).update(used_at=now)
        if used:
            Session.objects.filter(store=store, pk=visitor.session_id).update(proved_at=now)
    if not used:
        raise NotSignedIn(_("This code is wrong, too old or used already. Ask for a new one."))
