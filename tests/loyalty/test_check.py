"""The nightly check: silent when all is right; it puts right what is not, and says so."""

import pytest
from django.urls import reverse
from django.utils import timezone

from regulars.cli.doctor import _about_points
from regulars.customers.models import Customer
from regulars.embedded import EmbeddedError
from regulars.loyalty import queries
from regulars.loyalty.models import Entry
from regulars.loyalty.tasks import check
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import make_customer
from tests.loyalty.giving import change, points_of
from tests.people import Someone

pytestmark = pytest.mark.django_db


def test_nothing_is_said_when_all_is_right(store: Store) -> None:
    change(store, make_customer(store), 50)
    check(timestamp=int(timezone.now().timestamp()))
    assert not Event.objects.filter(key="points.drifted").exists()
    assert "the sum of their entries in 1 stores" in _about_points()


def test_what_differs_is_put_right_and_told(store: Store, owner: Someone) -> None:
    ada, bea = make_customer(store), make_customer(store)
    change(store, ada, 50)
    Customer.objects.filter(pk=ada.pk).update(points=70)
    Customer.objects.filter(pk=bea.pk).update(points_pending=5)
    assert set(queries.drift(store=store)) == {ada.pk, bea.pk}
    with pytest.raises(EmbeddedError, match="shop: 2 customers"):
        _about_points()
    check(timestamp=int(timezone.now().timestamp()))
    assert queries.drift(store=store) == {} and points_of(ada, bea) == [50, 0]
    home = owner.client.get(reverse("store_home", kwargs={"store": store.slug})).content.decode()
    assert "The nightly check put the points of 2 customers right" in home


def test_what_is_left_of_entries_is_checked_too(store: Store) -> None:
    ada = make_customer(store)
    change(store, ada, 50)
    Entry.objects.filter(customer=ada).update(left=10)
    assert set(queries.drift(store=store)) == {ada.pk}
    check(timestamp=int(timezone.now().timestamp()))
    assert Entry.objects.get(customer=ada).left == 50 and queries.drift(store=store) == {}
