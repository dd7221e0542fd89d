"""Whatever happens to orders and customers in whatever order, points are what a plain recount of the orders says."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.customers.models import Customer
from regulars.duplicates.models import Merge
from regulars.duplicates.services import merge_customers, unmerge
from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.loyalty import queries, services
from regulars.loyalty.models import Programme
from regulars.orders import services as orders
from regulars.orders.choices import OrderStatus, PaymentMethod
from regulars.orders.facts import LineFacts, OrderFacts, PaymentFacts
from regulars.orders.models import Order, OrderLine
from regulars.timeline.models import ChangeSet
from regulars.timeline.undoing import CannotUndo, undo_change_set
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db
ME = system("Tests")

_who = st.integers(0, 2)
_which = st.integers(0, 9)
_status = st.sampled_from([OrderStatus.OPEN, OrderStatus.COMPLETED])
ACTS = st.one_of(
    st.tuples(st.just("place"), _who, st.integers(1, 4), st.integers(0, 9999), _status, st.booleans()),
    st.tuples(st.just("bring_back"), _which, st.integers(1, 3)),
    st.tuples(st.just("pay"), _which),
    st.tuples(st.just("cancel"), _which),
    st.tuples(st.just("reopen"), _which),
    st.tuples(st.just("complete"), _which),
    st.tuples(st.just("move"), _which, _who),
    st.tuples(st.just("ship"), _which, st.integers(0, 999)),
    st.tuples(st.just("undo"), _which),
    st.tuples(st.just("merge"), _who, _who),
    st.tuples(st.just("unmerge"), st.just(0)),
    st.tuples(st.just("pass"), st.integers(1, 20)),
)


class Shop:
    """A store with three customers and one point for each euro, waiting ten days."""

    def __init__(self) -> None:
        self.store, self.now = make_store("any"), NOW
        self.people = [make_customer(self.store, first_name=name) for name in ("Ada", "Bea", "Cem")]
        Programme.objects.create(store=self.store, pending_days=10)
        rule = {"name": "1 per euro", "kind": "amount", "points": 1, "per_minor": 100}
        services.save_rule(store=self.store, rule_id=None, values=rule, actor=ME, now=NOW)

    def do(self, act: tuple[Any, ...]) -> None:
        self.now += timedelta(minutes=1)
        try:
            with transaction.atomic():
                getattr(self, f"do_{act[0]}")(*act[1:])
        except (CannotUndo, Refused):
            pass

    def do_place(self, who: int, pieces: int, price: int, status: OrderStatus, paid: bool) -> None:
        if not Customer.objects.filter(pk=self.people[who].pk).exists():
            return
        facts = OrderFacts(
            lines=(LineFacts(title="Thing", quantity=pieces, price_minor=price),),
            customer_id=self.people[who].pk,
            status=status,
            paid_by=PaymentMethod.CASH if paid else "",
        )
        orders.place_order(store=self.store, order=facts, actor=ME, now=self.now)

    def do_bring_back(self, which: int, pieces: int) -> None:
        order = self._order(which)
        line = OrderLine.objects.get(order=order)
        back = {line.pk: min(pieces, line.quantity - line.returned)}
        orders.return_items(store=self.store, order_id=order.pk, quantities=back, actor=ME, now=self.now)

    def do_pay(self, which: int) -> None:
        order = self._order(which)
        payment = PaymentFacts(amount_minor=order.due_minor, method=PaymentMethod.CASH)
        orders.record_payment(store=self.store, order_id=order.pk, payment=payment, actor=ME, now=self.now)

    def do_cancel(self, which: int) -> None:
        self._act(orders.cancel_orders, which)

    def do_reopen(self, which: int) -> None:
        self._act(orders.reopen_orders, which)

    def do_complete(self, which: int) -> None:
        self._act(orders.complete_orders, which)

    def do_move(self, which: int, who: int) -> None:
        self._act(orders.move_orders, which, customer=self.people[who].pk)

    def do_ship(self, which: int, minor: int) -> None:
        order = self._order(which)
        values = {"shipping_minor": minor}
        orders.edit_order(
            store=self.store, order_id=order.pk, values=values, base_version=None, actor=ME, now=self.now
        )

    def do_undo(self, which: int) -> None:
        acts = list(ChangeSet.objects.filter(store=self.store, key__startswith="order.").order_by("-pk"))
        if acts:
            act = acts[which % len(acts)]
            undo_change_set(store=self.store, change_set_id=act.pk, actor=ME, now=self.now)

    def do_merge(self, one: int, other: int) -> None:
        a, b = self.people[one].pk, self.people[other].pk
        if a != b:
            merge_customers(
                store=self.store, survivor_id=a, loser_ids=[b], choices={}, actor=ME, now=self.now
            )

    def do_unmerge(self, _nothing: int) -> None:
        merge = Merge.objects.filter(store=self.store, is_final=False).order_by("pk").last()
        if merge is not None:
            unmerge(store=self.store, merge_id=merge.pk, actor=ME, now=self.now)

    def do_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        services.mature_points(store=self.store, now=self.now)

    def _order(self, which: int) -> Order:
        found = list(Order.objects.filter(store=self.store).order_by("pk"))
        if not found:
            raise Refused("There is none.")
        return found[which % len(found)]

    def _act(self, action: Any, which: int, **inputs: Any) -> None:
        ids = [self._order(which).pk]
        action(store=self.store, ids=ids, inputs=inputs, actor=ME, now=self.now, change_set=None)

    def recount(self) -> dict[Any, int]:
        """What each customer's orders come to, in plain Python."""
        found = {one.pk: 0 for one in Customer.objects.filter(store=self.store)}
        for order in Order.objects.filter(store=self.store):
            left = order.total_minor - order.returned_minor
            is_paid = order.total_minor > 0 and order.paid_minor >= left
            if order.status == "completed" or (order.status == "open" and is_paid):
                found[order.customer_id] += max(left - order.shipping_minor, 0) // 100
        return found

    def shown(self) -> dict[Any, int]:
        """What is shown beside each customer."""
        rows = Customer.objects.filter(store=self.store)
        return {one.pk: one.points + one.points_pending for one in rows}


@settings(max_examples=60, deadline=None)
@given(acts=st.lists(ACTS, min_size=1, max_size=14))
def test_points_are_what_the_orders_come_to(acts: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        shop = Shop()
        for act in acts:
            shop.do(act)
            assert queries.drift(store=shop.store) == {}, act
            assert shop.shown() == shop.recount(), act
        transaction.set_rollback(True)
