"""What providers report about messages they took: came back, marked as spam, refused, wanted no more.

Nothing is taken on trust but what the message already says: the address is that of our row, never that of the report.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.locks import lock_rows
from regulars.messaging import events
from regulars.messaging.addresses import address_hash
from regulars.messaging.choices import MessageState, Stop
from regulars.messaging.kinds import label_of
from regulars.messaging.models import Message, Stopped
from regulars.messaging.rules import agreement_for
from regulars.messaging.services.leaving import LEAVE
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

_log = logging.getLogger(__name__)
LONGEST = 300


class News(StrEnum):
    """What a provider can say."""

    BOUNCED = "bounced"  # for good: the address takes nothing
    RETURNED = "returned"  # this one came back; the next may arrive
    COMPLAINED = "complained"
    REFUSED = "refused"
    LEFT = "left"


_STATES = {
    News.BOUNCED: (MessageState.BOUNCED, events.BOUNCED),
    News.RETURNED: (MessageState.BOUNCED, events.BOUNCED),
    News.COMPLAINED: (MessageState.COMPLAINED, events.COMPLAINED),
    News.REFUSED: (MessageState.FAILED, events.FAILED),
}
_STOPS = {News.BOUNCED: Stop.BOUNCE, News.COMPLAINED: Stop.COMPLAINT}
# What a later report may still change: a complaint is the last word.
_OPEN = (MessageState.SENDING, MessageState.SENT, MessageState.BOUNCED, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class Report:
    """One report: about which message (by our id or the provider's), what, and in the provider's words."""

    news: News
    provider_id: str = ""
    message_id: UUID | None = None
    why: str = ""


def take_report(*, report: Report, provider: str, now: datetime) -> bool:
    """Note what a provider reports; told twice it is noted once. False when the message is not known."""
    message = _find(report)
    if message is None:
        _log.info("a report of %s names no message that is known", provider)
        return False
    actor = Actor(kind="system", name=provider, surface="worker", permissions=frozenset({"*"}))
    with transaction.atomic():
        if report.news is News.LEFT:
            _end_agreement(message, actor, now)
        else:
            _note(message, report, actor, now)
    return True


def _find(report: Report) -> Message | None:
    rows = Message.objects.select_related("store").order_by("-created_at")
    if report.message_id is not None:
        return rows.filter(pk=report.message_id).first()
    return rows.filter(provider_id=report.provider_id).first() if report.provider_id else None


def _note(known: Message, report: Report, actor: Actor, now: datetime) -> None:
    lock_rows(Customer.objects.filter(store=known.store).only("pk"), [known.customer_id])
    state, kind = _STATES[report.news]
    message = lock_rows(Message.objects.filter(store=known.store), [known.pk])[known.pk]
    if stop := _STOPS.get(report.news):
        stop_address(store=known.store, channel=message.channel, address=message.address, why=stop, now=now)
    if message.state not in _OPEN or message.state == state:
        return
    before = message.state
    message.state, message.why = state, report.why[:LONGEST]
    message.version += 1
    message.save(update_fields=["state", "why", "version"])
    told = Touched(
        message.customer_id,
        before={},
        after={},
        data={"message": label_of(message.kind), "why": message.why, "id": str(message.pk), "was": before},
    )
    emit(store=known.store, actor=actor, resource="customers", kind=kind, touched=told, now=now)


def _end_agreement(message: Message, actor: Actor, now: datetime) -> None:
    agreement = agreement_for(message.purpose, message.channel)
    if agreement is not None:
        LEAVE[agreement](
            store=message.store,
            ids=[message.customer_id],
            inputs={},
            actor=actor,
            now=now,
            change_set=None,
        )


def stop_address(*, store: Store, channel: str, address: str, why: Stop, now: datetime) -> None:
    """Send nothing to an address any more. A complaint weighs more than an address that does not exist."""
    if not address:
        return
    hashed = address_hash(store_id=store.pk, channel=channel, address=address)
    Stopped.objects.update_or_create(
        store=store,
        channel=channel,
        address_hash=hashed,
        defaults={"why": why, "at": now} if why is Stop.COMPLAINT else {},
        create_defaults={"why": why, "at": now},
    )
