"""A second mailbox of one's own: asked for while signed in, proven by its link or code, good for one thing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app as queue

from regulars.accounts.choices import Purpose, Stage
from regulars.accounts.models import Account, Token
from regulars.accounts.queries import Visitor
from regulars.accounts.rules import MOST_WRONG_CODES, PROOF_VALID, bare, hash_code
from regulars.accounts.services.mailing import write_changed
from regulars.accounts.services.sessions import Begun, Browser, begin
from regulars.kit.email import clean_email, email_key
from regulars.kit.errors import Invalid, Refused
from regulars.staff.rules import hash_secret

_JOINED = gettext_lazy("joined with another account of yours")


class NotProven(Refused):
    """Link or code are wrong, too old, used, another customer's or another browser's: which of it is not said."""

    code = "not_proven"
    status = 422


def ask_proof(*, visitor: Visitor, email: str, challenge: UUID, browser_secret: str, now: datetime) -> None:
    """Mail an address that a customer says is theirs too a link and a code. The same is done for every address.

    Raises `Invalid` for what is no address, or the one that they have here.
    """
    account = _own(visitor)
    address = clean_email(email)
    if email_key(address) in (account.email_key, visitor.customer.email_key):
        raise Invalid(_("This is the address of the account you are in. Give the other one."), field="email")
    queue.configure_task("accounts.send_proof").defer(
        store_id=str(visitor.store.pk),
        account_id=str(account.pk),
        email=address,
        challenge=str(challenge),
        browser_hash=hash_secret(browser_secret),
        asked_at=now.isoformat(),
    )


def check_proof(*, visitor: Visitor, secret: str, browser_secret: str, now: datetime) -> UUID:
    """The link of the mail, opened by who asked, in the browser in which they asked. Raises `NotProven`."""
    rows = Token.objects.filter(secret_hash=hash_secret(secret))
    with transaction.atomic():
        found = rows.values_list("pk", flat=True).first()
        if found is not None and _note(visitor, found, browser_secret, now, {}):
            return found
    raise _gone()


def check_proof_by_code(
    *, visitor: Visitor, challenge: UUID, browser_secret: str, code: str, now: datetime
) -> None:
    """The code of the mail: five tries. Raises `NotProven`."""
    wanted = hash_code(bare(code), about=f"sign_in.{challenge}")
    # Counted before it is looked at, and kept though it is refused: many tries at once are many tries.
    Token.objects.filter(
        store=visitor.store, account=_own(visitor), purpose=Purpose.JOIN, pk=challenge
    ).update(attempts=F("attempts") + 1)
    right = {"code_hash": wanted, "attempts__lte": MOST_WRONG_CODES}
    if not _note(visitor, challenge, browser_secret, now, right):
        raise _gone()


def use_proof(*, visitor: Visitor, proof_id: UUID, browser_secret: str, now: datetime) -> None:
    """Use a proof up: it is good for one thing. Part of a wider act, with the customers locked. Raises `NotProven`."""
    rows = Token.objects.filter(store=visitor.store, account=_own(visitor), purpose=Purpose.JOIN, pk=proof_id)
    rows = rows.filter(browser_hash=hash_secret(browser_secret), proved_at__isnull=False, used_at=None)
    if not rows.filter(expires_at__gt=now).update(used_at=now):
        raise _gone()


def tell_joined(*, visitor: Visitor, email: str, browser: Browser, now: datetime) -> Begun:
    """Two accounts are one: both mailboxes are told, and the browser that did it goes on with a new key. All others
    have been signed out."""
    account, store = _own(visitor), visitor.store
    write_changed(store=store, account=account, what=[_JOINED], actor=visitor.actor, now=now)
    queue.configure_task("accounts.send_joined").defer(
        store_id=str(store.pk), customer_id=str(visitor.customer_id), email=email, asked_at=now.isoformat()
    )
    return begin(store=store, account=account, stage=Stage.WHOLE, browser=browser, now=now)


def _note(
    visitor: Visitor, proof_id: UUID, browser_secret: str, now: datetime, right: dict[str, object]
) -> int:
    rows = Token.objects.filter(
        store=visitor.store, account=_own(visitor), purpose=Purpose.JOIN, pk=proof_id,
        browser_hash=hash_secret(browser_secret), proved_at=None, used_at=None, expires_at__gt=now,
    )  # fmt: skip
    return rows.filter(**right).update(proved_at=now, expires_at=now + PROOF_VALID)


def _own(visitor: Visitor) -> Account:
    assert visitor.account is not None and visitor.staff is None
    return visitor.account


def _gone() -> NotProven:
    return NotProven(_("This link or code is wrong, too old or used already. Ask for a new one."))
