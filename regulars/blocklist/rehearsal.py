"""What a rule would do, before it is saved: whom it meets, how many of them are trusted, what they spend."""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Count, FloatField, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from regulars.blocklist import queries
from regulars.blocklist.choices import RuleKind, RuleList
from regulars.blocklist.identities import Identity, domains_above, email_identity, parse_ip
from regulars.blocklist.models import Rule
from regulars.blocklist.queries import About
from regulars.blocklist.services.rules import NewRule, read_rule
from regulars.customers.choices import Flag
from regulars.customers.models import Customer
from regulars.customers.queries import customers_of
from regulars.kit.slowness import was_given_up
from regulars.resources.language import write
from regulars.resources.tree import Condition, Node, Or
from regulars.staff import queries as staff_queries
from regulars.stores.models import Store

# People are looked at one by one up to here; beyond it the figures come from the database alone.
FEW = 500
SHOWN = 8
LISTED = 100
MILLISECONDS = 500
SAMPLED = 30_000
# What customers spend a year: all they spent over the years since their first order, a year at least.
_YEARLY = (
    "customers_customer.spent_minor * 365.0 / "
    "GREATEST(365, EXTRACT(EPOCH FROM %s - customers_customer.first_order_at) / 86400)"
)


@dataclass(slots=True)
class Rehearsal:
    """What a rule would do. With `exact` false the figures are estimates from a sample."""

    count: int = 0
    exact: bool = True
    trusted: int = 0
    kept_open: int = 0
    blocked: int = 0
    yearly_minor: int = 0
    people: list[Customer] = field(default_factory=list)
    where: str = ""
    notices: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    doubt: str = ""


def rehearse_rule(*, store: Store, rule: NewRule, own_ip: str = "", now: datetime) -> Rehearsal:
    """What this rule would do if it were saved. Raises `InvalidRecord`."""
    identity, customer = read_rule(store=store, rule=rule, now=now)
    about = queries.about_identity(identity.kind, identity.value, customer)
    found = _of(store, about, now)
    found.notices = list(identity.notices)
    if identity.kind == RuleKind.IP:
        found.notices.append(_("Customers have no IP address on record; the rule is asked at every door."))
    if rule.list == RuleList.BLOCK:
        found.doubt = identity.doubt
        found.warnings = _warnings(store, identity, own_ip)
    return found


def rehearse_stored(*, store: Store, rule: Rule, now: datetime) -> Rehearsal:
    """Whom a rule on the list is about."""
    return _of(store, queries.about_rule(rule), now)


def rehearse_customers(*, store: Store, ids: Collection[UUID], now: datetime) -> Rehearsal:
    """What blocking these customers would mean."""
    return _of(store, About(customers=frozenset(ids)), now)


def _of(store: Store, about: About, now: datetime) -> Rehearsal:
    if not about:
        return Rehearsal()
    rows = queries.customers_about(store=store, about=about)
    figures = _figures(rows, now)
    exact = figures is not None
    if figures is None:
        figures = _estimate(store, rows, now)
    found = Rehearsal(**figures, exact=exact)
    if exact and found.count <= FEW:
        ids = list(rows.values_list("pk", flat=True))
        matches = queries.matches_of(store=store, customer_ids=ids, now=now)
        found.kept_open = sum(queries.trusts(each) for each in matches.values())
        listed = list(customers_of(store).filter(pk__in=ids).order_by("-spent_minor", "pk")[:LISTED])
        found.people = listed[:SHOWN]
        found.where = _where(about, listed)
    else:
        found.people = list(rows.order_by()[:SHOWN])
        found.where = _where(about, [])
    return found


def _figures(rows: QuerySet[Customer], now: datetime) -> dict[str, Any] | None:
    """The figures for certain, or nothing when that takes too long."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {MILLISECONDS}")
            found = rows.aggregate(**_sums(now))
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if not was_given_up(error):
            raise
        return None
    return {name: round(value or 0) for name, value in found.items()}


def _sums(now: datetime) -> dict[str, Any]:
    return {
        "count": Count("pk"),
        "trusted": Count("pk", filter=Q(flag=Flag.TRUSTED)),
        "blocked": Count("pk", filter=Q(blocked=True)),
        "yearly_minor": Sum(RawSQL(_YEARLY, [now], output_field=FloatField())),
    }


def _estimate(store: Store, rows: QuerySet[Customer], now: datetime) -> dict[str, Any]:
    """The figures from a sample of the table's pages: a domain that very many customers have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'customers_customer'::regclass"
        )
        percent = min(100.0, 100.0 * SAMPLED / cursor.fetchone()[0])
        found = rows.annotate(yearly=RawSQL(_YEARLY, [now], output_field=FloatField()))
        sql, values = found.values("flag", "blocked", "yearly").query.sql_with_params()
        sampled = sql.replace(
            'FROM "customers_customer"',
            f'FROM "customers_customer" TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE (1)',
            1,
        )
        cursor.execute(
            f"""SELECT count(*), count(*) FILTER (WHERE flag = 'trusted'), count(*) FILTER (WHERE blocked),
                coalesce(sum(yearly), 0) FROM ({sampled}) AS sampled""",
            values,
        )
        names = ("count", "trusted", "blocked", "yearly_minor")
        return {
            name: round(float(value) * 100 / percent)
            for name, value in zip(names, cursor.fetchone(), strict=True)
        }


def _where(about: About, listed: list[Customer]) -> str:
    """The condition with which the list of customers shows the same people."""
    if about.domains:
        parts: list[Node] = []
        for domain in sorted(about.domains):
            bare = domain.removeprefix("*.")
            parts.append(Condition("email", "ends with", (f"@{bare}",)))
            if bare != domain:
                parts.append(Condition("email", "ends with", (f".{bare}",)))
        return write(parts[0] if len(parts) == 1 else Or(tuple(parts)))
    numbers = tuple(str(one.number) for one in listed)
    return write(Condition("number", "in", numbers)) if numbers else ""


def _warnings(store: Store, identity: Identity, own_ip: str) -> list[str]:
    """Whom nobody wants to keep out: colleagues, and the person who writes the rule."""
    found = []
    if identity.kind in (RuleKind.EMAIL, RuleKind.DOMAIN):
        for person in staff_queries.people(store=store):
            mailbox = email_identity(person.email)
            meant = [mailbox, *domains_above(mailbox.rpartition("@")[2])]
            if identity.value in meant:
                found.append(
                    _("%(name)s, who works here, has the address %(email)s.")
                    % {"name": person.name, "email": person.email}
                )
    address = parse_ip(own_ip)
    if identity.network is not None and address and ipaddress.ip_address(address) in identity.network:
        found.append(_("This is the address you are using yourself at this moment."))
    return found[:5]
