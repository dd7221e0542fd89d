"""Sending what waits: taken in small batches, tried again later when a provider is not there, given up after a day.

A message that was being sent when the process died is sent again: better twice than never.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from anymail.exceptions import AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.kit.actor import system
from regulars.kit.language import spoken
from regulars.messaging import events, queries
from regulars.messaging.choices import Channel, MessageState
from regulars.messaging.kinds import label_of
from regulars.messaging.models import Message
from regulars.messaging.rules import why_not
from regulars.messaging.services.leaving import unsubscribe_url
from regulars.messaging.sms import PhoneNotReached, PhoneRefused, send_sms
from regulars.staff.outbox import StoreMail
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, emit

_log = logging.getLogger(__name__)
BATCH = 50
TRIES = 8
FIRST_WAIT = timedelta(minutes=1)
GIVEN_UP_AFTER = timedelta(minutes=15)
LONGEST = 300


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
        why = _forbidden(message)
        if why:
            _settle(message, MessageState.WITHHELD, events.WITHHELD, now, why=why)
            return
        if message.attempts > TRIES:  # whatever breaks on it, it does not break for ever
            _settle(message, MessageState.FAILED, events.FAILED, now, why="was given up")
            return
        _hand_over(message)
    except (SMTPRecipientsRefused, AnymailRecipientsRefused):
        _settle(message, MessageState.BOUNCED, events.BOUNCED, now, why="the address was refused")
    except (PhoneRefused, AnymailInvalidAddress) as error:
        _settle(message, MessageState.FAILED, events.FAILED, now, why=str(error)[:LONGEST])
    except (OSError, SMTPException, PhoneNotReached, AnymailError) as error:
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


def _forbidden(message: Message) -> str:
    """Why it must not go after all: much can have been said since it was asked for."""
    customer = message.customer
    why = why_not(customer, purpose=message.purpose, channel=message.channel)
    stops = queries.stops_among(store=message.store, people=[customer])
    return why or stops.get((customer.pk, message.channel), "")


def _hand_over(message: Message) -> None:
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
    mail.send()
    # Providers reached through anymail say under which name they know the mail.
    status = getattr(mail, "anymail_status", None)
    message.provider_id = str(getattr(status, "message_id", "") or "")


def _settle(message: Message, state: MessageState, kind: EventKind, now: datetime, *, why: str = "") -> None:
    message.state, message.why = state, why
    message.version += 1
    with transaction.atomic():
        message.save(update_fields=["state", "why", "sent_at", "provider_id", "version"])
        told = Touched(message.customer_id, 0, data={"message": label_of(message.kind), "why": why})
        emit(store=message.store, actor=system(), resource="customers", kind=kind, touched=told, now=now)
