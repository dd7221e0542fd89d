"""What becomes of logins when customers are forgotten, deleted, split again, or time passes."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from regulars.accounts import queries
from regulars.accounts.models import Account, Device, Session, SignUp, Token, Visit
from regulars.accounts.services.sessions import end_sessions
from regulars.customers.erasing import Person
from regulars.customers.services import set_has_account
from regulars.kit.email import email_key
from regulars.kit.ids import among
from regulars.kit.sealing import CannotOpen, is_current, seal_again
from regulars.stores.models import Store

_KEPT_USED = timedelta(days=7)


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Logins of these people go, with what waits for their addresses. That staff looked stays, without why."""
    ids = [person.id for person in people]
    keys = {email_key(address) for person in people for address in person.emails} - {""}
    end_sessions(store=store, customer_ids=ids)
    accounts = Account.objects.filter(store=store, customer_id__in=among(ids))
    keys |= set(accounts.values_list("email_key", flat=True))
    accounts.delete()
    SignUp.objects.filter(store=store, email_key__in=keys).delete()
    Visit.objects.filter(store=store, customer_id__in=among(ids)).update(reason="")
    set_has_account(store=store, ids=ids, has=False)


def remove_accounts(*, store: Store, ids: list[UUID]) -> None:
    """Delete the logins of customers who are deleted."""
    Account.objects.filter(store=store, customer_id__in=among(ids)).delete()


def remove_visits(*, store: Store, ids: list[UUID]) -> None:
    """Delete the list of looks into the portals of customers who are deleted."""
    Visit.objects.filter(store=store, customer_id__in=among(ids)).delete()


def recount(*, store: Store, ids: Collection[UUID]) -> None:
    """Write beside customers, among whom logins were moved, who has one; nobody stays signed in across that."""
    rows = queries.accounts_of(store).filter(customer_id__in=among(list(ids)), verified_at__isnull=False)
    having = set(rows.values_list("customer_id", flat=True))
    set_has_account(store=store, ids=having, has=True)
    set_has_account(store=store, ids=set(ids) - having, has=False)


def tidy(*, store: Store, now: datetime) -> None:
    """Take away what ended."""
    SignUp.objects.filter(store=store, expires_at__lt=now).delete()
    Session.objects.filter(store=store, expires_at__lt=now).delete()
    Device.objects.filter(store=store, expires_at__lt=now).delete()
    Token.objects.filter(store=store, expires_at__lt=now - _KEPT_USED).delete()


def seal_factors_again(*, store: Store) -> tuple[int, int]:
    """Seal the secrets of apps with the key in use; gives how many were, and how many no key opens."""
    done = lost = 0
    for account in Account.objects.filter(store=store).exclude(totp_sealed="").only("totp_sealed"):
        if is_current(account.totp_sealed):
            continue
        try:
            sealed = seal_again(account.totp_sealed)
        except CannotOpen:
            lost += 1
        else:
            done += Account.objects.filter(pk=account.pk, totp_sealed=account.totp_sealed).update(
                totp_sealed=sealed
            )
    return done, lost
