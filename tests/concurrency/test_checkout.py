"""A basket that is sent twice at the same moment, and two guests who are the same person."""

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.customers.models import Customer
from regulars.orders import services
from regulars.orders.facts import LineFacts, OrderFacts
from regulars.orders.models import Order, Product
from regulars.orders.services import OrderedAlready
from tests.concurrency.together import refusals, together
from tests.factories import NOW
from tests.portal.conftest import make_product, open_shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mug(transactional_db: None) -> Product:
    return make_product(open_shop(), "Mug", 1500)


def buy(mug: Product, basket: str, email: str = "ada@example.com") -> Any:
    line = LineFacts(product_id=mug.pk, quantity=2, price_minor=1500)
    order = OrderFacts(
        external_id=f"shop-{basket}", lines=(line,), name="Ada King", email=email, pays="pickup"
    )
    return services.check_out(store=mug.store, order=order, ip="", newsletter="", now=NOW)


def test_a_look_before_the_write_would_make_two(mug: Product) -> None:
    """The control: baskets with different names are different orders."""
    results = together(lambda: buy(mug, "one"), lambda: buy(mug, "two"))
    assert refusals(results) == [] and Order.objects.count() == 2


def test_a_double_click_makes_one_order(mug: Product) -> None:
    results = together(*[lambda: buy(mug, "same")] * 4)
    assert refusals(results) == []
    order = Order.objects.get()
    assert {one.pk for one in results} == {order.pk}
    customer = Customer.objects.get()
    assert (customer.orders_count, customer.spent_minor) == (1, 3000)
    assert ProcrastinateJob.objects.filter(task_name="orders.mail_confirmation").count() == 1


def test_two_buyers_of_one_basket_make_one_order_and_the_other_is_told(mug: Product) -> None:
    results = together(lambda: buy(mug, "same"), lambda: buy(mug, "same", "eve@example.com"))
    assert [type(one) for one in refusals(results)] == [OrderedAlready]
    order = Order.objects.get()
    # Whoever came second has left nothing: no customer, no mail.
    assert Customer.objects.get().email == order.email
    assert ProcrastinateJob.objects.filter(task_name="orders.mail_confirmation").count() == 1


def test_two_baskets_of_one_new_guest_make_one_customer(mug: Product) -> None:
    results = together(*[lambda at=at: buy(mug, f"basket-{at}") for at in range(4)])
    assert refusals(results) == []
    customer = Customer.objects.get()
    assert (Order.objects.count(), customer.orders_count, customer.spent_minor) == (4, 4, 12_000)
    assert len(set(Order.objects.values_list("number", flat=True))) == 4
