"""Trying again: messages that could not be sent, and addresses to which nothing went any more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.locks import lock_rows
from regulars.kit.words import inside
from regulars.messaging import events, queries
from regulars.messaging.addresses import address_hash
from regulars.messaging.choices import Channel, MessageState, Purpose, Stop
from regulars.messaging.kinds import has_secrets, words_of
from regulars.messaging.models import Message, Stopped
from regulars.messaging.queries import address_of
from regulars.messaging.rules import why_not
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

_MAY = (MessageState.FAILED, MessageState.BOUNCED, MessageState.WITHHELD)


def try_again(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Send messages that failed, came back or were withheld once more, to where their customers are reached today."""
    outcome = Outcome()
    with transaction.atomic():
        known = Message.objects.filter(store=store, pk__in=ids)
        people = lock_rows(Customer.objects.filter(store=store), known.values_list("customer_id", flat=True))
        found = lock_rows(Message.objects.filter(store=store), ids)
        stopped = queries.stops_among(store=store, people=people.values())
        due = queries.due_at(settings=queries.settings_of(store=store), now=now)
        touched = []
        for one in ids:
            message = found.get(one)
            customer = people.get(message.customer_id) if message is not None else None
            if message is None or customer is None:
                outcome.skipped[one] = _("does not exist in this store")
                continue
            why = _why_not(message, customer, stopped)
            if why:
                outcome.skipped[one] = why
                continue
            message.state, message.why, message.provider_id = MessageState.QUEUED, "", ""
            message.attempts, message.sent_at = 0, None
            message.address = address_of(customer, message.channel)
            message.due_at = now if message.purpose == Purpose.SERVICE else due
            message.version += 1
            outcome.done.append(one)
            touched.append(Touched(message.customer_id, data={"message": words_of(message.kind)}))
        Message.objects.bulk_update(
            [found[one] for one in outcome.done],
            ["state", "why", "provider_id", "attempts", "sent_at", "address", "due_at", "version"],
        )
        if touched:
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.TRIED_AGAIN, now=now)
            outcome.change_set = opened.id
            record(change_set=opened, resource="customers", kind=events.TRIED_AGAIN, touched=touched, now=now)
    return outcome


def _why_not(message: Message, customer: Customer, stopped: dict[tuple[UUID, str], Stop]) -> str:
    if message.state not in _MAY:
        return _("is %(state)s") % {"state": inside(MessageState(message.state).label)}
    if has_secrets(message.kind):
        return _("held a link that is not kept; send a new one")
    if not message.body:
        return _("holds nothing any more")
    return why_not(customer, purpose=message.purpose, channel=message.channel, stopped=stopped)


def lift_stops(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Let messages go to these customers' addresses again."""
    outcome = Outcome()
    with transaction.atomic():
        people = lock_rows(Customer.objects.filter(store=store), ids)
        touched = []
        for one in ids:
            customer = people.get(one)
            if customer is None:
                outcome.skipped[one] = _("does not exist in this store")
                continue
            hashes = [
                address_hash(store_id=store.pk, channel=channel, address=address)
                for channel in Channel
                if (address := address_of(customer, channel))
            ]
            gone, _each = Stopped.objects.filter(store=store, address_hash__in=hashes).delete()
            if not gone:
                outcome.skipped[one] = _("is not stopped")
                continue
            outcome.done.append(one)
            touched.append(Touched(one))
        if touched:
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.STOP_LIFTED, now=now)
            outcome.change_set = opened.id
            record(change_set=opened, resource="customers", kind=events.STOP_LIFTED, touched=touched, now=now)
    return outcome
