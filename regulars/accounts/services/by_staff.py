"""What staff do about customers' sign-in, one or many: mails, passwords, the second step."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from procrastinate.contrib.django import app as queue

from regulars.accounts import events, queries
from regulars.accounts.choices import MfaChange, SecondStep
from regulars.accounts.models import Account, RecoveryCode
from regulars.accounts.rules import TEMPORARY_VALID, has_second_step, new_temporary
from regulars.accounts.services.mailing import send_login, send_staff_link, write_changed
from regulars.accounts.services.sessions import end_account_sessions
from regulars.accounts.services.signing_in import require_accounts
from regulars.customers.models import Customer
from regulars.customers.services.verbs import sentences
from regulars.kit.actor import Actor, system
from regulars.kit.errors import Invalid, Refused
from regulars.kit.ids import among, new_id
from regulars.kit.locks import lock_rows
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

# Does it for one customer with the account they have, if any: what the history says, or why it was left.
Deed = Callable[[Customer, Account | None, Outcome], dict[str, Any] | str]
NO_LOGIN = gettext_noop("has no login")
NOT_CONFIRMED = gettext_noop("has not confirmed the mail yet: send the login mail instead")


def resend_login_email(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Mail customers how to sign in; who has no login yet is invited to one."""
    require_accounts(store=store)

    def deed(customer: Customer, account: Account | None, outcome: Outcome) -> dict[str, Any] | str:
        if why := queries.may_have_login(customer):
            return why
        if customer.blocked:
            return _("is blocked")
        if account is None:
            account = Account(
                id=new_id(), store=store, customer=customer, email=customer.email,
                email_key=customer.email_key, invited_at=now, created_at=now,
            )  # fmt: skip
            try:
                with transaction.atomic():
                    account.save(force_insert=True)
            except IntegrityError:
                return _("another customer signs in with this address")
        elif account.verified_at is None:
            account.email, account.email_key, account.invited_at = customer.email, customer.email_key, now
            account.save(update_fields=["email", "email_key", "invited_at"])
        return {}

    outcome = _each(store, ids, deed, events.LOGIN_MAILED, actor, now, change_set)
    _defer("accounts.send_logins", store, outcome, actor, now)
    return outcome


