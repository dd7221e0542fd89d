"""Writing to customers about their points: once a month to those who asked for it, and before points expire."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from babel.dates import format_date, format_interval
from babel.numbers import format_decimal
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Sum, TextField, Value
from django.db.models.functions import Cast, Concat

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.customers.queries import customers_of
from regulars.kit.actor import Actor
from regulars.kit.ids import among
from regulars.kit.language import locale_of
from regulars.kit.money import display_money
from regulars.loyalty import queries, tier_queries
from regulars.loyalty.choices import Kind, Source
from regulars.loyalty.mails import EXPIRING, SUMMARY
from regulars.loyalty.models import Entry, Programme
from regulars.loyalty.rules import last_day, worth
from regulars.messaging.choices import Channel
from regulars.messaging.kinds import MessageKind, fill, one_line
from regulars.messaging.models import Message
from regulars.messaging.services import Wanted, send_many
from regulars.messaging.services.queueing import tongues, values_of, wordings
from regulars.stores.models import Store

BATCH = 2000
# A worker that was down writes the summaries when it is back; later than that they are old news.
LATE_DAYS = 7
# Between two warnings of points that expire.
PACE = timedelta(days=7)
_FACTS = ("language", "points", "points_pending", "first_name", "last_name", "company", "email", "number")
_EARNED = Q(kind=Kind.EARN) | Q(kind=Kind.REVERSE, source__in=[Source.ORDER, Source.RETURN, Source.RULE])


@dataclass(frozen=True, slots=True)
class _Hand:
    """How numbers, days and money are written in a language."""

    locale: str
    currency: str

    def whole(self, number: int) -> str:
        return format_decimal(number, locale=self.locale)

    def day(self, day: date) -> str:
        return format_date(day, "long", locale=self.locale)

    def days(self, first: date, last: date) -> str:
        """One day, or from one to another."""
        return (
            self.day(first) if first == last else format_interval(first, last, "yMMMMd", locale=self.locale)
        )

    def month(self, day: date) -> str:
        # Not the form of a month that stands alone: Babel mixes those up once two languages were spoken.
        return format_date(day, "MMMM y", locale=self.locale)

    def worth(self, points: int, programme: Programme) -> str:
        minor = worth(points, value_minor=programme.value_minor)
        return display_money(minor, self.currency, self.locale)


def send_summaries(*, store: Store, actor: Actor, now: datetime) -> int:
    """In the first days of a month, write what became of their points to all who asked for it; once for each month.

    Who has no points and did nothing with any is left in peace.
    """
    today = store.day_of(now)
    if today.day > LATE_DAYS or not queries.programme_of(store=store).active:
        return 0
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    start = f"{SUMMARY.name}:{month:%Y-%m}:"
    known = Message.objects.filter(
        store=OuterRef("store"), key=Concat(Value(start), Cast(OuterRef("pk"), TextField()))
    )
    people = customers_of(store).filter(points_summary=True, state=State.ACTIVE, blocked=False)
    people = people.exclude(email="").filter(~Exists(known)).order_by("pk")
    sent, last = 0, UUID(int=0)
    while True:
        found = list(people.filter(pk__gt=last).only(*_FACTS)[:BATCH])
        if not found:
            return sent
        last = found[-1].pk
        told = _told(store, found, month, now, only_with_points=True)
        wanted = [Wanted(one, each, f"{start}{one}") for one, each in told.items()]
        sent += len(send_many(store=store, kind=SUMMARY, wanted=wanted, actor=actor, now=now))


def preview_summary(*, store: Store, customer_id: UUID, now: datetime) -> tuple[str, str]:
    """Subject and text of the summary that a customer would get for this month so far; nothing is sent."""
    customer = customers_of(store).get(pk=customer_id)
    told = _told(store, [customer], store.day_of(now).replace(day=1), now, only_with_points=False)
    values = values_of(store, customer) | dict(told[customer.pk])
    language = customer.language or store.language
    subject, body = wordings(store, SUMMARY, Channel.MAIL, {language})[language]
    return one_line(fill(subject, values)), fill(body, values)


def warn_of_expiry(*, store: Store, actor: Actor, now: datetime) -> int:
    """Write to whoever has points that expire within the days of warning; once about each lot of points, and about
    several in one mail. Who earns every day is written to once a week, unless points expire before the next mail."""
    programme = queries.programme_of(store=store)
    if not programme.warn_days or not programme.active:
        return 0
    sent = 0
    for batch in _expiring(store, now, timedelta(days=programme.warn_days)):
        people = customers_of(store).only(*_FACTS).in_bulk([one for one, *_lots in batch])
        hands = _hands(store, EXPIRING, people.values())
        wanted = [
            Wanted(
                one,
                {
                    "expiring": hands[one].whole(points),
                    "day": hands[one].days(
                        *(last_day(expires_at=at, zone=store.zone) for at in (first, last))
                    ),
                    "points": hands[one].whole(people[one].points),
                },
                f"{EXPIRING.name}:{one}:{int(last.timestamp())}",
            )
            for one, points, first, last in batch
            if one in people
        ]
        sent += len(send_many(store=store, kind=EXPIRING, wanted=wanted, actor=actor, now=now))
    return sent


def _expiring(
    store: Store, now: datetime, ahead: timedelta
) -> Iterator[list[tuple[UUID, int, datetime, datetime]]]:
    """Whose points expire, how many, and when the first and the last of them, of those that nobody was written to
    about; some at a time of one look. The key of a mail ends with when the last ones expire that it told of."""
    pace = min(PACE, ahead / 2)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """SELECT entry.customer_id, sum(entry."left")::bigint, min(entry.expires_at), max(entry.expires_at)
            FROM loyalty_entry AS entry JOIN customers_customer AS customer
                ON customer.store_id = entry.store_id AND customer.id = entry.customer_id
            WHERE entry.store_id = %(store)s AND entry."left" > 0 AND NOT entry.pending
                AND entry.expires_at > %(now)s AND entry.expires_at <= %(until)s
                AND customer.email <> '' AND customer.state = %(active)s AND NOT customer.blocked
                AND NOT EXISTS (
                    SELECT FROM messaging_message AS message WHERE message.store_id = %(store)s
                    AND message.customer_id = entry.customer_id AND message.kind = %(name)s
                    AND message.created_at >= greatest(entry.created_at, entry.available_at)
                    AND split_part(message.key, ':', 3)::bigint >= floor(extract(epoch FROM entry.expires_at)))
            GROUP BY entry.customer_id
            HAVING min(entry.expires_at) <= %(soon)s OR NOT EXISTS (
                SELECT FROM messaging_message AS message WHERE message.store_id = %(store)s
                AND message.customer_id = entry.customer_id AND message.kind = %(name)s
                AND message.created_at > %(lately)s)
            ORDER BY entry.customer_id""",
            {
                "store": store.pk,
                "now": now,
                "until": now + ahead,
                "soon": now + pace,
                "lately": now - pace,
                "active": State.ACTIVE.value,
                "name": EXPIRING.name,
            },
        )
        while batch := cursor.fetchmany(BATCH):
            yield batch


def _told(
    store: Store, people: Collection[Customer], month: date, now: datetime, *, only_with_points: bool
) -> dict[UUID, Mapping[str, str]]:
    """The values of the summary of a month for each of these customers."""
    programme = queries.programme_of(store=store)
    ids = [one.pk for one in people]
    until = now + timedelta(days=programme.warn_days or 30)
    moved = _moved(store, ids, month)
    rows = Entry.objects.filter(store=store, customer_id__in=among(ids), left__gt=0, pending=False)
    soon = rows.filter(expires_at__gt=now, expires_at__lte=until).values("customer_id")
    expiring = dict(soon.annotate(sum=Sum("left")).values_list("customer_id", "sum"))
    tiers = tier_queries.tiers_of_customers(store=store, ids=ids)
    hands = _hands(store, SUMMARY, people)
    found: dict[UUID, Mapping[str, str]] = {}
    for one in people:
        earned, spent = moved.get(one.pk, (0, 0))
        if only_with_points and not (one.points or one.points_pending or earned or spent):
            continue
        tier = tiers.get(one.pk)
        hand = hands[one.pk]
        found[one.pk] = {
            "month": hand.month(month),
            "points": hand.whole(one.points),
            "pending": hand.whole(one.points_pending),
            "earned": hand.whole(earned),
            "spent": hand.whole(spent),
            "expiring": hand.whole(expiring.get(one.pk, 0)),
            "expiring_until": hand.day(store.day_of(until)),
            "worth": hand.worth(one.points, programme),
            "tier": tier.name if tier else "–",
        }
    return found


def _moved(store: Store, ids: list[UUID], month: date) -> dict[UUID, tuple[int, int]]:
    """How many points each customer earned and spent in a month of the store."""
    following = (month + timedelta(days=32)).replace(day=1)
    rows = Entry.objects.filter(
        store=store,
        customer_id__in=among(ids),
        created_at__gte=datetime.combine(month, time.min, store.zone),
        created_at__lt=datetime.combine(following, time.min, store.zone),
    ).values("customer_id")
    sums = rows.annotate(
        earned=Sum("points", filter=_EARNED, default=0),
        spent=Sum(-F("points"), filter=Q(kind=Kind.SPEND), default=0),
    )
    return {one: (earned, spent) for one, earned, spent in sums.values_list("customer_id", "earned", "spent")}


def _hands(store: Store, kind: MessageKind, people: Iterable[Customer]) -> dict[UUID, _Hand]:
    """How numbers are written for each of these customers: in the language of the words around them."""
    asked = {one.pk: one.language or store.language for one in people}
    spoken_in = tongues(store, kind, Channel.MAIL, set(asked.values()))
    hands = {language: _Hand(locale_of(tongue), store.currency) for language, tongue in spoken_in.items()}
    return {pk: hands[language] for pk, language in asked.items()}
