"""Joining two accounts of one person: who the other one is, whether it may be, what comes of it, and doing it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.accounts import queries as accounts
from regulars.accounts import services as account_services
from regulars.accounts.queries import Visitor
from regulars.accounts.services import Begun, Browser, NotProven
from regulars.customers.former import survivors_by
from regulars.customers.queries import Customer, customers_of
from regulars.duplicates.facts import merged_customer
from regulars.duplicates.services import CannotMerge, merge_own
from regulars.kit.email import email_key
from regulars.kit.errors import NotFound, Refused
from regulars.kit.locks import lock_rows
from regulars.privacy import queries as privacy
from regulars.privacy.choices import Kind

# What was agreed to in this account holds for the address and the phone that stay; nothing comes from the other.
_OWN_WORD = ("accepts_marketing", "points_summary", "accepts_sms")


class CannotJoin(Refused):
    """The two cannot be joined, or not from here."""

    code = "cannot_join"


@dataclass(frozen=True, slots=True)
class Preview:
    """Two records as they are, and the one that would come of them. Without `other` there is nothing to join."""

    email: str
    own: Customer
    other: Customer | None
    result: Customer | None


def preview_join(*, visitor: Visitor, proof_id: UUID, browser_secret: str, now: datetime) -> Preview:
    """What joining would do. Nothing is written. Raises `NotProven` and `CannotJoin`."""
    email = _proven(visitor, proof_id, browser_secret, now)
    own, other = visitor.customer, _other(visitor, email)
    if other is None:
        return Preview(email, own, None, None)
    _check(visitor, own, other, email, now)
    return Preview(email, own, other, merged_customer(own, [other], _choices(own)))


def join(*, visitor: Visitor, proof_id: UUID, browser_secret: str, browser: Browser, now: datetime) -> Begun:
    """Let the other account go into this one: orders, points and all else move, its login is gone, and staff can split
    the two again. Everybody is signed out; this browser gets a new key.

    Raises `NotProven`, `CannotJoin`, and `NotSignedIn` when somebody has just ended the session.
    """
    store, own_id = visitor.store, visitor.customer_id
    # Outside the transaction, so that what the block list notes of a refusal stays.
    looked = preview_join(visitor=visitor, proof_id=proof_id, browser_secret=browser_secret, now=now)
    email, seen = looked.email, looked.other
    if seen is None:
        raise CannotJoin(_("There is nothing else under this address."))
    with transaction.atomic():
        locked = lock_rows(customers_of(store), [own_id, seen.pk], to_remove=True)
        own, other = locked.get(own_id), locked.get(seen.pk)
        if own is None or other is None or _other(visitor, email) != other:
            # Somebody joined, merged or renamed one of them between the look and the lock.
            raise CannotJoin(_("One of the two was changed just now. Please begin anew."))
        _check(visitor, own, other, email, now)
        account_services.use_proof(visitor=visitor, proof_id=proof_id, browser_secret=browser_secret, now=now)
        account_services.require_session(visitor=visitor)
        try:
            merge_own(
                store=store, survivor_id=own_id, loser_id=other.pk, choices=_choices(own), actor=visitor.actor,
                now=now,
            )  # fmt: skip
        except (CannotMerge, NotFound) as refusal:
            raise CannotJoin(
                _("These two cannot be joined here. Please get in touch with the shop.")
            ) from refusal
        return account_services.tell_joined(visitor=visitor, email=email, browser=browser, now=now)


def _proven(visitor: Visitor, proof_id: UUID, browser_secret: str, now: datetime) -> str:
    account = visitor.account
    assert account is not None
    proof = accounts.find_proof(
        store=visitor.store, account_id=account.pk, proof_id=proof_id, browser_secret=browser_secret, now=now
    )
    if proof is None:
        raise NotProven(_("This has become too old, or was used already. Ask for a new mail."))
    return proof.email


def _other(visitor: Visitor, email: str) -> Customer | None:
    """Who else has the proven mailbox: signs in with it, else has it on the record, else had it before a merge."""
    store, key = visitor.store, email_key(email)
    account = accounts.find_account(store=store, email_key=key)
    if account is not None and account.verified_at is not None and account.customer_id != visitor.customer_id:
        return account.customer
    rows = customers_of(store).exclude(pk=visitor.customer_id)
    known = rows.filter(email_key=key).first()
    lives_on = survivors_by(store=store, column="email_key", keys=[key]).get(key)
    return known or (rows.filter(pk=lives_on).first() if lives_on else None)


def _check(visitor: Visitor, own: Customer, other: Customer, email: str, now: datetime) -> None:
    """Refuse what a mailbox alone must not do, and what would take people by surprise. Raises `CannotJoin`."""
    store = visitor.store
    for one in (own, other):
        if why := account_services.why_not(store=store, customer=one, ip="", now=now):
            raise CannotJoin(_("These two cannot be joined: %(why)s") % {"why": why})
        if privacy.unfinished(store=store, customer_id=one.pk, kind=Kind.ERASURE) is not None:
            raise CannotJoin(
                _(
                    "One of the two is about to be erased, as was asked for. Take that back first, under “Your data”."
                )
            )
    login = accounts.account_of(store=store, customer_id=other.pk)
    if login is None or login.verified_at is None:
        return
    if login.email_key != email_key(email):
        raise CannotJoin(
            _("The other account signs in with another address than this one. Give that one instead.")
        )
    if accounts.needs_second_step(accounts.settings_of(store=store), login):
        raise CannotJoin(
            _(
                "The other account has a second step, which a mail cannot stand in for. Sign in to it and join the two "
                "from there, or turn its second step off first."
            )
        )


def _choices(own: Customer) -> dict[str, UUID]:
    return dict.fromkeys(_OWN_WORD, own.pk)
