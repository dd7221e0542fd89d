"""What becomes of messages when customers are forgotten or deleted."""

from datetime import datetime
from uuid import UUID

from regulars.customers.erasing import Person
from regulars.messaging.choices import MessageState
from regulars.messaging.models import Consent, Message
from regulars.stores.models import Store

_EMPTY = {"address": "", "subject": "", "body": "", "why": "", "key": "", "provider_id": ""}


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """That something was sent stays for the figures; to whom, in which words, and what they agreed to goes.

    What still waits is not sent any more.
    """
    ids = [person.id for person in people]
    Consent.objects.filter(store=store, customer_id__in=ids).delete()
    rows = Message.objects.filter(store=store, customer_id__in=ids)
    waiting = rows.filter(state__in=[MessageState.QUEUED, MessageState.SENDING])
    waiting.update(state=MessageState.WITHHELD)
    rows.update(**_EMPTY)


def remove_messages(*, store: Store, ids: list[UUID]) -> None:
    """Delete the messages to customers who are deleted."""
    Message.objects.filter(store=store, customer_id__in=ids).delete()
