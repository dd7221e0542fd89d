"""Sending what waits: taken in small batches, tried again later each time, given up after most of a day.

When a provider is not there nothing else goes its way until the next run. A message that was being sent when the
process died is sent again: better twice than never.
"""

import logging
from collections import deque
from contextlib import closing
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.kit.actor import system
from regulars.kit.language import spoken
from regulars.kit.locks import lock_rows
from regulars.messaging import events, queries
from regulars.messaging.choices import Channel, MessageState, News, Purpose
from regulars.messaging.kinds import words_of
from regulars.messaging.models import Message
from regulars.messaging.rules import why_not
from regulars.messaging.services.leaving import unsubscribe_url
from regulars.messaging.services.mailer import Mailer
from regulars.messaging.services.reporting import STATES, follow
from regulars.messaging.services.trouble import EXPECTED, trouble_of
from regulars.messaging.sms import send_sms
from regulars.staff.outbox import StoreMail
from regulars.stores.models import Store
from regulars.stores.queries import all_stores
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, emit

_log = logging.getLogger(__name__)
BATCH = 50
FIRST_WAIT = timedelta(minutes=1)
TRIES = 11  # each wait is twice the one before: the last one begins 17 hours after the first
GIVEN_UP_AFTER = timedelta(minutes=15)


def deliver_due(*, now: datetime, limit: int = 1000) -> int:
    """Send what is due, at most `limit` messages; returns how many were tried.

    Stores take turns: one that writes to everybody does not keep the others waiting.
    """
    tried = 0
    away: set[str] = set()
    turns = deque(all_stores())
    with closing(Mailer()) as mailer:
        while turns and tried < limit:
            store = turns.popleft()
            batch = _take(store, now, away)
            for message in batch:
                if message.channel in away:
                    _put_back(message, now + FIRST_WAIT)
                elif not _deliver(message.pk, mailer, now):
                    away.add(message.channel)
            tried += len(batch)
            if batch:
                turns.append(store)
    return tried


def _take(store: Store, now: datetime, away: set[str]) -> list[Message]:
    """Take a batch for this process alone; what another process took and never finished is due again later."""
    with transaction.atomic():
        waiting = Q(state__in=[MessageState.QUEUED, MessageState.SENDING], due_at__lte=now)
        rows = Message.objects.filter(waiting, store=store).exclude(channel__in=away).order_by("due_at", "pk")
        taken = list(rows.only("channel", "attempts").select_for_update(skip_locked=True)[:BATCH])
        for message in taken:
            message.state = MessageState.SENDING
            message.attempts += 1
            message.due_at = now + GIVEN_UP_AFTER
        Message.objects.bulk_update(taken, ["state", "attempts", "due_at"])
    return taken


def _put_back(message: Message, due: datetime) -> None:
    """It was not tried after all."""
    taken = Message.objects.filter(pk=message.pk, state=MessageState.SENDING)
    taken.update(state=MessageState.QUEUED, attempts=message.attempts - 1, due_at=due)


def _deliver(message_id: UUID, mailer: Mailer, now: datetime) -> bool:
    """Send one message as it stands now: much can have been said since it was taken. False: the provider is away."""
    rows = Message.objects.select_related("store", "customer")
    message = rows.filter(pk=message_id, state=MessageState.SENDING).first()
    if message is None:
        return True
    if message.attempts > TRIES:  # whatever breaks on it, it does not break for ever
        _settle(message, MessageState.FAILED, events.FAILED, now, why="was given up")
        return True
    if why := _forbidden(message):
        _settle(message, MessageState.WITHHELD, events.WITHHELD, now, why=why)
        return True
    if (due := _due(message, now)) > now:
        _put_back(message, due)
        return True
    message.address = queries.address_of(message.customer, message.channel)
    try:
        _hand_over(message, mailer)
    except EXPECTED as error:
        mailer.close()
        return _not_taken(message, error, now)
    message.sent_at = now
    _settle(message, MessageState.SENT, events.SENT, now)
    return True


def _forbidden(message: Message) -> str:
    stopped = queries.stops_among(store=message.store, people=[message.customer])
    return why_not(message.customer, purpose=message.purpose, channel=message.channel, stopped=stopped)


def _due(message: Message, now: datetime) -> datetime:
    """When it may go: quiet hours can have begun while it waited."""
    if message.purpose == Purpose.SERVICE:
        return now
    return queries.due_at(settings=queries.settings_of(store=message.store), now=now)


def _not_taken(message: Message, error: Exception, now: datetime) -> bool:
    trouble = trouble_of(error)
    _log.warning("message %s was not taken: %s", message.pk, type(error).__name__)
    if trouble.news is not None:
        state, kind = STATES[trouble.news]
        _settle(message, state, kind, now, why=trouble.why)
        if trouble.news in (News.BOUNCED, News.LEFT):
            follow(message=message, news=trouble.news, actor=system(surface="provider"), now=now)
    elif message.attempts >= TRIES:
        _settle(message, MessageState.FAILED, events.FAILED, now, why=trouble.why)
    else:
        later = now + FIRST_WAIT * 2 ** (message.attempts - 1)
        taken = Message.objects.filter(pk=message.pk, state=MessageState.SENDING)
        taken.update(state=MessageState.QUEUED, due_at=later)
    return not trouble.is_away


def _hand_over(message: Message, mailer: Mailer) -> None:
    url = unsubscribe_url(
        store=message.store,
        customer_id=message.customer_id,
        purpose=message.purpose,
        channel=message.channel,
    )
    with spoken(message.language):
        if message.channel == Channel.SMS:
            text = f"{message.body}\n{_('No more:')} {url}" if url else message.body
            message.provider_id = send_sms(store=message.store, to=message.address, text=text)
            return
        body = f"{message.body}\n\n-- \n{_('If you want no more of these:')} {url}" if url else message.body
    mail = StoreMail(message.subject, body, to=[message.address])
    mail.store = message.store
    if url:  # one click in the mail program itself, RFC 8058
        mail.extra_headers = {
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    mail.metadata = {"message": str(message.pk)}
    mailer.send(mail)
    # Providers reached through anymail say under which name they know the mail.
    status = getattr(mail, "anymail_status", None)
    message.provider_id = str(getattr(status, "message_id", "") or "")


def _settle(message: Message, state: MessageState, kind: EventKind, now: datetime, *, why: str = "") -> None:
    """Note what became of it, unless its provider reported more meanwhile, or its customer was forgotten."""
    with transaction.atomic():
        kept = lock_rows(Message.objects.filter(store=message.store_id), [message.pk]).get(message.pk)
        if kept is None or not kept.body:
            return
        kept.sent_at, kept.address, kept.provider_id = message.sent_at, message.address, message.provider_id
        if kept.state == MessageState.SENDING:
            kept.state, kept.why = state, why
            told = Touched(message.customer_id, 0, data={"message": words_of(message.kind), "why": why})
            emit(store=message.store, actor=system(), resource="customers", kind=kind, touched=told, now=now)
        kept.version += 1
        kept.save(update_fields=["state", "why", "sent_at", "address", "provider_id", "version"])
