"""Reading requests about personal data, copies of it, and whom a rule of keeping means."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.accounts.models import Account
from regulars.customers.choices import Flag
from regulars.customers.choices import State as CustomerState
from regulars.customers.models import Customer
from regulars.customers.queries import customers_of
from regulars.invoices.choices import OUTSTANDING
from regulars.invoices.models import Invoice
from regulars.jobs.models import Run
from regulars.kit.actor import system
from regulars.kit.errors import NotFound
from regulars.kit.ids import among
from regulars.messaging.models import Consent
from regulars.offers.models import Redemption
from regulars.orders.choices import OrderStatus
from regulars.orders.models import Order
from regulars.privacy.choices import PENDING, UNFINISHED, Kind, State
from regulars.privacy.models import Copy, CopyPiece, Request, RetentionRule, Settings, Warned
from regulars.privacy.spans import SOON, silent_since
from regulars.resources.context import Context
from regulars.segments.queries import members_of
from regulars.stores.models import Store
from regulars.tradeins.choices import CLOSED as CLOSED_TRADEINS
from regulars.tradeins.models import TradeIn

SHOWN = 20


def settings_of(*, store: Store) -> Settings:
    """What a store promises; the defaults when nothing was ever set."""
    return Settings.objects.filter(store=store).first() or Settings(store=store)


def requests_of(store: Store) -> QuerySet[Request]:
    """Every request of a store, in no order."""
    return Request.objects.filter(store=store)


def get_request(*, store: Store, request_id: UUID) -> Request:
    """One request. Raises `NotFound`."""
    found = requests_of(store).filter(pk=request_id).first()
    if found is None:
        raise NotFound(_("There is no such request in this store."))
    return found


def requests_by(*, store: Store, customer_id: UUID, limit: int = 50) -> list[Request]:
    """What a customer asked for, the latest first."""
    return list(requests_of(store).filter(customer_id=customer_id).order_by("-created_at", "-pk")[:limit])


def unfinished(*, store: Store, customer_id: UUID, kind: Kind) -> Request | None:
    """The request of this kind that a customer waits for, if there is one."""
    return requests_of(store).filter(customer_id=customer_id, kind=kind, state__in=UNFINISHED).first()


def count_requests(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many requests each of these customers made; who made none is left out."""
    rows = requests_of(store).filter(customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))


def count_copies(*, store: Store, ids: list[UUID]) -> dict[UUID, int]:
    """How many copies of their data of these customers are kept."""
    rows = Copy.objects.filter(store=store, customer_id__in=among(ids)).values("customer_id")
    return dict(rows.annotate(number=Count("pk")).values_list("customer_id", "number"))


@dataclass(frozen=True, slots=True)
class Pressing:
    """How many requests are past their day, and how many will be within a week."""

    overdue: int = 0
    soon: int = 0


def pressing(*, store: Store, now: datetime) -> Pressing:
    """What presses among the requests of a store."""
    rows = requests_of(store).filter(state__in=PENDING, due_at__lt=now + SOON)
    counted = rows.aggregate(overdue=Count("pk", filter=Q(due_at__lt=now)), all=Count("pk"))
    return Pressing(counted["overdue"], counted["all"] - counted["overdue"])


def due_to_erase(*, store: Store, now: datetime, limit: int) -> list[UUID]:
    """Erasures whose time of grace is over, the oldest first."""
    rows = requests_of(store).filter(state=State.WAITING, erase_at__lte=now)
    return list(rows.order_by("erase_at", "pk").values_list("pk", flat=True)[:limit])


def get_copy(*, store: Store, copy_id: UUID, now: datetime, customer_id: UUID | None = None) -> Copy:
    """A copy that can still be fetched, or is being made; of this customer alone where one is given.

    Raises `NotFound`."""
    rows = Copy.objects.filter(store=store, pk=copy_id, expires_at__gt=now)
    found = (rows if customer_id is None else rows.filter(customer_id=customer_id)).first()
    if found is None:
        raise NotFound(_("There is no such copy, or it was thrown away after a week."))
    return found


def copies_of(*, store: Store, customer_id: UUID, now: datetime) -> list[Copy]:
    """The copies of a customer's data that are kept, the latest first."""
    rows = Copy.objects.filter(store=store, customer_id=customer_id, expires_at__gt=now)
    return list(rows.order_by("-created_at", "-pk")[:SHOWN])


