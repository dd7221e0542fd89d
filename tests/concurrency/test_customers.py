"""Two people at the same customer, the same e-mail, the same counter. The first test of each pair shows the race."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from regulars.customers import services
from regulars.customers.models import Address, Customer, Group
from regulars.customers.services import EmailTaken
from regulars.kit.actor import system
from regulars.resources.conflicts import EditConflict
from regulars.staff.choices import Role
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.concurrency.together import refusals, together
from tests.factories import NOW, make_customer, make_store
from tests.people import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
ME = system("Tests")


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


def test_a_check_before_the_write_lets_both_in(shop: Store) -> None:
    """The control: both look first, both see nobody."""
    looked = threading.Barrier(2, timeout=20)

    def look_then_write() -> bool:
        with transaction.atomic():
            free = not Customer.objects.filter(store=shop, email_key="a@b.de").exists()
            looked.wait()
            return free

    assert together(look_then_write, look_then_write) == [True, True]


def test_one_of_two_gets_the_email(shop: Store) -> None:
    """P-10."""
    works = [lambda at=at: make_customer(shop, email="A@b.de" if at % 2 else "a@B.de") for at in range(4)]
    results = together(*works)
    assert [type(one) for one in refusals(results)] == [EmailTaken] * 3
    (made,) = Customer.objects.all()
    assert Event.objects.filter(key="customer.created").count() == 1 and made.number == 1


def test_one_of_two_gets_the_email_by_an_edit_too(shop: Store) -> None:
    people = [make_customer(shop, first_name=name) for name in "AB"]

    def take(customer: Customer) -> Callable[[], Any]:
        return lambda: services.edit_customer(
            store=shop,
            customer_id=customer.pk,
            values={"email": "a@b.de"},
            base_version=None,
            actor=ME,
            now=NOW,
        )

    results = together(*[take(one) for one in people], lambda: make_customer(shop, email="a@b.de"))
    assert [type(one) for one in refusals(results)] == [EmailTaken] * 2
    assert Customer.objects.filter(email="a@b.de").count() == 1


def test_counting_before_the_write_gives_a_number_twice(shop: Store) -> None:
    """The control."""
    looked = threading.Barrier(2, timeout=20)

    def next_number() -> int:
        number = Customer.objects.filter(store=shop).count() + 1
        looked.wait()
        return number

    assert together(next_number, next_number) == [1, 1]


def test_numbers_are_given_once(shop: Store) -> None:
    records = [{"first_name": f"R{at}"} for at in range(50)]
    results = together(
        *[lambda: [make_customer(shop) for _ in range(8)] for _ in range(3)],
        lambda: services.insert_customers(store=shop, records=records, now=NOW),
    )
    assert refusals(results) == []
    numbers = sorted(Customer.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 75))


def test_reading_then_writing_loses_a_change(shop: Store) -> None:
    """The control: both read the tags, both write theirs; one is lost."""
    customer = make_customer(shop)
    looked = threading.Barrier(2, timeout=20)

    def add(tag: str) -> Callable[[], Any]:
        def work() -> None:
            with transaction.atomic():
                tags = Customer.objects.get(pk=customer.pk).tags
                looked.wait()
                Customer.objects.filter(pk=customer.pk).update(tags=[*tags, tag])

        return work

    together(add("a"), add("b"))
    assert len(Customer.objects.get().tags) == 1


def test_tags_of_two_people_both_stay(shop: Store) -> None:
    customer = make_customer(shop)

    def add(tag: str) -> Callable[[], Any]:
        return lambda: services.add_tags(
            store=shop, ids=[customer.pk], inputs={"tags": [tag]}, actor=ME, now=NOW, change_set=None
        )

    assert refusals(together(*[add(tag) for tag in "abcd"])) == []
    kept = Customer.objects.get()
    assert sorted(kept.tags) == ["a", "b", "c", "d"] and kept.version == 5


def test_forms_of_two_people_both_win_where_they_differ(shop: Store) -> None:
    customer = make_customer(shop, city="Rome", company="X")

    def save(**values: str) -> Callable[[], Any]:
        typed = {"city": "Rome", "company": "X", "last_name": ""} | values
        return lambda: services.edit_customer(
            store=shop, customer_id=customer.pk, values=typed, base_version=1, actor=ME, now=NOW
        )

    results = together(save(city="Oslo"), save(company="Y"), save(last_name="Z"))
    kept = Customer.objects.get()
    assert refusals(results) == []
    assert (kept.city, kept.company, kept.last_name, kept.version) == ("Oslo", "Y", "Z", 4)
    results = together(save(city="Paris"), save(city="Lima"))
    assert [type(one) for one in refusals(results)] == [EditConflict] * 2


def test_overlapping_acts_do_not_wait_for_each_other_for_ever(shop: Store) -> None:
    ids = [make_customer(shop).pk for _ in range(30)]

    def act(service: Any, order: list[Any]) -> Callable[[], Any]:
        return lambda: service(
            store=shop, ids=order, inputs={"tags": ["x"]}, actor=ME, now=NOW, change_set=None
        )

    results = together(
        act(services.archive_customers, ids),
        act(services.add_tags, ids[::-1]),
        act(services.archive_customers, ids[::-1]),
        lambda: [make_customer(shop) for _ in range(5)],
    )
    assert refusals(results) == []
    assert {tuple(one.tags) for one in Customer.objects.filter(pk__in=ids)} == {("x",)}
    assert Event.objects.filter(key="customer.archived").count() == 30


def test_two_swaps_of_the_main_address_leave_each_address_once(shop: Store) -> None:
    """P-20."""
    customer = make_customer(shop, city="Main")
    others = [
        services.add_address(store=shop, customer_id=customer.pk, values={"city": city}, actor=ME, now=NOW)
        for city in ("One", "Two")
    ]
    works = [
        lambda pk=one.pk: services.make_address_main(store=shop, address_id=pk, actor=ME, now=NOW)
        for one in others
    ]
    assert refusals(together(*works)) == []
    cities = [Customer.objects.get().city, *Address.objects.values_list("city", flat=True)]
    assert sorted(cities) == ["Main", "One", "Two"]


def test_one_group_of_a_name(shop: Store) -> None:
    """P-29."""
    works = [lambda: services.create_group(store=shop, name="Trade", actor=ME, now=NOW).pk] * 4
    results = together(*works)
    assert refusals(results) == [] and len(set(results)) == 1 == Group.objects.count()


def test_a_form_sent_twice_at_the_same_moment_adds_one_record(shop: Store) -> None:
    someone, once = sign_in(shop, Role.OWNER), str(uuid4())
    session = someone.client.cookies[settings.SESSION_COOKIE_NAME].value

    def send() -> str:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        typed = {"first_name": "Ann", "once": once}
        return client.post("/desk/shop/customers/new/", typed).headers["Location"]

    assert set(together(send, send, send)) == {f"/desk/shop/customers/{Customer.objects.get().pk}/"}
