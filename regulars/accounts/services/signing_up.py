"""Getting a login: asked for in a form, and true once the mailbox says so, or staff who see the person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app as queue

from regulars.accounts import events, queries
from regulars.accounts.models import Account, SignUp
from regulars.accounts.rules import SIGN_UP_VALID, bare, check_password_rules, hash_code, new_code
from regulars.accounts.services.sessions import Begun, Browser, NotSignedIn, why_not
from regulars.accounts.services.signing_in import NotLetIn, let_in, require_accounts
from regulars.blocklist.services.gate import may_register
from regulars.customers.former import survivors_by
from regulars.customers.models import Customer
from regulars.customers.services import create_customer, set_has_account, update_customers
from regulars.kit.actor import Actor
from regulars.kit.email import clean_email, email_key
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.kit.words import Words
from regulars.resources.action import Outcome
from regulars.staff.rules import hash_secret, new_secret
from regulars.stores.models import Store
from regulars.stores.services import lock_numbers
from regulars.timeline.services import OpenChangeSet, Touched, emit, open_change_set, record


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A login that is true now; begun where the browser is the one that asked for it."""

    begun: Begun | None


def sign_up(
    *,
    store: Store,
    email: str,
    first_name: str,
    last_name: str,
    language: str,
    password: str,
    browser_secret: str,
    ip: str,
    now: datetime,
) -> str:
    """Ask for a login, with a password or without; gives the code that can be read out to staff.

    The same is done for every address: what the mail says is decided when it is written. Raises `Invalid` and
    `InvalidRecord`.
    """
    require_accounts(store=store)
    address = clean_email(email)
    key = email_key(address)
    asked = SignUp(
        id=new_id(),
        store=store,
        email=address,
        email_key=key,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        language=language,
        browser_hash=hash_secret(browser_secret),
        created_at=now,
        expires_at=now + SIGN_UP_VALID,
    )
    if password:
        check_password_rules(password=password, person=asked)
        asked.password = make_password(password)
    verdict = may_register(store=store, email=address, ip=ip, now=now)
    with transaction.atomic():
        code = _fresh_code(store)
        asked.secret_hash = hash_secret(new_secret())  # the worker makes the one that is mailed
        asked.code_hash = hash_code(code, about=f"sign_up.{store.pk}")
        asked.save(force_insert=True)
        queue.configure_task("accounts.send_confirmation").defer(
            store_id=str(store.pk),
            sign_up_id=str(asked.pk),
            allowed=verdict.allowed,
            refusal=verdict.reason_shown,
            asked_at=now.isoformat(),
        )
    return code


def _fresh_code(store: Store) -> str:
    """A code that nobody else is shown: two people at the counter must not read out the same one."""
    code = new_code()
    while SignUp.objects.filter(store=store, code_hash=hash_code(code, about=f"sign_up.{store.pk}")).exists():
        code = new_code()
    return code


def confirm_sign_up(
    *, store: Store, secret: str, browser_secret: str, password: str, browser: Browser, now: datetime
) -> Confirmed:
    """The mailbox says yes: the login is made, on the record that the store has of this address if there is one.

    `password` is chosen on the page; without it that of the form counts, in the browser where it was typed alone.
    Raises `NotSignedIn`, `NotLetIn` and `InvalidRecord`.
    """
    require_accounts(store=store)
    with transaction.atomic():
        _lock_record_of(store, secret, now)
        asked = _waiting(store, hash_secret(secret), now)
        is_own_browser = bool(browser_secret) and asked.browser_hash == hash_secret(browser_secret)
        if password:
            check_password_rules(password=password, person=asked)
            asked.password = make_password(password)
        elif not is_own_browser:
            asked.password = ""
        customer = _record_of(store, asked, browser.ip, now)
        account, told = _make(store, customer, asked, _(" by its owner"), now)
        actor = queries.customer_actor(customer)
        emit(store=store, actor=actor, resource="customers", kind=events.VERIFIED, touched=told, now=now)
    if not is_own_browser:
        return Confirmed(None)
    return Confirmed(
        let_in(store=store, account=account, how=gettext_lazy(" at once"), browser=browser, now=now)
    )