def bytes_of(copy: Copy) -> Iterator[bytes]:
    """The file, piece by piece."""
    rows = CopyPiece.objects.filter(store_id=copy.store_id, copy=copy).order_by("position")
    for data in rows.values_list("data", flat=True).iterator(chunk_size=1):
        yield bytes(data)


def run_of(run_id: UUID | None, *, store: Store) -> Run | None:
    """The work that was done last, if any."""
    return Run.objects.filter(store=store, pk=run_id).first() if run_id else None


def rules_of(*, store: Store) -> list[RetentionRule]:
    """The rules of keeping of a store, by name."""
    return list(RetentionRule.objects.filter(store=store).select_related("segment").order_by("name", "pk"))


def get_rule(*, store: Store, rule_id: UUID) -> RetentionRule:
    """One rule of keeping. Raises `NotFound`."""
    found = RetentionRule.objects.select_related("segment").filter(store=store, pk=rule_id).first()
    if found is None:
        raise NotFound(_("There is no such rule of keeping in this store."))
    return found


def lost_its_segment(rule: RetentionRule) -> bool:
    """Whether the segment that a rule leaves alone is there no more: such a rule does nothing."""
    if not rule.segment_name:
        return False
    return rule.segment is None or rule.segment.deleted_at is not None


def forgettable(*, store: Store, rule: RetentionRule, now: datetime) -> QuerySet[Customer]:
    """The customers that a rule means now, in no order. `rules.is_forgettable` says the same of one of them."""
    since = silent_since(now, months=rule.months)
    own = {"store_id": OuterRef("store_id"), "customer_id": OuterRef("pk")}
    rows = customers_of(store).exclude(state=CustomerState.ANONYMISED)
    rows = rows.filter(created_at__lt=since, credit_minor__lte=0)
    for heard in (
        Order.objects.filter(placed_at__gte=since, **own),
        TradeIn.objects.filter(created_at__gte=since, **own),
        Account.objects.filter(signed_in_at__gte=since, **own),
        Consent.objects.filter(at__gte=since, author_kind="customer", **own),
        Redemption.objects.filter(at__gte=since, **own),
        Request.objects.filter(created_at__gte=since, **own),
    ):
        rows = rows.exclude(Exists(heard))
    for opened in (
        Order.objects.filter(status=OrderStatus.OPEN, **own),
        Invoice.objects.filter(state__in=OUTSTANDING, **own),
        TradeIn.objects.exclude(status__in=CLOSED_TRADEINS).filter(**own),
        Request.objects.filter(state__in=UNFINISHED, **own),
    ):
        rows = rows.exclude(Exists(opened))
    if rule.keep_flagged:
        rows = rows.filter(flag=Flag.NONE)
    if rule.tags:
        rows = rows.exclude(tags__overlap=rule.tags)
    if lost_its_segment(rule):
        return rows.none()
    if rule.segment is not None:
        members = members_of(rule.segment, Context(store=store, actor=system(), now=now))
        rows = rows.exclude(pk__in=members.values("pk"))
    return rows


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rule would do: how many it means, who the first of them are, how many of all cannot be told by mail."""

    count: int
    without_email: int
    first: list[Customer]
    warned: int


def rehearse(*, store: Store, rule: RetentionRule, now: datetime) -> Rehearsal:
    """Whom a rule means today; nothing is written."""
    rows = forgettable(store=store, rule=rule, now=now)
    counted = rows.aggregate(all=Count("pk"), silent=Count("pk", filter=Q(email="")))
    warned = Warned.objects.filter(store=store, rule=rule).count() if rule.pk else 0
    return Rehearsal(
        counted["all"], counted["silent"], list(rows.order_by("created_at", "pk")[:SHOWN]), warned
    )


def warnings_of(*, store: Store, customer_id: UUID) -> Warned | None:
    """Whether a customer was told that they will be forgotten."""
    return Warned.objects.filter(store=store, customer_id=customer_id).select_related("rule").first()


def overdue(now: datetime) -> Q:
    """Requests that should have been answered by now."""
    return Q(state__in=PENDING, due_at__lt=now)


def due_within(now: datetime, span: timedelta) -> Q:
    """Requests to answer within this time."""
    return Q(state__in=PENDING, due_at__gte=now, due_at__lt=now + span)
