"""What providers report about messages they took: came back, marked as spam, refused, wanted no more.

Nothing is taken on trust but what the message already says: the address is that of our row, never that of the report.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.customers.models import Customer
from regulars.kit.actor import Actor, system
from regulars.kit.locks import lock_rows
from regulars.messaging import events
from regulars.messaging.addresses import address_hash
from regulars.messaging.choices import MessageState, News, Purpose, Stop
from regulars.messaging.kinds import one_line, words_of
from regulars.messaging.models import Message, Stopped
from regulars.messaging.rules import agreement_for
from regulars.messaging.services.leaving import LEAVE
from regulars.stores.queries import all_stores
from regulars.timeline.services import Touched, emit

_log = logging.getLogger(__name__)
LONGEST = 300


# What each says of the message itself.
STATES = {
    News.BOUNCED: (MessageState.BOUNCED, events.BOUNCED),
    News.RETURNED: (MessageState.BOUNCED, events.BOUNCED),
    News.COMPLAINED: (MessageState.COMPLAINED, events.COMPLAINED),
    News.REFUSED: (MessageState.FAILED, events.FAILED),
    News.LEFT: (MessageState.FAILED, events.FAILED),
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
    actor = system(provider, surface="provider")
    with transaction.atomic():
        if report.news is not News.LEFT:  # who leaves after it arrived changes nothing about it
            _note(message, report, actor, now)
        follow(message=message, news=report.news, actor=actor, now=now)
    return True


def _find(report: Report) -> Message | None:
    rows = Message.objects.select_related("store").order_by("-created_at")
    if report.message_id is not None:
        return rows.filter(pk=report.message_id).first()
    if not report.provider_id:
        return None
    return rows.filter(store__in=all_stores(), provider_id=report.provider_id).first()


def _note(known: Message, report: Report, actor: Actor, now: datetime) -> None:
    lock_rows(Customer.objects.filter(store=known.store).only("pk"), [known.customer_id])
    state, kind = STATES[report.news]
    message = lock_rows(Message.objects.filter(store=known.store), [known.pk]).get(known.pk)
    if message is None or message.state not in _OPEN or message.state == state:
        return
    message.state, message.why = state, one_line(report.why)[:LONGEST]
    message.version += 1
    message.save(update_fields=["state", "why", "version"])
    told = Touched(message.customer_id, data={"message": words_of(message.kind), "why": message.why})
    emit(store=known.store, actor=actor, resource="customers", kind=kind, touched=told, now=now)


def follow(*, message: Message, news: News, actor: Actor, now: datetime) -> None:
    """What follows from news for all that comes after: an address that gets nothing more, an agreement that ends."""
    if stop := _STOPS.get(news):
        _stop_address(message, stop, now)
    if news is News.LEFT:
        _end_agreement(message, actor, now)


def _end_agreement(message: Message, actor: Actor, now: datetime) -> None:
    """Who wants no more of what they needed not agree to wants no marketing either."""
    agreement = agreement_for(message.purpose, message.channel)
    agreement = agreement or agreement_for(Purpose.MARKETING, message.channel)
    if agreement is not None:
        LEAVE[agreement](
            store=message.store,
            ids=[message.customer_id],
            inputs={},
            actor=actor,
            now=now,
            change_set=None,
        )


def _stop_address(message: Message, why: Stop, now: datetime) -> None:
    """A complaint weighs more than an address that does not exist."""
    if not message.address:
        return
    hashed = address_hash(store_id=message.store_id, channel=message.channel, address=message.address)
    Stopped.objects.update_or_create(
        store=message.store,
        channel=message.channel,
        address_hash=hashed,
        defaults={"why": why, "at": now} if why is Stop.COMPLAINT else {},
        create_defaults={"why": why, "at": now},
    )
