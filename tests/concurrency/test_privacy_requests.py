"""The same request asked twice at once, an erasure taken back while it happens, a customer who buys while they are
forgotten. The first test shows the race."""

import threading
from typing import Any

import pytest
from django.db import transaction

from regulars.customers.models import Customer
from regulars.messaging.models import Message
from regulars.privacy import queries, services
from regulars.privacy.choices import Kind, State
from regulars.privacy.models import Request
from regulars.privacy.services import AskedAlready
from regulars.stores.models import Store
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_store
from tests.privacy.people import DAY, ME, ada_of, ask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def test_a_look_before_the_write_finds_no_request_twice(shop: Store) -> None:
    """The control: who only looks first asks twice."""
    ada = ada_of(shop)
    looked = threading.Barrier(2, timeout=20)

    def look() -> bool:
        with transaction.atomic():
            free = queries.unfinished(store=shop, customer_id=ada.pk, kind=Kind.ACCESS) is None
            looked.wait()
            return free

    assert together(look, look) == [True, True]


def test_the_same_is_asked_once(shop: Store) -> None:
    ada = ada_of(shop)
    results = together(*[lambda: ask(ada)] * 4)
    assert [type(one) for one in refusals(results)] == [AskedAlready] * 3
    assert Request.objects.count() == Message.objects.count() == 1


def test_an_erasure_is_either_taken_back_or_done(shop: Store) -> None:
    ada = ada_of(shop)
    request = ask(ada, Kind.ERASURE, proof="known")
    services.carry_out(store=shop, request_id=request.pk, answer="", actor=ME, now=NOW)

    def withdraw() -> Any:
        return services.withdraw(
            store=shop, request_id=request.pk, customer_id=ada.pk, actor=ME, now=NOW + 7 * DAY
        )

    def erase() -> int:
        return services.erase_due(store=shop, now=NOW + 7 * DAY)

    together(withdraw, erase)
    state, person = Request.objects.get().state, Customer.objects.get().state
    assert (state, person) in ((State.WITHDRAWN, "active"), (State.DONE, "anonymised"))


def test_two_workers_erase_once(shop: Store) -> None:
    ada = ada_of(shop)
    request = ask(ada, Kind.ERASURE, proof="known")
    services.carry_out(store=shop, request_id=request.pk, answer="", actor=ME, now=NOW)
    results = together(*[lambda: services.erase_due(store=shop, now=NOW + 7 * DAY)] * 3)
    assert sum(one for one in results if isinstance(one, int)) == 1 and not refusals(results)
