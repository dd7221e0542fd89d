"""Reading earning rules, tiers and who is in them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from regulars.customers.choices import State
from regulars.kit.copying import array_of
from regulars.kit.errors import NotFound
from regulars.kit.ids import among
from regulars.loyalty.choices import Kind, Source, TierBy
from regulars.loyalty.earning import CLASSES
from regulars.loyalty.models import EarnRule as EarnRule
from regulars.loyalty.models import Membership as Membership
from regulars.loyalty.models import Tier as Tier
from regulars.loyalty.tier_rules import Standing, window_begins
from regulars.orders.choices import COUNTED
from regulars.orders.models import Product
from regulars.stores.models import Store

_MEASURES = {
    TierBy.SPEND: """SELECT customer_id, sum(total_minor - returned_minor)::bigint AS reached FROM orders_order
        WHERE store_id = %(store)s AND customer_id = ANY(%(ids)s) AND status = ANY(%(counted)s)
        AND placed_at >= coalesce({since}, '-infinity') GROUP BY customer_id""",
    TierBy.POINTS: """SELECT customer_id, sum(points)::bigint AS reached FROM loyalty_entry
        WHERE store_id = %(store)s AND customer_id = ANY(%(ids)s)
        AND (kind = %(earn)s OR (kind = %(reverse)s AND source = ANY(%(earned)s)))
        AND created_at >= coalesce({since}, '-infinity') GROUP BY customer_id""",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The membership in force of a customer, and the tier that was reached (with its rank)."""

    membership: UUID | None
    standing: Standing | None
    deserved: tuple[UUID, int] | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a customer is on the way to a tier."""

    tier: Tier
    reached: int

    @property
    def missing(self) -> int:
        """What is still to be reached."""
        return max(self.tier.threshold - self.reached, 0)


def rules_of(*, store: Store) -> list[EarnRule]:
    """Every earning rule of a store, by name."""
    return list(EarnRule.objects.filter(store=store).order_by("name", "pk"))


def get_rule(*, store: Store, rule_id: UUID) -> EarnRule:
    """One earning rule. Raises `NotFound`."""
    rule = EarnRule.objects.filter(store=store, pk=rule_id).first()
    if rule is None:
        raise NotFound(_("There is no such earning rule in this store."))
    return rule


def active_rules(*, store: Store, triggers: Collection[str]) -> list[EarnRule]:
    """The rules that are switched on and give for one of these reasons, oldest first."""
    kinds = [one.name for one in CLASSES.values() if one.trigger in triggers]
    return list(EarnRule.objects.filter(store=store, active=True, kind__in=kinds).order_by("pk"))


def tiers_of(*, store: Store) -> list[Tier]:
    """The tiers of a store, the best one first."""
    return list(Tier.objects.filter(store=store).order_by("-rank"))


def get_tier(*, store: Store, tier_id: UUID) -> Tier:
    """One tier. Raises `NotFound`."""
    tier = Tier.objects.filter(store=store, pk=tier_id).first()
    if tier is None:
        raise NotFound(_("There is no such tier in this store."))
    return tier


def members_by_tier(*, store: Store) -> dict[UUID, int]:
    """How many members each tier has."""
    rows = Membership.objects.filter(store=store, until__isnull=True).values("tier")
    return dict(rows.annotate(number=Count("pk")).values_list("tier", "number"))


def memberships_of(store: Store) -> QuerySet[Membership]:
    """Every membership of a store, past ones too, in no order."""
    return Membership.objects.filter(store=store)


def history_of(*, store: Store, customer_id: UUID) -> list[Membership]:
    """The memberships of a customer, the latest first."""
    rows = memberships_of(store).filter(customer_id=customer_id).select_related("tier")
    return list(rows.order_by("-since", "-pk"))


def in_force(*, store: Store, ids: Collection[UUID]) -> dict[UUID, Membership]:
    """The membership in force of each of these customers, with its tier."""
    rows = memberships_of(store).filter(customer_id__in=among(ids), until__isnull=True)
    return {one.customer_id: one for one in rows.select_related("tier")}


def tiers_of_customers(*, store: Store, ids: Collection[UUID]) -> dict[UUID, Tier]:
    """The tier of each of these customers; who is in none is left out."""
    return {pk: one.tier for pk, one in in_force(store=store, ids=ids).items()}


def progress_of(*, store: Store, customer_id: UUID, now: datetime) -> list[Progress]:
    """How far a customer is on the way to each tier of the store, the lowest first."""
    found = []
    for tier in reversed(tiers_of(store=store)):
        parameters = _parameters(store, [customer_id]) | {
            "since": window_begins(now=now, months=tier.window_months, zone=store.zone)
        }
        sql = _MEASURES[TierBy(tier.by)].format(since="%(since)s::timestamptz")
        rows = _rows(sql, parameters)
        found.append(Progress(tier, max(rows[0][1], 0) if rows else 0))
    return found


def placed_wrongly(
    *, store: Store, ids: Collection[UUID], tiers: Collection[Tier], now: datetime
) -> dict[UUID, Found]:
    """Those of these customers who are in another tier than they have reached, or whose membership has run out."""
    parameters = _parameters(store, ids) | {"now": now, "gone": State.ANONYMISED.value}
    each = []
    for number, tier in enumerate(tiers):
        parameters |= {
            f"tier{number}": tier.pk,
            f"rank{number}": tier.rank,
            f"least{number}": tier.threshold,
            f"since{number}": window_begins(now=now, months=tier.window_months, zone=store.zone),
        }
        about = f"%(tier{number})s::uuid AS tier_id, %(rank{number})s::int AS rank"
        if tier.threshold:
            measured = _MEASURES[TierBy(tier.by)].format(since=f"%(since{number})s::timestamptz")
            each.append(
                f"SELECT customer_id, {about} FROM ({measured}) AS measured WHERE reached >= %(least{number})s"
            )
        else:
            each.append(f"SELECT id AS customer_id, {about} FROM people")
    reached = " UNION ALL ".join(each) or "SELECT id AS customer_id, NULL::uuid, 0 FROM people WHERE false"
    sql = f"""WITH people AS (
            SELECT id FROM customers_customer
            WHERE store_id = %(store)s AND id = ANY(%(ids)s) AND state <> %(gone)s
        ), deserved AS (
            SELECT DISTINCT ON (customer_id) * FROM ({reached}) AS reached (customer_id, tier_id, rank)
            ORDER BY customer_id, rank DESC
        )
        SELECT people.id, deserved.tier_id, deserved.rank, member.id, member.tier_id, tier.rank, member.origin,
            tier.grace_days, member.ends_at, member.below_since
        FROM people LEFT JOIN deserved ON deserved.customer_id = people.id
        LEFT JOIN loyalty_membership AS member
            ON member.store_id = %(store)s AND member.customer_id = people.id AND member.until IS NULL
        LEFT JOIN loyalty_tier AS tier ON tier.store_id = %(store)s AND tier.id = member.tier_id
        WHERE deserved.tier_id IS DISTINCT FROM member.tier_id OR member.below_since IS NOT NULL
            OR member.ends_at <= %(now)s"""
    return {
        customer_id: Found(
            member,
            Standing(current, current_rank, *facts) if member else None,
            (deserved, rank) if deserved else None,
        )
        for customer_id, deserved, rank, member, current, current_rank, *facts in _rows(sql, parameters)
    }


def _parameters(store: Store, ids: Collection[UUID]) -> dict[str, Any]:
    return {
        "store": store.pk,
        "ids": array_of(map(str, ids)),
        "counted": list(COUNTED),
        "earn": Kind.EARN.value,
        "reverse": Kind.REVERSE.value,
        "earned": [Source.ORDER.value, Source.RETURN.value, Source.RULE.value],
    }


def _rows(sql: str, parameters: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def known_skus(*, store: Store, skus: Collection[str]) -> set[str]:
    """Which of these article numbers the store's products have."""
    return set(Product.objects.filter(store=store, sku__in=list(skus)).values_list("sku", flat=True))
