"""Sending what waits: taken in small batches, tried again later when a provider is not there, given up after a day.

A message that was being sent when the process died is sent again: better twice than never.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.db import transaction
from django.db.models import Q

from regulars.kit.actor import system
from regulars.messaging import events
from regulars.messaging.choices import Channel, MessageState
from regulars.messaging.kinds import kind_named
from regulars.messaging.models import Message
from regulars.messaging.sms import PhoneNotReached, send_sms
from regulars.staff.outbox import StoreMail
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, emit

_log = logging.getLogger(__name__)
BATCH = 50
TRIES = 8
FIRST_WAIT = timedelta(minutes=1)
GIVEN_UP_AFTER = timedelta(minutes=15)


def deliver_due(*, now: datetime, limit: int = 1000) -> int:
    """Send what is due, at most `limit` messages; returns how many were tried."""
    tried = 0
    while tried < limit and (batch := _take(now)):
        for message in batch:
            _deliver(message, now)
        tried += len(batch)
    return tried


def _take(now: datetime) -> list[Message]:
    """Take a batch for this process alone; what another process took and never finished is due again later."""
    with transaction.atomic():
        waiting = Q(state__in=[MessageState.QUEUED, MessageState.SENDING], due_at__lte=now)
        rows = Message.objects.filter(waiting).select_related("store", "customer").order_by("due_at", "pk")
        taken = list(rows.select_for_update(of=("self",), skip_locked=True)[:BATCH])
        for message in taken:
            message.state = MessageState.SENDING
            message.attempts += 1
            message.due_at = now + GIVEN_UP_AFTER
        Message.objects.bulk_update(taken, ["state", "attempts", "due_at"])
    return taken


def _deliver(message: Message, now: datetime) -> None:
    try:
        _hand_over(message)
    except (OSError, SMTPException, PhoneNotReached) as error:
        _log.warning("message %s was not taken: %s", message.pk, type(error).__name__)
        if message.attempts >= TRIES:
            _settle(message, MessageState.FAILED, events.FAILED, now, why=type(error).__name__)
        else:
            message.state = MessageState.QUEUED
            message.due_at = now + FIRST_WAIT * 2 ** (message.attempts - 1)
            message.save(update_fields=["state", "due_at"])
    else:
        message.sent_at = now
        _settle(message, MessageState.SENT, events.SENT, now)


def _hand_over(message: Message) -> None:
    if message.channel == Channel.SMS:
        message.provider_id = send_sms(store=message.store, to=message.address, text=message.body)
        return
    mail = StoreMail(message.subject, message.body, to=[message.address])
    mail.store = message.store
    mail.send()
    # Providers reached through anymail say under which name they know the mail.
    status = getattr(mail, "anymail_status", None)
    message.provider_id = str(getattr(status, "message_id", "") or "")


def _settle(message: Message, state: MessageState, kind: EventKind, now: datetime, *, why: str = "") -> None:
    message.state, message.why = state, why
    with transaction.atomic():
        message.save(update_fields=["state", "why", "sent_at", "provider_id"])
        label = str(kind_named(message.kind).label)
        told = Touched(message.customer_id, 0, data={"message": label, "why": why})
        emit(store=message.store, actor=system(), resource="customers", kind=kind, touched=told, now=now)
