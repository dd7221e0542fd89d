"""Adding entries to the ledger, with the balance beside the customer in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.credit import events
from regulars.credit.choices import Source
from regulars.credit.models import Entry
from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.customers.services import set_credit
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.kit.money import display_money
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

GONE = gettext_noop("does not exist in this store")
FINAL = gettext_noop("is anonymised")
MOST = 10**15


class NotEnoughCredit(Refused):
    """More would be taken than the customer has."""

    code = "not_enough_credit"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to happen to the credit of one customer; above zero adds, below takes."""

    customer_id: UUID
    amount_minor: int
    reason: str = ""
    key: str = ""
    reverses: UUID | None = None


@dataclass(slots=True)
class Changed:
    """The entries that were made, who was left as before and why, and the act."""

    entries: list[Entry]
    left: dict[UUID, str]
    change_set: UUID | None = None


def change_credit(
    *,
    store: Store,
    customer_id: UUID,
    amount_minor: int,
    reason: str,
    source: Source,
    key: str,
    actor: Actor,
    now: datetime,
) -> Entry:
    """Add credit to a customer, or take some; the same `key` makes one entry however often it is asked for.

    Raises `Invalid` for an amount of nothing, `NotFound`, and `NotEnoughCredit`.
    """
    if not amount_minor or abs(amount_minor) > MOST:
        raise Invalid(_("Give an amount other than zero."), field="amount")
    with transaction.atomic():
        # Whoever asks at the same moment waits here, and then finds the entry.
        lock_rows(Customer.objects.filter(store=store).only("pk"), [customer_id])
        if key and (known := Entry.objects.filter(store=store, key=key).first()) is not None:
            return known
        wanted = Change(customer_id, amount_minor, reason, key)
        changed = change_many(
            store=store, changes=[wanted], source=source, actor=actor, now=now, change_set=None
        )
    if not changed.entries:
        why = changed.left[customer_id]
        if why == _(GONE):
            raise NotFound(_("This customer does not exist in this store."))
        raise NotEnoughCredit(_("The customer %(why)s.") % {"why": why}, field="amount")
    return changed.entries[0]


def change_many(
    *,
    store: Store,
    changes: Sequence[Change],
    source: Source,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Changed:
    """Change the credit of several customers in one act, each by one entry. Whose would fall below zero is left."""
    found = Changed([], {})
    with transaction.atomic():
        rows = Customer.objects.filter(store=store).only("state", "credit_minor")
        people = lock_rows(rows, [one.customer_id for one in changes])
        touched: dict[EventKind, list[Touched]] = {}
        balances: dict[UUID, int] = {}
        for one in changes:
            customer = people.get(one.customer_id)
            why = _why_not(customer, one, store)
            if customer is None or why:
                found.left[one.customer_id] = why
                continue
            entry = _entry(store, one, source, actor, now)
            found.entries.append(entry)
            before, after = customer.credit_minor, customer.credit_minor + one.amount_minor
            balances[customer.pk] = customer.credit_minor = after
            touched.setdefault(_kind(one), []).append(_told(entry, before, after, store))
        if found.entries:
            Entry.objects.bulk_create(found.entries, batch_size=2000)
            set_credit(store=store, balances=balances)
            first = next(iter(touched))
            opened = change_set or open_change_set(store=store, actor=actor, kind=first, now=now)
            found.change_set = opened.id
            for kind, each in touched.items():
                record(change_set=opened, resource="customers", kind=kind, touched=each, now=now)
    return found


def _why_not(customer: Customer | None, one: Change, store: Store) -> str:
    if customer is None:
        return _(GONE)
    if customer.state == State.ANONYMISED:
        return _(FINAL)
    if customer.credit_minor + one.amount_minor < 0 and one.amount_minor < 0:
        has = display_money(customer.credit_minor, store.currency, store.language.replace("-", "_"))
        return _("has only %(has)s of store credit") % {"has": has}
    return ""


def _entry(store: Store, one: Change, source: Source, actor: Actor, now: datetime) -> Entry:
    return Entry(
        id=new_id(),
        store=store,
        customer_id=one.customer_id,
        amount_minor=one.amount_minor,
        source=source,
        reason=one.reason,
        key=one.key,
        reverses_id=one.reverses,
        author_id=actor.id,
        author_name=actor.name,
        created_at=now,
    )


def _kind(one: Change) -> EventKind:
    if one.reverses is not None:
        return events.REVERSED
    return events.ADDED if one.amount_minor > 0 else events.TAKEN


def _told(entry: Entry, before: int, after: int, store: Store) -> Touched:
    amount = display_money(abs(entry.amount_minor), store.currency, store.language.replace("-", "_"))
    data = {
        "entry": str(entry.pk),
        "amount": amount,
        "because": f": {entry.reason}" if entry.reason else "",
    }
    return Touched(entry.customer_id, 0, {"credit_minor": before}, {"credit_minor": after}, data)
