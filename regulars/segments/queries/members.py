"""Who is in which segment, as of the last refresh."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from regulars.customers.queries import customers_of
from regulars.jobs.models import Run
from regulars.kit.email import email_key
from regulars.segments.models import Segment, SegmentMembership
from regulars.stores.models import Store

REFRESH = "segments.refresh"


@dataclass(frozen=True, slots=True)
class Stay:
    """A segment that a customer is in: since when, and how they came into it."""

    segment: Segment
    since: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a pasted list: which customer it means, if any."""

    line: int
    text: str
    customer_id: UUID | None


def open_memberships(*, store: Store, segment_id: UUID) -> QuerySet[SegmentMembership]:
    """The open memberships of a segment, in no order."""
    return SegmentMembership.objects.filter(store=store, segment_id=segment_id, left_at__isnull=True)


def segments_with(*, store: Store, customer_id: UUID) -> list[Stay]:
    """The segments that a customer is in, by name."""
    rows = SegmentMembership.objects.filter(
        store=store, customer_id=customer_id, left_at__isnull=True, segment__deleted_at__isnull=True
    )
    found = [Stay(row.segment, row.entered_at, row.how) for row in rows.select_related("segment")]
    return sorted(found, key=lambda stay: stay.segment.name_key)


def stays_in(*, store: Store, segment_id: UUID, customer_id: UUID) -> list[SegmentMembership]:
    """Every stay of a customer in a segment, the latest first."""
    rows = SegmentMembership.objects.filter(store=store, segment_id=segment_id, customer_id=customer_id)
    return list(rows.order_by("-entered_at", "-pk"))


def members_page(
    *, store: Store, segment_id: UUID, after: UUID | None = None, limit: int = 100
) -> list[SegmentMembership]:
    """Members as of the last refresh, by customer; one page."""
    rows = open_memberships(store=store, segment_id=segment_id).select_related("customer")
    if after is not None:
        rows = rows.filter(customer_id__gt=after)
    return list(rows.order_by("customer_id")[:limit])


def read_list(*, store: Store, lines: Sequence[tuple[int, str]]) -> list[Listed]:
    """The customers that lines with e-mails and numbers mean; in two questions for all of them."""
    emails = {email_key(text) for _line, text in lines if "@" in text} - {""}
    numbers = {number for _line, text in lines if (number := _number(text)) is not None}
    rows = customers_of(store)
    by_email = dict(
        rows.filter(email_key__in=list(emails)).exclude(email_key="").values_list("email_key", "pk")
    )
    by_number = dict(rows.filter(number__in=list(numbers)).values_list("number", "pk"))
    found = []
    for line, text in lines:
        number = _number(text)
        known = by_email.get(email_key(text)) if "@" in text else by_number.get(number or 0)
        found.append(Listed(line, text, known))
    return found


def _number(text: str) -> int | None:
    wanted = text.lstrip("#")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= 15 else None


def open_refresh(*, store: Store, segment_id: UUID, since: datetime) -> Run | None:
    """The refresh of a segment that waits or is at work, if it was asked for since then."""
    rows = Run.objects.filter(
        store=store, kind=REFRESH, created_at__gte=since, state__in=("waiting", "running")
    )
    return rows.filter(arguments__segment=str(segment_id)).order_by("-created_at").first()
