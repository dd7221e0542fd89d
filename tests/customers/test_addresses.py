"""Further addresses; exactly one is the main one."""

import pytest

from regulars.customers import queries, services
from regulars.customers.models import Address, Customer
from regulars.kit.actor import system
from regulars.kit.errors import InvalidRecord, NotFound
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
ME = system("Tests")


@pytest.fixture
def customer(store: Store) -> Customer:
    return make_customer(store, city="Paris", address="1 rue X", postcode="75001", country="FR")


def add(store: Store, customer: Customer, **values: str) -> Address:
    return services.add_address(store=store, customer_id=customer.pk, values=values, actor=ME, now=NOW)


def keys() -> list[str]:
    return list(
        Event.objects.filter(key__startswith="customer.address").order_by("pk").values_list("key", flat=True)
    )


def test_add_change_and_remove_each_leave_one_event(store: Store, customer: Customer) -> None:
    """P-23."""
    address = add(store, customer, city="Rome", label="Work")
    services.edit_address(
        store=store, address_id=address.pk, values={"city": "Roma", "label": "Work"}, actor=ME, now=NOW
    )
    services.edit_address(store=store, address_id=address.pk, values={"city": "Roma"}, actor=ME, now=NOW)
    services.remove_address(store=store, address_id=address.pk, actor=ME, now=NOW)
    assert keys() == ["customer.address_added", "customer.address_edited", "customer.address_removed"]
    edited = Event.objects.get(key="customer.address_edited")
    assert (edited.before, edited.after) == ({"city": "Rome"}, {"city": "Roma"})
    assert queries.addresses_of(store=store, customer_id=customer.pk) == []


def test_making_one_main_swaps_the_two(store: Store, customer: Customer) -> None:
    """P-20."""
    address = add(store, customer, city="Łódź", address="ul. Y", country="PL")
    services.make_address_main(store=store, address_id=address.pk, actor=ME, now=NOW)
    kept, swapped = Customer.objects.get(pk=customer.pk), Address.objects.get(pk=address.pk)
    assert (kept.city, kept.address, kept.postcode, kept.country, kept.city_key) == (
        "Łódź",
        "ul. Y",
        "",
        "PL",
        "lodz",
    )
    assert (swapped.city, swapped.address, swapped.postcode, swapped.country) == (
        "Paris",
        "1 rue X",
        "75001",
        "FR",
    )
    assert (keys()[-1], kept.version) == ("customer.address_made_main", 2)


def test_an_empty_main_address_leaves_nothing_behind(store: Store) -> None:
    customer = make_customer(store)
    address = add(store, customer, city="Rome")
    services.make_address_main(store=store, address_id=address.pk, actor=ME, now=NOW)
    assert Customer.objects.get(pk=customer.pk).city == "Rome" and not Address.objects.exists()


def test_an_address_says_something(store: Store, customer: Customer) -> None:
    for values in ({}, {"label": "Home"}, {"name": "Ada", "phone": "+33612345678"}):
        with pytest.raises(InvalidRecord):
            add(store, customer, **values)
    address = add(store, customer, city="Rome")
    with pytest.raises(InvalidRecord):
        services.edit_address(store=store, address_id=address.pk, values={"city": ""}, actor=ME, now=NOW)
    with pytest.raises(InvalidRecord):
        add(store, customer, city="Rome", id="x")
    assert Address.objects.get().city == "Rome"


def test_addresses_of_another_store_do_not_exist(store: Store, other_store: Store) -> None:
    foreign = make_customer(other_store)
    address = add(other_store, foreign, city="Rome")
    with pytest.raises(NotFound):
        add(store, foreign, city="Oslo")
    with pytest.raises(NotFound):
        services.edit_address(store=store, address_id=address.pk, values={"city": "X"}, actor=ME, now=NOW)
    with pytest.raises(NotFound):
        services.remove_address(store=store, address_id=address.pk, actor=ME, now=NOW)
    with pytest.raises(NotFound):
        services.make_address_main(store=store, address_id=address.pk, actor=ME, now=NOW)
    assert Address.objects.get().city == "Rome"


def test_what_is_typed_is_tidied_or_refused_at_its_field() -> None:
    cleaned = services.clean_address(
        values={"city": " Rome\x00 ", "country": "it", "phone": "06 698 82811"}, country="FR"
    )
    assert (cleaned["city"], cleaned["country"], cleaned["phone"]) == ("Rome", "IT", "+390669882811")
    with pytest.raises(InvalidRecord) as refusal:
        services.clean_address(values={"city": "x" * 301, "country": "ITALY", "phone": "call"}, country="FR")
    assert set(refusal.value.errors) == {"city", "country", "phone"}