def send_password_link(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Mail customers a link with which they choose a new password; the one they have works until then."""
    require_accounts(store=store)

    def deed(customer: Customer, account: Account | None, outcome: Outcome) -> dict[str, Any] | str:
        if account is None:
            return _(NO_LOGIN)
        return queries.may_have_login(customer) or (_("is blocked") if customer.blocked else {})

    outcome = _each(store, ids, deed, events.LINK_SENT, actor, now, change_set)
    _defer("accounts.send_staff_links", store, outcome, actor, now)
    return outcome


def reset_password(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Give customers the store's default password, or each one of their own that is shown once.

    It works for three days and has to be changed at the next sign-in. All their sessions end; the second step stays.
    """
    require_accounts(store=store)
    default = queries.settings_of(store=store).default_password
    is_of_a_run = change_set is not None

    def deed(customer: Customer, account: Account | None, outcome: Outcome) -> dict[str, Any] | str:
        if account is None:
            return _(NO_LOGIN)
        if account.verified_at is None:
            return _(NOT_CONFIRMED)
        if not default and is_of_a_run:
            return _("so many at once need a default password: see the settings of accounts, or send links")
        temporary = "" if default else new_temporary()
        account.password = default or make_password(temporary)
        account.must_change, account.password_until = True, now + TEMPORARY_VALID
        account.failed, account.locked_until = 0, None
        account.save(update_fields=["password", "must_change", "password_until", "failed", "locked_until"])
        end_account_sessions(store=store, account_id=account.pk)
        if temporary:
            outcome.said[customer.pk] = temporary
        what = gettext_lazy("the password was reset by the shop")
        write_changed(store=store, account=account, what=[what], actor=actor, now=now)
        return {"how": gettext_lazy(" to the default") if default else ""}

    return _each(store, ids, deed, events.PASSWORD_RESET, actor, now, change_set)


def update_mfa(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Change the phone that gets codes, turn them on or off, or take every factor away; sessions end."""
    require_accounts(store=store)
    settings = queries.settings_of(store=store)
    if settings.second_step == SecondStep.OFF:
        raise Refused(_("The store asks for no second step. Turn it on in the settings of accounts."))
    change, phone = MfaChange(inputs.get("status") or MfaChange.KEEP), str(inputs.get("phone") or "")
    if phone and len(ids) > 1:
        raise Invalid(_("One phone number is for one customer."), field="phone")
    if change == MfaChange.KEEP and not phone:
        raise Invalid(_("Give a phone number, or choose what is to be done."), field="status")
    if change == MfaChange.RESET and phone:
        raise Invalid(_("Resetting takes the phone away. Do the one or the other."), field="phone")
    if change == MfaChange.SMS_ON and not settings.sms:
        raise Invalid(_("The store sends no codes by text message."), field="status")

    def deed(customer: Customer, account: Account | None, outcome: Outcome) -> dict[str, Any] | str:
        if account is None:
            return _(NO_LOGIN)
        answer = _change_mfa(store, account, change, phone)
        if isinstance(answer, str):
            return answer
        end_account_sessions(store=store, account_id=account.pk)
        write_changed(store=store, account=account, what=answer, actor=actor, now=now)
        return {"what": answer}

    return _each(store, ids, deed, events.MFA_UPDATED, actor, now, change_set)


def _change_mfa(store: Store, account: Account, change: MfaChange, phone: str) -> list[Promise] | str:
    """What was done, in words; or why nothing was."""
    done: list[Promise] = []
    if phone and phone != account.mfa_phone:
        account.mfa_phone = phone
        done.append(gettext_lazy("another phone number"))
    if change == MfaChange.RESET:
        if not has_second_step(account) and not account.mfa_phone:
            return _("has no second step")
        account.totp_sealed, account.totp_step, account.mfa_phone, account.mfa_sms = "", 0, "", False
        RecoveryCode.objects.filter(store=store, account=account).delete()
        done.append(gettext_lazy("reset"))
    if change == MfaChange.SMS_ON and not account.mfa_sms:
        if not account.mfa_phone:
            return _("has no phone number for codes")
        account.mfa_sms = True
        done.append(gettext_lazy("text messages turned on"))
    if change == MfaChange.SMS_OFF and account.mfa_sms:
        account.mfa_sms = False
        done.append(gettext_lazy("text messages turned off"))
    if not done:
        return _("is so already")
    account.second_failed, account.second_locked_until = 0, None
    account.save(
        update_fields=[
            "mfa_phone", "mfa_sms", "totp_sealed", "totp_step", "second_failed", "second_locked_until",
        ]
    )  # fmt: skip
    return done


def preview_reset(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """Whose password would be reset, and to what."""
    found = Customer.objects.filter(store=store, pk__in=among(ids)).in_bulk()
    rows = queries.accounts_of(store).filter(customer_id__in=among(ids))
    verified = dict(rows.values_list("customer_id", "verified_at"))
    groups: dict[str, list[Customer]] = {}
    for one in ids:
        if (customer := found.get(one)) is not None:
            why = _(NO_LOGIN) if one not in verified else "" if verified[one] else _(NOT_CONFIRMED)
            groups.setdefault(why, []).append(customer)
    default = queries.settings_of(store=store).default_password
    effect = _("gets the store's default password") if default else _("gets a password that is shown once")
    told = sentences(groups, effect, count=count, looked_at=len(ids))
    return [*told, _("It has to be changed at the next sign-in. All their sessions end at once.")]


def send_logins(*, store: Store, ids: list[UUID], actor_name: str, now: datetime) -> None:
    """Mail these customers how to sign in."""
    for account in _accounts(store, ids):
        send_login(store=store, account=account, actor=system(actor_name), now=now)


def send_staff_links(*, store: Store, ids: list[UUID], actor_name: str, now: datetime) -> None:
    """Mail these customers a link for a new password."""
    for account in _accounts(store, ids):
        send_staff_link(store=store, account=account, actor=system(actor_name), now=now)


def _accounts(store: Store, ids: list[UUID]) -> list[Account]:
    rows = queries.accounts_of(store).select_related("customer").filter(customer_id__in=among(ids))
    return list(rows.order_by("pk"))


def _defer(task: str, store: Store, outcome: Outcome, actor: Actor, now: datetime) -> None:
    """One job for each customer: what the provider does not take is tried again for that one alone."""
    for one in outcome.done:
        queue.configure_task(task).defer(
            store_id=str(store.pk), ids=[str(one)], actor_name=actor.name, asked_at=now.isoformat()
        )


def _each(
    store: Store,
    ids: list[UUID],
    deed: Deed,
    kind: EventKind,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Do it to each customer, all locked, with one event each."""
    outcome = Outcome()
    touched: list[Touched] = []
    with transaction.atomic():
        people = lock_rows(Customer.objects.filter(store=store), ids)
        rows = queries.accounts_of(store).filter(customer_id__in=among(ids)).order_by("pk")
        accounts = {one.customer_id: one for one in rows.select_for_update(of=("self",), no_key=True)}
        for one in dict.fromkeys(ids):
            customer = people.get(one)
            if customer is None:
                outcome.skipped[one] = _("does not exist in this store")
                continue
            account = accounts.get(one)
            if account is not None:
                account.customer = customer
            answer = deed(customer, account, outcome)
            if isinstance(answer, str):
                outcome.skipped[one] = answer
            else:
                outcome.done.append(one)
                touched.append(Touched(one, data=answer))
        if touched:
            opened = change_set or open_change_set(store=store, actor=actor, kind=kind, now=now)
            outcome.change_set = opened.id
            record(change_set=opened, resource="customers", kind=kind, touched=touched, now=now)
    return outcome
