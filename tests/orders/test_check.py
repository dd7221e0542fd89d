"""The nightly count: silent when all is right; it puts right what is not, and says so."""

import pytest
from django.urls import reverse
from django.utils import timezone

from regulars.cli.doctor import _about_figures
from regulars.customers.models import Customer
from regulars.embedded import EmbeddedError
from regulars.orders import queries, services
from regulars.orders.models import Order
from regulars.orders.tasks import check
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW
from tests.orders.making import TESTS, make_order
from tests.people import Someone

pytestmark = pytest.mark.django_db


def test_nothing_is_said_when_all_is_right(store: Store) -> None:
    make_order(store, email="x@example.test")
    check(timestamp=int(NOW.timestamp()))
    assert services.drift_of(store=store) == services.Drift()
    assert queries.last_drift(store=store, since=NOW) is None


def test_what_differs_is_put_right_and_told(store: Store, owner: Someone) -> None:
    order = make_order(store, email="x@example.test")
    Customer.objects.filter(store=store).update(spent_minor=1, orders_count=9)
    Order.objects.filter(pk=order.pk).update(paid_minor=50)
    assert services.drift_of(store=store) == services.Drift(customers=1, orders=1)
    found = services.put_right(store=store, actor=TESTS, now=NOW)
    assert found == services.Drift(customers=1, orders=1)
    assert services.drift_of(store=store) == services.Drift()
    buyer = Customer.objects.get(store=store)
    assert (buyer.spent_minor, buyer.orders_count) == (7000, 1)
    (told,) = Event.objects.filter(key="figures.drifted")
    assert told.data == {"customers": 1, "orders": 1}


def test_people_hear_of_it_from_the_home_page_and_the_doctor(store: Store, owner: Someone) -> None:
    def home() -> str:
        answer = owner.client.get(reverse("store_home", kwargs={"store": store.slug}))
        return str(answer.content.decode())

    make_order(store, email="x@example.test")
    assert "counted right in 1 stores" in _about_figures()
    Customer.objects.filter(store=store).update(spent_minor=1)
    assert "The figures of some customers" not in home()
    with pytest.raises(EmbeddedError, match="shop: 1 customers, 0 orders"):
        _about_figures()
    check(timestamp=int(timezone.now().timestamp()))
    assert "The nightly count put right 1 customers and 0 orders" in home()
    assert "counted right" in _about_figures()
    Customer.objects.filter(store=store).update(credit_minor=500)
    with pytest.raises(EmbeddedError, match="store credit is not the sum of its entries"):
        _about_figures()
