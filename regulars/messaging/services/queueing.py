"""Asking for messages to be sent: worded now, sent by the worker. What may not be sent is kept too, with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.ids import among, new_id
from regulars.kit.language import spoken
from regulars.kit.words import Words
from regulars.messaging import events, queries
from regulars.messaging.choices import Channel, MessageState, Purpose, Stop
from regulars.messaging.kinds import MessageKind, fill, one_line
from regulars.messaging.models import Message
from regulars.messaging.rules import FACTS, why_not
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


@dataclass(frozen=True, slots=True)
class Wanted:
    """One message to be sent: to whom, with which values, and the caller's name for the deed."""

    customer_id: UUID
    values: Mapping[str, Words] = field(default_factory=dict)
    key: str = ""


def send(
    *,
    store: Store,
    customer_id: UUID,
    kind: MessageKind,
    values: Mapping[str, Words],
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
    wording: tuple[str, str] | None = None,
) -> list[Message]:
    """Write to many customers, each in their language, or all in the words of `wording` (subject, body). Who was
    written to before under the same key is left out."""
    with transaction.atomic():
        known = queries.known_keys(store=store, keys=[one.key for one in wanted if one.key])
        fresh = {one.key or str(new_id()): one for one in wanted if one.key not in known}.values()
        people = Customer.objects.filter(store=store).only(*FACTS)
        found = {one.pk: one for one in people.filter(pk__in=among([one.customer_id for one in fresh]))}
        languages = {_language(store, one) for one in found.values()}
        words = dict.fromkeys(languages, wording) if wording else wordings(store, kind, channel, languages)
        stopped = queries.stops_among(store=store, people=found.values())
        due = queries.due_at(settings=queries.settings_of(store=store), now=now)
        made = [
            _message(store, found[one.customer_id], kind, channel, one, words, stopped, actor, now, due)
            for one in fresh
            if one.customer_id in found
        ]
        Message.objects.bulk_create(made, batch_size=2000)
        withheld = [
            Touched(one.customer_id, 0, data={"message": kind.label, "why": one.why})
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
    stopped: Mapping[tuple[UUID, str], Stop],
    actor: Actor,
    now: datetime,
    due: datetime,
) -> Message:
    language = _language(store, customer)
    subject, body = words[language]
    why = why_not(customer, purpose=kind.purpose, channel=channel, stopped=stopped)
    if not why and not body:
        why = _("is not a message for phones") if channel == Channel.SMS else _("has no words")
    with spoken(_language(store, customer)):
        values = values_of(store, customer) | {name: str(value) for name, value in wanted.values.items()}
    return Message(
        id=new_id(),
        store=store,
        customer=customer,
        kind=kind.name,
        channel=channel,
        purpose=kind.purpose,
        language=language,
        address=queries.address_of(customer, channel),
        subject=one_line(fill(subject, values)),
        body=fill(body, values),
        state=MessageState.WITHHELD if why else MessageState.QUEUED,
        why=why,
        key=wanted.key,
        author_name=actor.name,
        due_at=now if kind.purpose == Purpose.SERVICE else due,
        created_at=now,
    )


def values_of(store: Store, customer: Customer) -> dict[str, str]:
    """What every wording may name."""
    return {"first_name": customer.first_name or customer.name, "name": customer.name, "store": store.name}


def _language(store: Store, customer: Customer) -> str:
    return customer.language or store.language


def wordings(
    store: Store, kind: MessageKind, channel: Channel, languages: set[str]
) -> dict[str, tuple[str, str]]:
    """The wording in each language: the store's own in it, else the first one, and in a language that we do not speak
    what the store wrote in its own."""
    return {
        language: words for language, (_tongue, words) in _worded(store, kind, channel, languages).items()
    }


def tongues(store: Store, kind: MessageKind, channel: Channel, languages: set[str]) -> dict[str, str]:
    """In which language the wording for each language is, so that numbers and days are written alike."""
    return {
        language: tongue for language, (tongue, _words) in _worded(store, kind, channel, languages).items()
    }


def _worded(
    store: Store, kind: MessageKind, channel: Channel, languages: set[str]
) -> dict[str, tuple[str, tuple[str, str]]]:
    bare = {language: language.partition("-")[0] for language in languages}
    asked = {*bare, *bare.values(), store.language}
    own = queries.wordings_of(store=store, kind=kind, channel=channel, languages=asked)
    found = {}
    with spoken("en"):
        english = kind.first_wording(channel)
    for language, base in bare.items():
        with spoken(language):
            speaks = (get_language() or "").partition("-")[0] == base
            if theirs := own.get(language) or own.get(base):
                found[language] = language, theirs
            elif not speaks and store.language in own:
                found[language] = store.language, own[store.language]
            else:
                words = kind.first_wording(channel)  # which nobody may have put into the language yet
                found[language] = language if speaks and (base == "en" or words != english) else "en", words
    return found
