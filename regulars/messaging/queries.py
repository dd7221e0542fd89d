"""Reading messages and what people agreed to."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from regulars.kit.ids import among
from regulars.messaging.choices import Channel
from regulars.messaging.kinds import MessageKind
from regulars.messaging.models import Consent, Message, Settings, Stopped, Template
from regulars.stores.models import Store


def settings_of(*, store: Store) -> Settings:
    """When a store writes; the defaults when nothing was ever set."""
    return Settings.objects.filter(store=store).first() or Settings(store=store)


def messages_of(store: Store) -> QuerySet[Message]:
    """Every message of a store, in no order."""
    return Message.objects.filter(store=store)


def messages_to(store: Store, customer_id: UUID) -> QuerySet[Message]:
    """The messages to a customer, in no order."""
    return messages_of(store).filter(customer_id=customer_id)


def consents_of(*, store: Store, customer_id: UUID) -> list[Consent]:
    """What a customer agreed to and took back, newest first."""
    return list(Consent.objects.filter(store=store, customer_id=customer_id).order_by("-at", "-pk"))


def wordings_of(
    *, store: Store, kind: MessageKind, channel: Channel, languages: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Subject and body of a kind in these languages, where the store has worded it."""
    rows = Template.objects.filter(store=store, kind=kind.name, channel=channel, language__in=list(languages))
    return {
        language: (subject, body)
        for language, subject, body in rows.values_list("language", "subject", "body")
    }


def stopped_among(*, store: Store, channel: Channel, hashes: Collection[str]) -> dict[str, str]:
    """Which of these addresses get nothing any more, and why."""
    rows = Stopped.objects.filter(store=store, channel=channel, address_hash__in=list(hashes))
    return dict(rows.values_list("address_hash", "why"))


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
    return datetime.combine(day, end, tzinfo=settings.store.zone)


def by_id(*, ids: Collection[UUID]) -> dict[UUID, Message]:
    """Messages of any store by id; for the worker, which sends for all."""
    rows = Message.objects.filter(pk__in=among(ids)).select_related("store")
    return {one.pk: one for one in rows}
