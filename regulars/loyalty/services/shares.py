"""What the points of an order should be by its terms, and what the ledger has of them already."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.kit.ids import among
from regulars.loyalty.choices import Kind, Source
from regulars.loyalty.earning import Basis, Line, Terms, worth_of
from regulars.loyalty.models import Earning, Entry, Programme
from regulars.loyalty.services.adjust import expiry
from regulars.loyalty.services.change import PointChange
from regulars.orders.choices import OrderStatus
from regulars.orders.models import Order, OrderLine
from regulars.stores.models import Store

KEY = "order:"


@dataclass(slots=True)
class Given:
    """What one rule gave a customer for an order so far: by the rules, by hand (taken back), and what is left of it."""

    points: int = 0
    by_hand: int = 0
    open: list[tuple[UUID, int]] = field(default_factory=list)


def is_earning(order: Order) -> bool:
    """Whether an order earns points as it stands: it is completed, or open and fully paid."""
    if order.status == OrderStatus.COMPLETED:
        return True
    is_paid = order.total_minor > 0 and order.paid_minor >= order.total_minor - order.returned_minor
    return order.status == OrderStatus.OPEN and is_paid


def bases_of(*, store: Store, orders: Iterable[Order]) -> dict[UUID, Basis]:
    """What of each order earns points."""
    found = {order.pk: order for order in orders if is_earning(order)}
    lines: dict[UUID, list[Line]] = {}
    rows = OrderLine.objects.filter(store=store, order__in=among(found)).order_by("position", "pk")
    for order_id, sku, quantity, returned in rows.values_list("order_id", "sku", "quantity", "returned"):
        lines.setdefault(order_id, []).append(Line(sku, quantity - returned))
    return {
        pk: Basis(
            max(order.total_minor - order.shipping_minor - order.returned_minor, 0), tuple(lines.get(pk, ()))
        )
        for pk, order in found.items()
    }


def given_for(*, store: Store, order_ids: Collection[UUID]) -> dict[UUID, dict[tuple[str, UUID], Given]]:
    """What was given for each order so far, by rule and customer."""
    found: dict[UUID, dict[tuple[str, UUID], Given]] = {}
    rows = Entry.objects.filter(
        store=store,
        source_id__in=among(order_ids),
        source__in=[Source.ORDER, Source.RETURN],
        kind__in=[Kind.EARN, Kind.REVERSE],
    ).order_by("pk")
    columns = ("pk", "source_id", "customer_id", "rule", "key", "points", "left")
    for pk, order_id, customer_id, rule, key, points, left in rows.values_list(*columns):
        one = found.setdefault(order_id, {}).setdefault((rule, customer_id), Given())
        if key.startswith(KEY):
            one.points += points
        else:
            one.by_hand += points
        if left:
            one.open.append((pk, left))
    return found


def differences(
    *,
    order: Order | None,
    earning: Earning,
    basis: Basis | None,
    given: dict[tuple[str, UUID], Given],
    programme: Programme,
    now: datetime,
) -> list[PointChange]:
    """What is to be given and taken for one order: takes come first."""
    terms: Terms = earning.terms
    worth = worth_of(terms, basis) if basis else {}
    wanted = {(rule, order.customer_id): points for rule, points in worth.items()} if order else {}
    by_hand: dict[str, int] = {}
    for (rule, _customer), one in given.items():
        by_hand[rule] = by_hand.get(rule, 0) + one.by_hand
    takes: list[PointChange] = []
    gives: list[PointChange] = []
    for place in sorted(wanted.keys() | given.keys(), key=str):
        rule, customer_id = place
        there = given.get(place, Given())
        # Of what staff took back nothing is given again, and nothing is taken twice.
        turned = by_hand.get(rule, 0) < 0
        more = -(there.points + there.by_hand) if turned else wanted.get(place, 0) - there.points
        about: dict[str, Any] = {"rule": rule, "source_id": earning.order_id, "reason": _reason(order)}
        if more > 0:
            gives.append(_give(customer_id, more, earning, programme, now, about))
        elif more < 0:
            source = Source.RETURN if order and basis and order.returned_minor else Source.ORDER
            takes += _take(customer_id, -more, there.open, about | {"source": source})
    return takes + gives


def _reason(order: Order | None) -> str:
    return _("Order %(number)s") % {"number": order.number} if order else _("Order taken back")


def _give(
    customer_id: UUID,
    points: int,
    earning: Earning,
    programme: Programme,
    now: datetime,
    about: dict[str, Any],
) -> PointChange:
    """Points that can be spent once the days to wait are over, and expire like others of that day."""
    available = earning.earned_at + timedelta(days=programme.pending_days)
    expires = expiry(programme=programme, now=available)
    if expires is not None and expires <= now:
        expires = expiry(programme=programme, now=now)
    return PointChange(
        customer_id,
        points,
        Kind.EARN,
        source=Source.ORDER,
        available_at=available,
        expires_at=expires,
        **about,
    )


def _take(
    customer_id: UUID, points: int, open_ones: list[tuple[UUID, int]], about: dict[str, Any]
) -> list[PointChange]:
    """Take what the order gave before all else; what was spent of it since becomes a debt, or comes from the rest."""
    found = []
    for giver, left in open_ones:
        if points:
            taken = min(left, points)
            points -= taken
            found.append(PointChange(customer_id, -taken, Kind.REVERSE, takes_first=giver, **about))
    if points:
        found.append(PointChange(customer_id, -points, Kind.REVERSE, **about))
    return found
