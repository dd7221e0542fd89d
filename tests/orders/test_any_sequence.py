"""Whatever is done to orders and their customers, in whatever order: the figures are what a recount says."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.customers.models import Customer
from regulars.customers.services import anonymise_customers, delete_customers
from regulars.duplicates.services import merge_customers
from regulars.kit.errors import Refused
from regulars.orders import services
from regulars.orders.facts import LineFacts, OrderFacts, PaymentFacts
from regulars.orders.models import Order, OrderLine
from regulars.timeline.models import ChangeSet
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer, make_store
from tests.orders.making import TESTS

pytestmark = pytest.mark.django_db


class Shop:
    """A store with a few people, and everything one can do to their orders. Chance picks; the seed repeats it."""

    def __init__(self, seed: int) -> None:
        self.chance, self.clock = Random(seed), NOW
        self.store = make_store("any", delete_policy="always")
        for number in range(4):
            make_customer(self.store, first_name=f"P{number}", email=f"p{number}@example.test")

    def do(self, name: str) -> None:
        """One act; what is refused changes nothing. Afterwards nothing differs from a recount."""
        self.clock += timedelta(minutes=1)
        act: Callable[[], Any] = getattr(self, name)
        with suppress(Refused):
            act()
        assert services.drift_of(store=self.store) == services.Drift(), name

    def _order(self) -> Order:
        orders = list(Order.objects.filter(store=self.store).order_by("number"))
        if not orders:
            raise Refused("There is no order yet.")
        return self.chance.choice(orders)

    def _customer(self) -> Customer:
        people = list(Customer.objects.filter(store=self.store).order_by("number"))
        if not people:
            raise Refused("There is nobody left.")
        return self.chance.choice(people)

    def _many(self, service: Any, **inputs: Any) -> None:
        ids = [self._order().pk, self._order().pk]
        service(store=self.store, ids=ids, inputs=inputs, actor=TESTS, now=self.clock, change_set=None)

    def _lines(self) -> tuple[LineFacts, ...]:
        few = range(self.chance.randint(1, 3))
        return tuple(
            LineFacts(
                title=f"L{at}", price_minor=self.chance.randint(0, 9000), quantity=self.chance.randint(1, 4)
            )
            for at in few
        )

    def place(self) -> None:
        facts: dict[str, Any] = {"lines": self._lines(), "shipping_minor": self.chance.choice((0, 490))}
        if self.chance.random() < 0.2:
            facts = {"total_minor": self.chance.randint(0, 9000), "items_count": self.chance.randint(0, 5)}
        whom = (
            {"customer_id": self._customer().pk}
            if self.chance.random() < 0.7
            else {"email": "new@example.test"}
        )
        order = OrderFacts(**facts, **whom, status=self.chance.choice(("open", "completed", "cancelled")))
        services.place_order(store=self.store, order=order, actor=TESTS, now=self.clock)

    def edit(self) -> None:
        services.edit_order(
            store=self.store,
            order_id=self._order().pk,
            values={"discount_minor": self.chance.choice((0, 100)), "courier": self.chance.choice("AB")},
            lines=self._lines(),
            base_version=None,
            actor=TESTS,
            now=self.clock,
        )

    def pay(self) -> None:
        order = self._order()
        payment = PaymentFacts(amount_minor=self.chance.choice((order.due_minor, 50, -50)), method="cash")
        services.record_payment(
            store=self.store, order_id=order.pk, payment=payment, actor=TESTS, now=self.clock
        )

    def bring_back(self) -> None:
        order = self._order()
        lines = OrderLine.objects.filter(order=order).order_by("position")
        services.return_items(
            store=self.store,
            order_id=order.pk,
            quantities={line.pk: self.chance.randint(0, line.quantity) for line in lines},
            items=0 if lines else self.chance.randint(0, order.items_count),
            refund_minor=self.chance.choice((None, 0, 100)),
            actor=TESTS,
            now=self.clock,
        )

    def cancel(self) -> None:
        self._many(services.cancel_orders)

    def complete(self) -> None:
        self._many(services.complete_orders)

    def reopen(self) -> None:
        self._many(services.reopen_orders)

    def move(self) -> None:
        self._many(services.move_orders, customer=self._customer().pk)

    def delete(self) -> None:
        self._many(services.delete_orders)

    def merge(self) -> None:
        merge_customers(
            store=self.store,
            survivor_id=self._customer().pk,
            loser_ids=[self._customer().pk],
            choices={},
            actor=TESTS,
            now=self.clock,
        )

    def lose_somebody(self) -> None:
        service = self.chance.choice((delete_customers, anonymise_customers))
        service(
            store=self.store,
            ids=[self._customer().pk],
            inputs={},
            actor=TESTS,
            now=self.clock,
            change_set=None,
        )

    def undo(self) -> None:
        acts = list(ChangeSet.objects.filter(store=self.store).order_by("at", "pk"))
        act = self.chance.choice(acts[-6:])
        undo_change_set(store=self.store, change_set_id=act.pk, actor=TESTS, now=self.clock)


ACTS = (
    "place", "place", "edit", "pay", "bring_back", "bring_back", "cancel", "complete", "reopen", "move", "delete",
    "merge", "lose_somebody", "undo", "undo", "undo",
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.sampled_from(ACTS), min_size=5, max_size=25), seed=st.integers(0, 10**9))
def test_any_sequence_leaves_the_figures_of_a_recount(acts: list[str], seed: int) -> None:
    with transaction.atomic():
        shop = Shop(seed)
        for act in ("place", "place", "place", *acts):
            shop.do(act)
        transaction.set_rollback(True)
