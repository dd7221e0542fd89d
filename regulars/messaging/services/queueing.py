"""Asking for messages to be sent: worded now, sent by the worker. What may not be sent is kept too, with the reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.ids import among, new_id
from regulars.kit.language import spoken
from regulars.messaging import events, queries
from regulars.messaging.addresses import address_hash
from regulars.messaging.choices import Channel, MessageState, Purpose, Stop
from regulars.messaging.kinds import MessageKind, fill, one_line
from regulars.messaging.models import Message
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

_FACTS = (
    "state", "blocked", "email", "phone", "language", "first_name", "last_name", "company", "number",
    "accepts_marketing", "points_summary",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One message to be sent: to whom, with which values, and the caller's name for the deed."""

    customer_id: UUID
    values: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


def send(
    *,
    store: Store,
    customer_id: UUID,
    kind: MessageKind,
    values: Mapping[str, str],
    key: str,
    actor: Actor,
    now: datetime,
    channel: Channel = Channel.MAIL,
) -> Message | None:
    """Write to one customer; the same `key` makes one message. What may not be sent comes back withheld, with the
    reason; nothing comes back for somebody who does not exist."""
    wanted = Wanted(customer_id, values, key)
    made = send_many(store=store, kind=kind, wanted=[wanted], actor=actor, now=now, channel=channel)
    return made[0] if made else Message.objects.filter(store=store, key=key).exclude(key="").first()


def send_many(
    *,
    store: Store,
    kind: MessageKind,
    wanted: Sequence[Wanted],
    actor: Actor,
    now: datetime,
    channel: Channel = Channel.MAIL,
    change_set: OpenChangeSet | None = None,
) -> list[Message]:
    """Write to many customers, each in their language. Who was written to before under the same key is left out."""
    with transaction.atomic():
        known = queries.known_keys(store=store, keys=[one.key for one in wanted if one.key])
        fresh = {one.key or str(new_id()): one for one in wanted if one.key not in known}.values()
        people = Customer.objects.filter(store=store).only(*_FACTS)
        found = {one.pk: one for one in people.filter(pk__in=among([one.customer_id for one in fresh]))}
        words = _wordings(store, kind, channel, {_language(store, one) for one in found.values()})
        stopped = _stopped(store, channel, found.values())
        due = queries.due_at(settings=queries.settings_of(store=store), now=now)
        made = [
            _message(store, found[one.customer_id], kind, channel, one, words, stopped, now, due)
            for one in fresh
            if one.customer_id in found
        ]
        Message.objects.bulk_create(made, batch_size=2000)
        withheld = [
            Touched(one.customer_id, 0, data={"message": str(kind.label), "why": one.why})
            for one in made
            if one.state == MessageState.WITHHELD
        ]
        if withheld:
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.WITHHELD, now=now)
            record(change_set=opened, resource="customers", kind=events.WITHHELD, touched=withheld, now=now)
    return made


def _message(
    store: Store,
    customer: Customer,
    kind: MessageKind,
    channel: Channel,
    wanted: Wanted,
    words: Mapping[str, tuple[str, str]],
    stopped: Mapping[UUID, str],
    now: datetime,
    due: datetime,
) -> Message:
    language = _language(store, customer)
    why = _why_not(customer, kind, channel) or stopped.get(customer.pk, "")
    subject, body = words[language]
    values = {"first_name": customer.first_name or customer.name, "name": customer.name, "store": store.name}
    values |= wanted.values
    return Message(
        id=new_id(),
        store=store,
        customer=customer,
        kind=kind.name,
        channel=channel,
        purpose=kind.purpose,
        language=language,
        address=_address(customer, channel),
        subject=one_line(fill(subject, values)),
        body=fill(body, values),
        state=MessageState.WITHHELD if why else MessageState.QUEUED,
        why=why,
        key=wanted.key,
        due_at=now if kind.purpose == Purpose.SERVICE else due,
        created_at=now,
    )


def _why_not(customer: Customer, kind: MessageKind, channel: Channel) -> str:
    if customer.state in (State.ANONYMISED, State.ARCHIVED):
        return "is archived" if customer.state == State.ARCHIVED else "is anonymised"
    if customer.blocked:
        return "is blocked"
    if not _address(customer, channel):
        return "has no e-mail" if channel == Channel.MAIL else "has no phone"
    if kind.purpose == Purpose.MARKETING and not customer.accepts_marketing:
        return "has not agreed to marketing"
    if kind.purpose == Purpose.POINTS and not customer.points_summary:
        return "does not want the points summary"
    if channel == Channel.SMS and not str(kind.sms):
        return "is not a message for phones"
    return ""


def _address(customer: Customer, channel: Channel) -> str:
    return customer.email if channel == Channel.MAIL else customer.phone


def _language(store: Store, customer: Customer) -> str:
    return customer.language or store.language


def _wordings(
    store: Store, kind: MessageKind, channel: Channel, languages: set[str]
) -> dict[str, tuple[str, str]]:
    """The wording in each language: the store's own, else the first one."""
    own = queries.wordings_of(store=store, kind=kind, channel=channel, languages=languages)
    found = {}
    for language in languages:
        with spoken(language):
            found[language] = own.get(language) or kind.first_wording(channel)
    return found


def _stopped(store: Store, channel: Channel, people: Iterable[Customer]) -> dict[UUID, str]:
    hashes = {
        one.pk: address_hash(store_id=store.pk, channel=channel, address=_address(one, channel))
        for one in people
    }
    why = queries.stopped_among(store=store, channel=channel, hashes=set(hashes.values()))
    return {
        pk: f"gets nothing any more: {Stop(why[each]).label}" for pk, each in hashes.items() if each in why
    }
