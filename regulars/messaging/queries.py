"""Reading messages and what people agreed to."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db.models import Count, Q, QuerySet

from regulars.customers.models import Customer
from regulars.kit.ids import among
from regulars.messaging.addresses import address_hash
from regulars.messaging.choices import Channel, Stop
from regulars.messaging.kinds import MessageKind
from regulars.messaging.models import Consent, Message, Settings, Stopped, Template
from regulars.stores.models import Store


def settings_of(*, store: Store) -> Settings:
    """When a store writes; the defaults when nothing was ever set."""
    known = Settings.objects.filter(store=store).first() or Settings()
    known.store = store
    return known


def messages_of(store: Store) -> QuerySet[Message]:
    """Every message of a store, in no order."""
    return Message.objects.filter(store=store)


def wordings_of(
    *, store: Store, kind: MessageKind, channel: Channel, languages: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Subject and body of a kind in these languages, where the store has worded it."""
    rows = Template.objects.filter(store=store, kind=kind.name, channel=channel, language__in=list(languages))
    return {
        language: (subject, body)
        for language, subject, body in rows.values_list("language", "subject", "body")
    }


def address_of(customer: Customer, channel: str) -> str:
    """Where a customer is written to on this way."""
    return str(customer.email if channel == Channel.MAIL else customer.phone)


def stops_among(*, store: Store, people: Iterable[Customer]) -> dict[tuple[UUID, str], Stop]:
    """Which of these customers get nothing any more on which way, and why."""
    hashes = {
        (one.pk, str(channel)): address_hash(store_id=store.pk, channel=channel, address=address)
        for one in people
        for channel in Channel
        if (address := address_of(one, channel))
    }
    rows = Stopped.objects.filter(store=store, address_hash__in=set(hashes.values()))
    why = dict(rows.values_list("address_hash", "why"))
    return {place: Stop(why[hashed]) for place, hashed in hashes.items() if hashed in why}


def stops_of(*, store: Store, customer_id: UUID) -> list[tuple[str, Stop]]:
    """On which ways nothing goes to a customer any more, and why."""
    people = Customer.objects.filter(store=store, pk=customer_id).only("email", "phone")
    return [(channel, why) for (_one, channel), why in stops_among(store=store, people=people).items()]


def count_messages(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many messages each of these customers has; who has none is left out."""
    rows = Message.objects.filter(store=store, customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))


def consents_in(store: Store) -> QuerySet[Consent]:
    """What all customers of a store agreed to and took back, in no order."""
    return Consent.objects.filter(store=store)


def templates_of(*, store: Store) -> list[Template]:
    """What a store worded itself."""
    return list(Template.objects.filter(store=store).order_by("kind", "channel", "language"))


def template_id(*, store: Store, kind: str, channel: str, language: str) -> UUID:
    """Under which id a wording is kept and its history told, also after it was reset."""
    return uuid5(store.pk, f"{kind} {channel} {language}")


def meant_by(store: Store, word: str, *, people: QuerySet[Customer]) -> Q:
    """Messages that a text means: a part of the subject or the address, or those to these `people`."""
    rows = messages_of(store).order_by()
    parts = [
        rows.filter(subject__icontains=word),
        rows.filter(address__icontains=word),
        rows.filter(customer__in=people.order_by().values("pk")),
    ]
    # Each has an index; put together by the ids, the database asks one after the other instead of every message.
    first, *others = (part.values("pk") for part in parts)
    return Q(pk__in=first.union(*others, all=True))


def language_of(*, store: Store, customer_id: UUID) -> str:
    """The language a customer is written to in; that of the store for somebody who is gone."""
    rows = Customer.objects.filter(store=store, pk=customer_id)
    return rows.values_list("language", flat=True).first() or store.language


def find_template(*, store: Store, kind: str, channel: str, language: str) -> Template | None:
    """How a store words a kind in a language, when it does."""
    return Template.objects.filter(store=store, kind=kind, channel=channel, language=language).first()


def known_keys(*, store: Store, keys: Collection[str]) -> set[str]:
    """Which of these keys have a message already."""
    rows = Message.objects.filter(store=store, key__in=list(keys))
    return set(rows.values_list("key", flat=True))


def due_at(*, settings: Settings, now: datetime) -> datetime:
    """When something that is asked for now may be sent: now, or at the end of the quiet hours."""
    start, end = settings.quiet_from, settings.quiet_until
    if start is None or end is None or start == end:
        return now
    here = now.astimezone(settings.store.zone)
    time = here.time().replace(tzinfo=None)
    is_quiet = start <= time < end if start < end else time >= start or time < end
    if not is_quiet:
        return now
    day = here.date() if time < end else here.date() + timedelta(days=1)
    # An hour that there is twice, when clocks are put back, is quiet both times.
    return datetime.combine(day, end, tzinfo=settings.store.zone).replace(fold=here.fold)
