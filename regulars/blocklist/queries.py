"""Reading the block list: which rules speak about somebody, and about whom a rule speaks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDay
from django.utils.translation import gettext as _

from regulars.blocklist.choices import Mode, RuleKind, RuleList
from regulars.blocklist.identities import domains_above, email_identity, phone_key, unicode_domain
from regulars.blocklist.keys import digests
from regulars.blocklist.models import Hit, Rule
from regulars.blocklist.providers import BY_DOMAIN, DOTLESS
from regulars.customers.models import Customer
from regulars.customers.queries import customers_of
from regulars.kit.errors import NotFound
from regulars.kit.ids import among
from regulars.kit.phone import digits as digits_of
from regulars.kit.text import fold
from regulars.stores.models import Store

# Desks behind a number ("…;ext=12") are looked for one by one, so not when very many customers are blocked at once.
FEW_PHONES = 20
# As the index of migrations/0002 has it.
_MAILBOX = "replace(split_part(split_part(email_key, '@', 1), '+', 1), '.', '')"
_DOTLESS = " OR ".join(f"email_key LIKE '%%@{domain}'" for domain in DOTLESS)


def rules_of(store: Store) -> QuerySet[Rule]:
    """The rules of a store that nobody has removed, in no order."""
    return Rule.objects.filter(store=store, removed_at=None)


def get_rule(*, store: Store, rule_id: UUID) -> Rule:
    """The rule with this id. Raises `NotFound`, for removed ones and those of other stores too."""
    found = rules_of(store).select_related("customer").filter(pk=rule_id).first()
    if found is None:
        raise NotFound(_("This rule does not exist in this store."))
    return found


def is_removed(*, store: Store, rule_id: UUID) -> bool:
    """Whether this rule was on the list of this store and was taken off it."""
    return Rule.objects.filter(store=store, pk=rule_id, removed_at__isnull=False).exists()


def count_rules(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many rules are about each of these customers by name, taken back ones too; who has none is left out."""
    rows = Rule.objects.filter(store=store, customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that speaks about somebody, and by which of their identities."""

    rule_id: UUID
    list: str
    mode: str
    kind: str
    masked: str
    reason_shown: str
    digest: str
    customer_id: UUID | None


def identities(*, email: str = "", phone: str = "") -> list[tuple[str, str]]:
    """Everything rules may be about in an e-mail and a phone number, as (kind, value)."""
    found: list[tuple[str, str]] = []
    if mailbox := email_identity(email):
        found.append((RuleKind.EMAIL, mailbox))
        found += [(RuleKind.DOMAIN, one) for one in domains_above(mailbox.rpartition("@")[2])]
        real = email.rpartition("@")[2].strip().lower()
        if real in BY_DOMAIN and not mailbox.endswith(f"@{real}"):
            found += [(RuleKind.DOMAIN, one) for one in domains_above(real)]
    if phone:
        found.append((RuleKind.PHONE, phone_key(phone)))
    return found


def find_matches(
    *,
    store: Store,
    digests: Collection[str] = (),
    customer_ids: Collection[UUID] = (),
    ip: str = "",
    now: datetime | None,
) -> list[Match]:
    """The rules in force that speak about any of these identities, customers or this address; one question.

    Without a moment the worker's word counts, which notes within a minute that a rule has expired.
    """
    asked: list[str] = []
    values: list[Any] = []
    columns = "rule.id, rule.list, rule.mode, rule.kind, rule.masked, rule.reason_shown"
    in_force = "rule.in_force AND rule.removed_at IS NULL"
    moment: list[Any] = []
    if now is not None:
        in_force += " AND (rule.expires_at IS NULL OR rule.expires_at > %s)"
        moment = [now]
    if digests:
        asked.append(
            f"""SELECT {columns}, key.digest, NULL::uuid FROM blocklist_key AS key
            JOIN blocklist_rule AS rule ON rule.store_id = key.store_id AND rule.id = key.rule_id
            WHERE key.store_id = %s AND key.digest = ANY(%s) AND {in_force}"""
        )
        values += [store.pk, list(digests), *moment]
    if customer_ids:
        asked.append(
            f"""SELECT {columns}, '', rule.customer_id FROM blocklist_rule AS rule
            WHERE rule.store_id = %s AND rule.customer_id = ANY(%s) AND {in_force}"""
        )
        values += [store.pk, list(customer_ids), *moment]
    if ip:
        asked.append(
            f"""SELECT {columns}, '', NULL::uuid FROM blocklist_rule AS rule
            WHERE rule.store_id = %s AND rule.network >>= %s::inet AND rule.network IS NOT NULL AND {in_force}"""
        )
        values += [store.pk, ip, *moment]
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), values)
        return [Match(*row) for row in cursor.fetchall()]


def matches_of(
    *, store: Store, customer_ids: Collection[UUID], now: datetime | None = None
) -> dict[UUID, list[Match]]:
    """The rules in force that speak about each of these customers; two questions for however many."""
    people = list(customers_of(store).filter(pk__in=list(customer_ids)).values_list("pk", "email", "phone"))
    owners: dict[str, list[UUID]] = {}
    hashes: dict[tuple[str, str], list[str]] = {}
    for pk, email, phone in people:
        for pair in identities(email=email, phone=phone):
            if pair not in hashes:
                hashes[pair] = digests(store.pk, *pair)
            for digest in hashes[pair]:
                owners.setdefault(digest, []).append(pk)
    found: dict[UUID, dict[UUID, Match]] = {}
    for match in find_matches(
        store=store, digests=owners, customer_ids=[pk for pk, *_rest in people], now=now
    ):
        meant = [match.customer_id] if match.customer_id is not None else owners[match.digest]
        for pk in meant:
            found.setdefault(pk, {})[match.rule_id] = match
    return {pk: list(each.values()) for pk, each in found.items()}


def blocking(matches: Iterable[Match]) -> list[Match]:
    """Those of the rules about somebody that turn them away: none when one of them is of the trust list."""
    every = list(matches)
    if any(match.list == RuleList.TRUST for match in every):
        return []
    return [match for match in every if match.mode == Mode.ACTIVE]


def trusts(matches: Iterable[Match]) -> bool:
    """Whether the trust list keeps somebody open."""
    return any(match.list == RuleList.TRUST for match in matches)


@dataclass(frozen=True, slots=True)
class About:
    """Whom some rules are about, by what customers have on record."""

    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    customers: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.emails or self.phones or self.domains or self.customers)


def customers_about(*, store: Store, about: About) -> QuerySet[Customer]:
    """The customers that rules about these e-mails, phones, domains and customers mean, in no order."""
    found = Q(pk__in=[])
    if about.customers:
        found |= Q(pk__in=list(about.customers))
    if about.phones:
        found |= Q(phone__in=list(about.phones)) & ~Q(phone="")
    if len(about.phones) <= FEW_PHONES:
        for number in about.phones:
            found |= Q(search__contains=digits_of(number), phone__startswith=f"{number};")
    for domain in about.domains:
        found |= _of_domain(domain)
    if about.emails:
        found |= Q(pk__in=_of_mailboxes(store, about.emails))
    return customers_of(store).filter(found)


def _of_domain(domain: str) -> Q:
    """By the end of the address; the search form, which holds the address as typed, has an index for it."""
    bare = domain.removeprefix("*.")
    ends = Q(email_key__endswith=f"@{bare}")
    before = "@"
    if bare != domain:
        ends |= Q(email_key__endswith=f".{bare}")
        before = ""
    typed = {fold(bare), fold(unicode_domain(bare))}
    narrowed = Q(pk__in=[])
    for form in typed:
        narrowed |= Q(search__contains=f"{before}{form}")
    return ends & narrowed


def _of_mailboxes(store: Store, mailboxes: Collection[str]) -> list[UUID]:
    """The customers with these mailboxes, however they are spelt: looked up by index, then compared for certain."""
    exact: set[str] = set()
    tagged: set[str] = set()
    dotless: set[str] = set()
    for mailbox in mailboxes:
        local, _at, domain = mailbox.rpartition("@")
        provider = BY_DOMAIN.get(domain)
        exact.update(f"{local}@{one}" for one in (provider.domains if provider else (domain,)))
        if provider and provider.dots:
            dotless.add(local)
        elif provider and provider.tags:
            tagged.add(local)
    asked = [
        "SELECT id, email FROM customers_customer WHERE store_id = %s AND email_key <> '' AND email_key = ANY(%s)"
    ]
    values: list[Any] = [store.pk, sorted(exact)]
    if tagged:  # what begins with "name+" lies between "name+" and the next character, ","
        asked.append(
            """SELECT id, email FROM customers_customer JOIN unnest(%s::text[]) AS tagged (local)
            ON email_key >= local || '+' AND email_key < local || ','
            WHERE store_id = %s AND email_key <> ''"""
        )
        values += [sorted(tagged), store.pk]
    if dotless:
        asked.append(
            f"SELECT id, email FROM customers_customer WHERE store_id = %s AND {_MAILBOX} = ANY(%s) AND ({_DOTLESS})"
        )
        values += [store.pk, sorted(dotless)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(asked), values)
        return [pk for pk, email in cursor.fetchall() if email_identity(email) in mailboxes]


def about_identity(kind: str, value: str, customer: Customer | None) -> About:
    """Whom a rule of this kind is about. Of somebody who was forgotten only the record is left to look at."""
    match kind:
        case RuleKind.EMAIL if value:
            return About(emails=frozenset([value]))
        case RuleKind.PHONE if value:
            return About(phones=frozenset([value]))
        case RuleKind.DOMAIN:
            return About(domains=frozenset([value]))
        case RuleKind.CUSTOMER if customer:
            mailbox = email_identity(customer.email)
            return About(
                customers=frozenset([customer.pk]),
                emails=frozenset([mailbox] if mailbox else []),
                phones=frozenset([phone_key(customer.phone)] if customer.phone else []),
            )
    return About()


def about_rule(rule: Rule) -> About:
    """Whom a rule on record is about."""
    return about_identity(rule.kind, rule.value, rule.customer)


def forgets_its_value(rule: Rule) -> bool:
    """True when nothing on record says any more whom the rule is about: its person was forgotten."""
    return rule.kind in (RuleKind.EMAIL, RuleKind.PHONE) and not rule.value


def hits_since(*, store: Store, moment: datetime) -> int:
    """How often the block list turned somebody away since a moment; shadow rules turn nobody away."""
    hits = Hit.objects.filter(store=store, minute__gte=moment, shadow=False)
    return int(hits.aggregate(total=Sum("times"))["total"] or 0)


def latest_hits(*, store: Store, rule_id: UUID, limit: int = 20) -> list[Hit]:
    """The latest attempts a rule stopped, newest first."""
    return list(Hit.objects.filter(store=store, rule_id=rule_id).order_by("-minute", "-pk")[:limit])


def hits_by_day(*, store: Store, rule_id: UUID, now: datetime, days: int = 30) -> list[tuple[date, int]]:
    """How often a rule spoke on each of the last days, today last, by the calendar of the store."""
    today = store.day_of(now)
    first = today - timedelta(days=days - 1)
    hits = Hit.objects.filter(store=store, rule_id=rule_id, minute__gte=now - timedelta(days=days + 1))
    counted = (
        hits.annotate(day=TruncDay("minute", tzinfo=store.zone))
        .values("day")
        .annotate(total=Sum("times"))
        .values_list("day", "total")
    )
    found = {day.date(): total for day, total in counted}
    return [(day, found.get(day, 0)) for day in (first + timedelta(days=at) for at in range(days))]


def rules_blocking(*, store: Store, customer_id: UUID, now: datetime) -> list[Rule]:
    """The rules that block a customer now, their own first."""
    matches = matches_of(store=store, customer_ids=[customer_id], now=now).get(customer_id, [])
    found = rules_of(store).filter(pk__in=[match.rule_id for match in blocking(matches)])
    return sorted(found, key=lambda rule: (rule.customer_id != customer_id, rule.created_at))


def due_rules(*, store: Store, now: datetime, limit: int) -> list[Rule]:
    """Rules that have expired, or were written a while ago, without the customers having been looked at again."""
    overdue = Q(settled=False, updated_at__lte=now - timedelta(minutes=1))
    expired = Q(in_force=True, expires_at__lte=now)
    rules = Rule.objects.filter(store=store).select_related("customer")
    return list(rules.filter(overdue | expired).order_by("pk")[:limit])
