"""Orders that are cancelled, returned, moved, undone, merged and deleted at the same moment."""

from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.customers.services import anonymise_customers, delete_customers
from regulars.duplicates.services import merge_customers
from regulars.kit.actor import Actor, system
from regulars.kit.errors import Refused
from regulars.kit.ids import new_id
from regulars.orders import services
from regulars.orders.facts import LineFacts, OrderFacts, PaymentFacts
from regulars.orders.models import Order, OrderLine
from regulars.orders.resource import ORDERS
from regulars.resources.context import Context
from regulars.resources.idempotency import KeyReused, create_once
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")
MUG = LineFacts(title="Mug", price_minor=1000, quantity=3)


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def place(store: Store, **facts: Any) -> Order:
    return services.place_order(store=store, order=OrderFacts(lines=(MUG,), **facts), actor=ME, now=NOW)


def act(service: Any, store: Store, *ids: Any, **inputs: Any) -> Any:
    return service(store=store, ids=list(ids), inputs=inputs, actor=ME, now=NOW, change_set=None)


def merge(store: Store, survivor: Customer, loser: Customer) -> Any:
    return merge_customers(
        store=store, survivor_id=survivor.pk, loser_ids=[loser.pk], choices={}, actor=ME, now=NOW
    )


def right(store: Store, results: list[Any]) -> None:
    """Nothing but refusals, and no figure differs from a recount."""
    assert all(isinstance(one, Refused) for one in refusals(results)), refusals(results)
    assert services.drift_of(store=store) == services.Drift()


@pytest.mark.parametrize("round_", range(4))
def test_cancelling_while_something_comes_back(shop: Store, round_: int) -> None:
    order = place(shop, email="nora@example.test")
    line = OrderLine.objects.get(order=order)

    def bring_back() -> Any:
        return services.return_items(
            store=shop, order_id=order.pk, quantities={line.pk: 2}, actor=ME, now=NOW
        )

    right(shop, together(bring_back, lambda: act(services.cancel_orders, shop, order.pk), bring_back))
    order.refresh_from_db()
    assert not (order.status == "cancelled" and order.returned_items)


@pytest.mark.parametrize("round_", range(4))
def test_guests_of_one_phone_are_one_customer(shop: Store, round_: int) -> None:
    works = [lambda at=at: place(shop, phone="+33612345678", name="Ida", number=f"T-{at}") for at in "ABC"]
    right(shop, together(*works))
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("round_", range(4))
def test_undoing_a_move_while_the_giver_is_merged(shop: Store, round_: int) -> None:
    nora, max_, ida = (make_customer(shop, first_name=name) for name in ("Nora", "Max", "Ida"))
    order = place(shop, customer_id=nora.pk)
    act(services.move_orders, shop, order.pk, customer=max_.pk)
    moved = Event.objects.get(store=shop, key="order.moved").change_set_id
    right(
        shop,
        together(
            lambda: undo_change_set(store=shop, change_set_id=moved, actor=ME, now=NOW),
            lambda: merge(shop, ida, nora),
        ),
    )
    order.refresh_from_db()
    assert order.customer_id in (ida.pk, max_.pk)


@pytest.mark.parametrize("round_", range(3))
def test_everything_at_once(shop: Store, round_: int) -> None:
    nora, max_, ida = (make_customer(shop, first_name=name) for name in ("Nora", "Max", "Ida"))
    orders = [place(shop, customer_id=one.pk) for one in (nora, max_, ida, ida)]
    payment = PaymentFacts(amount_minor=3000, method="cash")
    right(
        shop,
        together(
            lambda: act(services.move_orders, shop, orders[0].pk, orders[1].pk, customer=ida.pk),
            lambda: merge(shop, max_, nora),
            lambda: place(shop, customer_id=nora.pk),
            lambda: act(services.cancel_orders, shop, *[one.pk for one in orders]),
            lambda: services.record_payment(
                store=shop, order_id=orders[0].pk, payment=payment, actor=ME, now=NOW
            ),
            lambda: act(anonymise_customers, shop, ida.pk),
            lambda: act(delete_customers, shop, max_.pk),
            lambda: services.edit_order(
                store=shop,
                order_id=orders[3].pk,
                values={"discount_minor": 100},
                base_version=1,
                actor=ME,
                now=NOW,
            ),
        ),
    )


def test_one_key_with_two_requests_at_once_makes_one_order(shop: Store) -> None:
    who = Actor(kind="token", id=new_id(), name="Till", permissions=frozenset({"orders.create"}))
    context = Context(store=shop, actor=who, now=NOW)

    def make(title: str) -> Any:
        values = {"email": "nora@example.test", "lines": (LineFacts(title=title, price_minor=1),)}
        return create_once(
            resource=ORDERS, values=values, key="once", request=title.encode(), context=context
        )

    results = together(lambda: make("Mug"), lambda: make("Lamp"), lambda: make("Mug"))
    assert {type(one) for one in refusals(results)} <= {KeyReused}
    assert Order.objects.count() == 1
    right(shop, [])


def test_two_edits_of_one_version(shop: Store) -> None:
    order = place(shop, email="nora@example.test")

    def edit(**values: Any) -> Any:
        return services.edit_order(
            store=shop, order_id=order.pk, values=values, base_version=1, actor=ME, now=NOW
        )

    results = together(lambda: edit(note="a"), lambda: edit(note="b"), lambda: edit(courier="c"))
    assert len(refusals(results)) == 1
    order.refresh_from_db()
    assert order.courier == "c" and order.note in ("a", "b")
    right(shop, results)
