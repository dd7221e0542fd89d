"""Whatever is done to orders and their customers, in whatever order: the figures are what a recount says, and what
plain Python adds up."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
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
from regulars.orders.models import Order, OrderLine, Payment, Return, ReturnLine
from regulars.timeline.models import ChangeSet
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer, make_store
from tests.orders.bringing import bring
from tests.orders.making import TESTS

pytestmark = pytest.mark.django_db


class Shop:
    """A store with a few people, and everything one can do to their orders. Chance picks; the seed repeats it."""

    def __init__(self, seed: int) -> None:
        self.chance, self.clock = Random(seed), NOW
        self.store = make_store("any", delete_policy="always", commission_percent=Decimal("7.5"))
        for number in range(4):
            make_customer(self.store, first_name=f"P{number}", email=f"p{number}@example.test")

    def do(self, name: str) -> None:
        """One act; what is refused changes nothing. Afterwards nothing differs from a recount."""
        self.clock += timedelta(minutes=1)
        act: Callable[[], Any] = getattr(self, name)
        with suppress(Refused):
            act()
        assert services.drift_of(store=self.store) == services.Drift(), name
        self._add_up(name)

    def _add_up(self, name: str) -> None:
        """The same without the database's sums: from lines, payments and returns to orders, from these to customers."""
        orders = list(Order.objects.filter(store=self.store))
        lines, payments, returns = (
            list(model.objects.filter(store=self.store)) for model in (OrderLine, Payment, Return)
        )
        back = list(ReturnLine.objects.filter(store=self.store))
        for line in lines:
            assert line.returned == sum(one.quantity for one in back if one.line_id == line.pk), name
            assert line.total_minor == line.quantity * line.price_minor - line.discount_minor, name
        for order in orders:
            own = [line for line in lines if line.order_id == order.pk]
            if own:
                goods = sum(line.total_minor for line in own)
                assert order.items_count == sum(line.quantity for line in own), name
                assert order.total_minor == goods - order.discount_minor + order.shipping_minor, name
            came = [one for one in returns if one.order_id == order.pk]
            paid = sum(one.amount_minor for one in payments if one.order_id == order.pk)
            assert order.returned_minor == sum(one.refund_minor for one in came) <= order.total_minor, name
            assert order.returned_items == sum(one.items_count for one in came) <= order.items_count, name
            due = 0 if order.status == "cancelled" else order.total_minor - order.returned_minor
            assert (order.paid_minor, order.due_minor) == (paid, due - paid), name
        for customer in Customer.objects.filter(store=self.store):
            theirs = [one for one in orders if one.customer_id == customer.pk and one.status != "cancelled"]
            days = sorted(one.placed_at for one in theirs)
            assert (
                customer.orders_count,
                customer.items_count,
                customer.spent_minor,
                customer.returned_minor,
                customer.commission_minor,
                customer.first_order_at,
                customer.last_order_at,
            ) == (
                len(theirs),
                sum(one.items_count - one.returned_items for one in theirs),
                sum(one.total_minor - one.returned_minor for one in theirs),
                sum(one.returned_minor for one in theirs),
                sum(one.commission_minor for one in theirs),
                days[0] if days else None,
                days[-1] if days else None,
            ), name

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

    def bring(self) -> None:
        """A file with an order that is new, one that is known by its number, and a guest."""
        rows = [
            f"{self.chance.choice(['', 'F-1', self._order().number])},{self.chance.choice(['p1', 'p2', 'guest'])}"
            f"@example.test,2026-01-0{self.chance.randint(1, 9)},{self.chance.randint(1, 90)},"
            f"{self.chance.choice(['', '1', '90'])},{self.chance.choice(['', '0', '1'])}"
            f",{self.chance.choice(['completed', 'cancelled', ''])}"
            for _row in range(3)
        ]
        bring(self.store, "\n".join(["number,email,placed,total,paid,returned,status", *rows]))

    def bring_again(self) -> None:
        """A file that knows orders by their numbers, and says what became of them."""
        rows = [
            f"{number},{self.chance.choice(['completed', 'cancelled'])},{self.chance.choice(['', '0', '1'])}"
            for number in sorted({self._order().number for _row in range(3)})
        ]
        bring(self.store, "\n".join(["number,status,returned", *rows]))

    def undo_bringing(self) -> None:
        """One of the files is taken back, the last one more often than any other."""
        files = list(ChangeSet.objects.filter(store=self.store, key="import.ran").order_by("at", "pk"))
        if not files:
            raise Refused("There is no file yet.")
        act = self.chance.choice([files[-1], *files])
        undo_change_set(store=self.store, change_set_id=act.pk, actor=TESTS, now=self.clock)

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
    "merge", "merge", "bring", "bring", "bring_again", "undo_bringing", "lose_somebody", "undo", "undo", "undo",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _uploads(files: object) -> None:
    """Uploads land in a folder of the test."""


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.sampled_from(ACTS), min_size=5, max_size=25), seed=st.integers(0, 10**9))
def test_any_sequence_leaves_the_figures_of_a_recount(acts: list[str], seed: int) -> None:
    with transaction.atomic():
        shop = Shop(seed)
        for act in ("place", "place", "place", "bring", *acts):
            shop.do(act)
        transaction.set_rollback(True)
