"""Reading duplicates: the queue of pairs, what was decided, and where merged customers live now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from regulars.customers.erasing import Earlier
from regulars.customers.models import Customer
from regulars.duplicates.choices import Verdict
from regulars.duplicates.models import Merge, Pair, Scan
from regulars.jobs.models import Run
from regulars.jobs.services import OPEN
from regulars.kit.errors import NotFound
from regulars.stores.models import Store

COUNT_AT_MOST = 1000
QUEUE_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pairs of the queue: of a score, for a reason, of one customer; undecided ones or those of a verdict."""

    lowest: int = 50
    highest: int = 100
    reason: str = ""
    verdict: str = Verdict.OPEN.value
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How the search for duplicates stands."""

    finished_at: datetime | None
    run: Run | None
    crowds: list[tuple[str, Customer, int]]


def pairs(
    *, store: Store, wanted: Filter, limit: int = QUEUE_AT_MOST, after: UUID | None = None
) -> list[Pair]:
    """The pairs with their customers: the likeliest first; decided ones the latest first."""
    rows = _filtered(store, wanted).select_related("first__group", "second__group")
    if wanted.verdict:
        return list(rows.order_by("-decided_at", "pk")[:limit])
    if after is not None:
        last = Pair.objects.filter(store=store, pk=after).first()
        if last is not None:
            rows = rows.filter(Q(score__lt=last.score) | Q(score=last.score, pk__gt=last.pk))
    return list(rows.order_by("-score", "pk")[:limit])


def count_pairs(*, store: Store, wanted: Filter) -> int:
    """How many pairs there are; counted no further than a thousand."""
    return len(_filtered(store, wanted).order_by().values_list("pk")[:COUNT_AT_MOST])


def earlier_records(*, store: Store, ids: list[UUID]) -> dict[UUID, Earlier]:
    """The records that were merged into these customers, with the rows that are kept to split them again."""
    found: dict[UUID, Earlier] = {}
    merges = Merge.objects.filter(store=store, survivor__in=ids).prefetch_related("kept")
    for merge in merges.only("survivor_id", "loser_id"):
        one = found.get(merge.survivor_id, Earlier())
        rows = tuple(kept.row for kept in merge.kept.all())
        found[merge.survivor_id] = Earlier(one.ids | {merge.loser_id}, one.rows + rows)
    return found


def get_pair(*, store: Store, pair_id: UUID) -> Pair:
    """A pair with its customers. Raises `NotFound`."""
    pair = (
        Pair.objects.select_related("first__group", "second__group").filter(store=store, pk=pair_id).first()
    )
    if pair is None:
        raise NotFound(_("This pair is gone: one of the two was merged, deleted or changed."))
    return pair


def pairs_of(*, store: Store, customer_id: UUID) -> list[Pair]:
    """Every pair with a customer, decided ones too, the likeliest first."""
    rows = Pair.objects.filter(Q(first=customer_id) | Q(second=customer_id), store=store)
    return list(rows.select_related("first", "second").order_by("-score", "pk")[:20])


def _filtered(store: Store, wanted: Filter) -> QuerySet[Pair]:
    rows = Pair.objects.filter(store=store, verdict=wanted.verdict)
    rows = rows.filter(score__gte=wanted.lowest, score__lte=wanted.highest)
    if wanted.reason:
        rows = rows.filter(reasons__contains=[wanted.reason])
    if wanted.customer_id:
        rows = rows.filter(Q(first=wanted.customer_id) | Q(second=wanted.customer_id))
    return rows


def scan_state(*, store: Store) -> State:
    """When everybody was looked at last, the run that does it now, and the crowds it met."""
    scan = Scan.objects.filter(store=store).first()
    if scan is None:
        return State(None, None, [])
    run = Run.objects.filter(store=store, pk=scan.run_id, state__in=OPEN).first() if scan.run_id else None
    people = Customer.objects.filter(store=store).in_bulk([UUID(one["customer"]) for one in scan.crowds])
    crowds = [
        (one["kind"], people[UUID(one["customer"])], one["size"])
        for one in scan.crowds
        if UUID(one["customer"]) in people
    ]
    return State(scan.finished_at, run, crowds)


def survivor_of(*, store: Store, customer_id: UUID) -> UUID | None:
    """Where a merged customer lives now; nothing when it was never merged away."""
    merges = Merge.objects.filter(store=store, loser_id=customer_id)
    return merges.values_list("survivor_id", flat=True).first()


def survivor_by_number(*, store: Store, number: int) -> UUID | None:
    """Where the customer lives now that had this number."""
    merges = Merge.objects.filter(store=store, number=number)
    return merges.values_list("survivor_id", flat=True).first()


def survivors_by(*, store: Store, column: str, keys: Iterable[str]) -> dict[str, UUID]:
    """Where the customers live now that had these external ids, or these e-mails in their compared form."""
    if column not in ("external_id", "email_key"):
        return {}
    if not Merge.objects.filter(store=store).exists():
        return {}
    merges = Merge.objects.filter(store=store, **{f"{column}__in": [key for key in keys if key]})
    return dict(merges.order_by("pk").values_list(column, "survivor_id"))


def former_selves(*, store: Store, customer_id: UUID) -> dict[UUID, int]:
    """The customers that went into this one, by id, with their numbers."""
    merges = Merge.objects.filter(store=store, survivor=customer_id).order_by("pk")
    return dict(merges.values_list("loser_id", "number"))


def latest_merges(*, store: Store, limit: int = 50) -> list[Merge]:
    """The latest merges with their survivors."""
    merges = Merge.objects.filter(store=store).select_related("survivor")
    return list(merges.order_by("-at", "pk")[:limit])


def get_merge(*, store: Store, merge_id: UUID) -> Merge:
    """One merge with its survivor. Raises `NotFound`."""
    merge = Merge.objects.filter(store=store, pk=merge_id).select_related("survivor").first()
    if merge is None:
        raise NotFound(_("There is no such merge in this store, or it was undone already."))
    return merge


def customers_by(*, store: Store, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """Customers with their groups, by id."""
    return Customer.objects.select_related("group").filter(store=store).in_bulk(list(ids))
