"""What becomes of requests and copies when customers are forgotten or deleted."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from regulars.customers.erasing import Person
from regulars.customers.models import Customer
from regulars.privacy.choices import UNFINISHED, State
from regulars.privacy.models import Copy, Request, Warned
from regulars.stores.models import Store


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """That something was asked, when, and that it was done stays as the store's proof; the words go, and the copies.

    What is still open is closed: an erasure is done by this, nothing else can be done any more.
    """
    ids = [person.id for person in people]
    Copy.objects.filter(store=store, customer_id__in=ids).delete()
    Warned.objects.filter(store=store, customer_id__in=ids).delete()
    rows = Request.objects.filter(store=store, customer_id__in=ids)
    rows.filter(Q(state__in=UNFINISHED)).update(
        state=State.DONE, closed_at=now, updated_at=now, erase_at=None
    )
    rows.update(details="", answer="", proof_note="", extended_why="", problem="")


def renumber_requests(*, store: Store, customer_ids: Collection[UUID]) -> None:
    """Requests that a merge or its undoing moved to another customer: they carry that one's number."""
    own = Customer.objects.filter(store=store, pk=OuterRef("customer_id")).values("number")
    rows = Request.objects.filter(store=store, customer_id__in=list(customer_ids))
    rows.update(customer_number=Subquery(own))


def remove_requests(*, store: Store, ids: list[UUID]) -> None:
    """Requests of customers who are deleted stay, as numbers; what is open cannot be done any more."""
    rows = Request.objects.filter(store=store, customer_id__in=ids)
    rows.update(customer=None)