def confirm_at_counter(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Staff enter the code that a customer in front of them reads out: the login is theirs, and this record's."""
    outcome = Outcome()
    hashed = hash_code(bare(str(inputs["code"])), about=f"sign_up.{store.pk}")
    with transaction.atomic():
        found = lock_rows(Customer.objects.filter(store=store), ids)
        for one in ids:
            customer = found.get(one)
            asked = (
                SignUp.objects.select_for_update()
                .filter(store=store, code_hash=hashed, expires_at__gt=now)
                .first()
            )
            if customer is None:
                outcome.skipped[one] = _("does not exist in this store")
            elif asked is None:
                outcome.skipped[one] = _("nobody is shown this code, or it is too old")
            elif why := _not_theirs(store, customer, asked, now):
                outcome.skipped[one] = why
            else:
                _account, told = _make(store, customer, asked, _(" by a code read out"), now)
                opened = change_set or open_change_set(
                    store=store, actor=actor, kind=events.VERIFIED, now=now
                )
                record(change_set=opened, resource="customers", kind=events.VERIFIED, touched=[told], now=now)
                outcome.change_set = opened.id
                outcome.done.append(one)
    return outcome


def give_login(*, store: Store, customer_id: UUID, password: str, actor: Actor, now: datetime) -> Account:
    """Give a customer a login with this password at once, without a mail (the demo). Raises `InvalidRecord`."""
    with transaction.atomic():
        customer = lock_rows(Customer.objects.filter(store=store), [customer_id])[customer_id]
        check_password_rules(password=password, person=customer)
        asked = SignUp(email=customer.email, email_key=customer.email_key, password=make_password(password))
        account, told = _make(store, customer, asked, "", now)
        emit(store=store, actor=actor, resource="customers", kind=events.CREATED, touched=told, now=now)
    return account


def _not_theirs(store: Store, customer: Customer, asked: SignUp, now: datetime) -> str:
    if why := why_not(store=store, customer=customer, ip="", now=now):
        return _("may not sign in: %(why)s") % {"why": why}
    if queries.account_of(store=store, customer_id=customer.pk) is not None:
        return _("has a login already")
    if queries.find_account(store=store, email_key=asked.email_key) is not None:
        return _("another customer signs in with the address of this code")
    other = _known(store, asked.email_key)
    if other is not None and other != customer.pk:
        return _("the address of this code is another customer's: merge the two first")
    return ""


def _lock_record_of(store: Store, secret: str, now: datetime) -> None:
    """Customers before what hangs on them, as everywhere: staff at the counter may confirm the same one just now."""
    asked = queries.find_sign_up(store=store, secret=secret, now=now)
    if asked is None:
        return
    known = _known(store, asked.email_key)
    if known is None:
        # Of two forms with one address, the second waits here and finds the record that the first one made.
        lock_numbers(store_id=store.pk)
        known = _known(store, asked.email_key)
    if known is not None:
        lock_rows(Customer.objects.filter(store=store), [known])


def _waiting(store: Store, secret_hash: str, now: datetime) -> SignUp:
    rows = SignUp.objects.select_for_update().filter(store=store, secret_hash=secret_hash, expires_at__gt=now)
    asked = rows.first()
    if asked is None:
        raise NotSignedIn(_("This link is wrong, too old or used already. Ask for a new login."))
    return asked


def _known(store: Store, key: str) -> UUID | None:
    rows = Customer.objects.filter(store=store, email_key=key)
    found = rows.values_list("pk", flat=True).first()
    return found or survivors_by(store=store, column="email_key", keys=[key]).get(key)


def _record_of(store: Store, asked: SignUp, ip: str, now: datetime) -> Customer:
    """The record that the store has of this address: what was ordered as a guest is theirs already. Else a new one."""
    known = _known(store, asked.email_key)
    if known is None:
        values = {
            "first_name": asked.first_name,
            "last_name": asked.last_name,
            "email": asked.email,
            "language": asked.language,
            "source": "shop",
        }
        actor = Actor(kind="customer", name="Shop page", surface="shop")
        known = create_customer(store=store, values=values, actor=actor, now=now).pk
    customer = lock_rows(Customer.objects.filter(store=store), [known])[known]
    if why := why_not(store=store, customer=customer, ip=ip, now=now):
        raise NotLetIn(why)
    # An invitation that nobody followed yet is overtaken.
    Account.objects.filter(store=store, customer_id=known, verified_at=None).delete()
    if queries.account_of(store=store, customer_id=known) is not None:
        raise NotSignedIn(_("There is a login for this address by now. Sign in with it."))
    return customer


def _make(
    store: Store, customer: Customer, asked: SignUp, how: Words, now: datetime
) -> tuple[Account, Touched]:
    """The account; what the record does not say yet is taken from the form."""
    named = customer.first_name or customer.last_name
    typed = {"language": asked.language, "email": asked.email}
    typed |= {} if named else {"first_name": asked.first_name, "last_name": asked.last_name}
    filled = {name: value for name, value in typed.items() if value and not getattr(customer, name)}
    if filled:
        update_customers(store=store, changes=[(customer.pk, filled)], now=now)
        customer.refresh_from_db()
    account = Account(
        id=new_id(),
        store=store,
        customer=customer,
        email=asked.email,
        email_key=asked.email_key,
        verified_at=now,
        password=asked.password,
        created_at=now,
    )
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise NotSignedIn(_("There is a login for this address by now. Sign in with it.")) from error
    # One that is being confirmed just now is left to its own end: it finds the login that is there by now.
    waiting = SignUp.objects.filter(store=store, email_key=asked.email_key).select_for_update(
        skip_locked=True
    )
    SignUp.objects.filter(store=store, pk__in=list(waiting.values_list("pk", flat=True))).delete()
    set_has_account(store=store, ids=[customer.pk], has=True)
    version = customer.version if filled else 0
    return account, Touched(customer.pk, version, dict.fromkeys(filled, ""), filled, {"how": how})
