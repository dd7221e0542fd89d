"""Two people issuing and paying at once. The first test of each pair shows the race."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from regulars.invoices import services
from regulars.invoices.models import Invoice, Settings
from regulars.invoices.services import CannotPay
from regulars.orders import services as order_services
from regulars.orders.facts import PaymentFacts
from regulars.stores.models import Store
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_store
from tests.invoices.conftest import ME, act, make_draft, make_issued, pay
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def test_counting_without_the_lock_gives_a_number_twice(shop: Store) -> None:
    """The control: both read the counter before either writes it."""
    make_issued(shop)
    looked = threading.Barrier(2, timeout=20)

    def next_number() -> int:
        with transaction.atomic():
            number = Settings.objects.get(store=shop).last_sequence + 1
            looked.wait()
            Settings.objects.filter(store=shop).update(last_sequence=number)
            return number

    assert together(next_number, next_number) == [2, 2]


def test_a_number_that_is_taken_before_the_write_leaves_a_gap(shop: Store) -> None:
    """The control: counted in a transaction of its own, a refusal afterwards loses the number."""

    def take() -> int:
        with transaction.atomic():
            settings = Settings.objects.select_for_update().get(store=shop)
            settings.last_sequence += 1
            settings.save()
            return settings.last_sequence

    make_issued(shop)
    take()  # and then the invoice is refused
    assert make_issued(shop).sequence == 3


def test_numbers_have_no_gaps_and_no_twins(shop: Store) -> None:
    """Eight at once; every other one fails after its number was given, and gives it back."""
    drafts = [make_draft(shop) for _ in range(24)]

    def issue(at: int) -> Callable[[], Any]:
        def work() -> None:
            for draft in drafts[at::4]:
                try:
                    with transaction.atomic():
                        services.issue_invoice(store=shop, invoice_id=draft.pk, actor=ME, now=NOW)
                        if draft.pk.int % 2:
                            raise RuntimeError
                except RuntimeError:
                    continue

        return work

    assert refusals(together(*[issue(at) for at in range(4)])) == []
    issued = Invoice.objects.exclude(state="draft")
    numbers = sorted(number for number in issued.values_list("sequence", flat=True) if number)
    assert numbers == list(range(1, len(numbers) + 1))
    assert {one.state for one in drafts if one.pk.int % 2 and Invoice.objects.get(pk=one.pk).number} == set()


def test_the_first_two_of_a_store_wait_for_each_other(shop: Store) -> None:
    """The row of the counter is made by whoever comes first."""
    ones = [make_draft(shop), make_draft(shop)]
    together(*[lambda one=one: act(services.issue_invoices, shop, one) for one in ones])
    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == [1, 2]
    assert Settings.objects.count() == 1


def test_looking_before_paying_pays_twice(shop: Store) -> None:
    """The control: both see that it is due."""
    issued = make_issued(shop)
    looked = threading.Barrier(2, timeout=20)

    def look() -> bool:
        due = Invoice.objects.get(pk=issued.pk).due_minor > 0
        looked.wait()
        return due

    assert together(look, look) == [True, True]


def test_what_is_due_is_paid_once(shop: Store) -> None:
    issued = make_issued(shop)
    results = together(*[lambda: pay(shop, issued) for _ in range(3)])
    assert [type(one) for one in refusals(results)] == [CannotPay] * 2
    issued.refresh_from_db()
    assert (issued.state, issued.paid_minor) == ("paid", issued.total_minor)


def test_paying_and_making_void_do_not_both_happen(shop: Store) -> None:
    issued = make_issued(shop)
    together(lambda: pay(shop, issued, 100), lambda: act(services.void_invoices, shop, issued, reason="x"))
    issued.refresh_from_db()
    assert (issued.state, issued.paid_minor) in (("void", 0), ("partly_paid", 100))


def test_a_payment_of_the_order_is_not_lost_while_its_invoice_is_issued(shop: Store) -> None:
    for _at in range(4):
        order = make_order(shop, name="Nora")
        assert act(services.invoice_orders, shop, order).done
        draft = Invoice.objects.get(source_id=order.pk)
        payment = PaymentFacts(amount_minor=1000, method="card")
        results = together(
            lambda draft=draft: act(services.issue_invoices, shop, draft),
            lambda order=order, payment=payment: order_services.record_payment(
                store=shop, order_id=order.pk, payment=payment, actor=ME, now=NOW
            ),
        )
        assert refusals(results) == []
        draft.refresh_from_db()
        assert (draft.state, draft.paid_minor) == ("partly_paid", 1000)
