"""What becomes of requests and copies when customers are forgotten or deleted."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from regulars.customers.erasing import Person
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


def remove_requests(*, store: Store, ids: list[UUID]) -> None:
    """Requests of customers who are deleted stay, as numbers; what is open cannot be done any more."""
    rows = Request.objects.filter(store=store, customer_id__in=ids)
    rows.update(customer=None)
