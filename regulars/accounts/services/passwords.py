"""Passwords: forgotten, chosen by a link, changed, given out by staff."""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app as queue

from regulars.accounts import events, queries
from regulars.accounts.choices import Purpose, Stage
from regulars.accounts.models import Account, Session, Token
from regulars.accounts.queries import Visitor
from regulars.accounts.rules import check_password_rules
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
    prove,
    require_accounts,
)
from regulars.customers.models import Customer
from regulars.kit.errors import InvalidRecord
from regulars.kit.locks import lock_rows
from regulars.staff.rules import hash_secret
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit


def ask_for_reset(*, store: Store, email: str, now: datetime) -> None:
    """Have the worker mail a link for a new password; the same is done for every address."""
    require_accounts(store=store)
    queue.configure_task("accounts.send_reset").defer(
        store_id=str(store.pk), email=email.strip()[:254], asked_at=now.isoformat()
    )


def set_password_by_link(*, store: Store, secret: str, password: str, now: datetime) -> None:
    """Choose a password by the link of a mail, which proves the mailbox.

    Every session ends, and nobody is signed in: the second step stays asked for. Raises `NotSignedIn`, `NotLetIn` and
    `InvalidRecord`.
    """
    require_accounts(store=store)
    with transaction.atomic():
        rows = Token.objects.filter(store=store, purpose=Purpose.PASSWORD, secret_hash=hash_secret(secret))
        lock_rows(Customer.objects.filter(store=store), rows.values_list("account__customer_id", flat=True))
        token = rows.select_for_update(of=("self",)).filter(used_at=None, expires_at__gt=now).first()
        if token is None:
            raise NotSignedIn(_("This link is wrong, too old or used already. Ask for a new one."))
        account = Account.objects.select_related("customer").get(pk=token.account_id)
        check_password_rules(password=password, person=account.customer)
        if why := why_not(store=store, customer=account.customer, ip="", now=now):
            raise NotLetIn(why)
        token.used_at = now
        token.save(update_fields=["used_at"])
        prove(store=store, account=account, email=token.email, now=now)
        _set(store, account, password, now)
        end_account_sessions(store=store, account_id=account.pk)


def change_password(*, visitor: Visitor, password: str, now: datetime) -> None:
    """Change one's own password; every other session ends. Raises `InvalidRecord` and `NotSignedIn`."""
    check_password_rules(password=password, person=visitor.customer)
    with transaction.atomic():
        account = lock_own(visitor=visitor)
        _set(visitor.store, account, password, now)
        end_account_sessions(store=visitor.store, account_id=account.pk, keep=visitor.session_id)


def replace_password(*, store: Store, session: Session, password: str, now: datetime) -> Begun:
    """Choose a password in place of the one that staff gave out, and go on with the sign-in.

    Raises `InvalidRecord` and `NotSignedIn`.
    """
    if session.stage != Stage.PASSWORD or session.account_id is None:
        raise gone()
    check_password_rules(password=password, person=session.customer)
    with transaction.atomic():
        account = lock_account(store=store, account_id=session.account_id)
        if account.password and check_password(password, account.password):
            raise InvalidRecord({"password": _("Choose another password than the one you were given.")})
        _set(store, account, password, now)
        end_account_sessions(store=store, account_id=account.pk, keep=session.pk)
        settings = queries.settings_of(store=store)
        stage = next_stage(settings=settings, account=account, passed=True)
        begun = go_on(session=session, stage=stage, now=now)
        if stage == Stage.WHOLE:
            note_signed_in(store=store, account=account, how=gettext_lazy(" with a new password"), now=now)
    return begun


def _set(store: Store, account: Account, password: str, now: datetime) -> None:
    account.password, account.must_change, account.password_until = make_password(password), False, None
    account.failed, account.locked_until = 0, None
    account.save(update_fields=["password", "must_change", "password_until", "failed", "locked_until"])
    actor = queries.customer_actor(account.customer)
    touched = Touched(account.customer_id)
    emit(store=store, actor=actor, resource="customers", kind=events.PASSWORD_SET, touched=touched, now=now)
    what = gettext_lazy("a new password")
    write_changed(store=store, account=account, what=[what], actor=actor, now=now)
