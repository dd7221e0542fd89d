"""What becomes of offers when customers are merged, split, forgotten or deleted."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from regulars.customers.erasing import Person
from regulars.kit.ids import among
from regulars.offers import queries
from regulars.offers.models import Code, Grant, Redemption
from regulars.offers.services.voiding import recount_redeemed
from regulars.stores.models import Store


def recount_grants(*, store: Store, customer_ids: Collection[UUID]) -> None:
    """Bring what these customers redeemed in line, after redemptions went from one to another."""
    rows = queries.grants_of(store).filter(customer_id__in=among(customer_ids))
    recount_redeemed(store=store, pairs=set(rows.values_list("offer_id", "customer_id")))


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """The dates and amounts stay for the figures; what was written about these people goes, and so do codes that they
    could still use."""
    ids = [person.id for person in people]
    Redemption.objects.filter(store=store, customer_id__in=ids).exclude(void_reason="").update(void_reason="")
    _unused(store, ids).delete()


def remove_offers(*, store: Store, ids: list[UUID]) -> None:
    """Delete what deleted customers were sent; their redemptions stay, without saying whose they were."""
    Grant.objects.filter(store=store, customer_id__in=ids).delete()
    _unused(store, ids).delete()
    Redemption.objects.filter(store=store, customer_id__in=ids).update(customer_id=None, void_reason="")
    Code.objects.filter(store=store, customer_id__in=ids).update(customer_id=None)


def _unused(store: Store, ids: list[UUID]) -> QuerySet[Code]:
    used = Redemption.objects.filter(store=store, code=OuterRef("pk"))
    return Code.objects.filter(~Exists(used), store=store, customer_id__in=ids)
