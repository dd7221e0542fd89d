"""Making customers: what is kept, who is a twin, which number one gets."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from regulars.customers import queries, services
from regulars.customers.models import Customer
from regulars.customers.services import EmailTaken, ExternalIdTaken
from regulars.kit.actor import system
from regulars.kit.errors import Invalid, InvalidRecord, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.shared import naughty_strings

pytestmark = pytest.mark.django_db


def test_keeps_the_facts_and_says_who_did_it(owner: Someone) -> None:
    values = {
        "first_name": "Ada", "email": "Ada@Example.com", "birthdate": date(1985, 3, 2), "tags": ["vip"],
        "commission_reduction": Decimal("12.50"), "accepts_marketing": True,
    }  # fmt: skip
    made = services.create_customer(store=owner.store, values=values, actor=owner.actor, now=NOW)
    kept = queries.get_customer(store=owner.store, customer_id=made.pk)
    assert {name: getattr(kept, name) for name in values} == values
    assert (kept.version, kept.state, kept.created_at, kept.last_name) == (1, "active", NOW, "")
    (event,) = Event.objects.filter(record_id=made.pk)
    assert (event.key, event.version, event.before) == ("customer.created", 1, None)
    assert event.after["birthdate"] == "1985-03-02" and event.after["commission_reduction"] == "12.50"
    assert ChangeSet.objects.get(pk=event.change_set_id).actor_id == owner.user.pk


def test_the_email_is_one_customers_whatever_its_case(store: Store) -> None:
    """P-10."""
    make_customer(store, email="Ada@Example.com")
    before = Customer.objects.count(), Event.objects.count()
    for twin in ("ada@example.com", "ADA@EXAMPLE.COM", "Ada@Example.com"):
        with pytest.raises(EmailTaken) as refusal:
            make_customer(store, email=twin)
        assert refusal.value.field == "email"
    assert (Customer.objects.count(), Event.objects.count()) == before


def test_the_same_international_domain_in_both_forms_is_one_email(store: Store) -> None:
    make_customer(store, email="salon@uñas.co")
    with pytest.raises(EmailTaken):
        make_customer(store, email="salon@xn--uas-7ma.co")


def test_another_store_may_know_the_same_person(store: Store, other_store: Store) -> None:
    make_customer(store, email="a@b.de", external_id="7")
    assert make_customer(other_store, email="a@b.de", external_id="7").number == 1


def test_many_customers_have_no_email_and_no_external_id(store: Store) -> None:
    assert {make_customer(store).number for _ in range(3)} == {1, 2, 3}


def test_the_external_id_is_one_customers(store: Store) -> None:
    """P-10."""
    make_customer(store, external_id="till-1")
    with pytest.raises(ExternalIdTaken):
        make_customer(store, external_id="till-1", first_name="Other")
    assert Customer.objects.count() == 1


def test_a_refused_twin_leaves_no_hole_in_the_numbers(store: Store) -> None:
    make_customer(store, email="a@b.de")
    with pytest.raises(EmailTaken):
        make_customer(store, email="a@b.de")
    assert make_customer(store).number == 2


def test_a_given_number_moves_the_counter_on(store: Store) -> None:
    assert make_customer(store, number=70).number == 70
    assert make_customer(store).number == 71
    with pytest.raises(Refused) as refusal:
        make_customer(store, number=70)
    assert refusal.value.code == "number_taken"
    assert make_customer(store, number=5).number == 5
    assert make_customer(store).number == 72


def test_somebody_must_be_named(store: Store) -> None:
    for values in ({}, {"city": "Paris", "tags": ["vip"], "note": "x"}):
        with pytest.raises(InvalidRecord):
            services.create_customer(store=store, values=values, actor=system("Tests"), now=NOW)
    assert not Customer.objects.exists()


def test_a_group_of_another_store_does_not_exist(store: Store, other_store: Store) -> None:
    foreign = services.create_group(store=other_store, name="Trade", actor=system("Tests"), now=NOW)
    with pytest.raises(Invalid) as refusal:
        make_customer(store, group_id=foreign.pk)
    assert refusal.value.field == "group" and not Customer.objects.exists()
    with pytest.raises(Invalid):
        make_customer(store, group_id=new_id())


def test_the_database_holds_the_line_too(store: Store) -> None:
    customer = make_customer(store, email="a@b.de")
    for wrong in (
        {"number": 0},
        {"state": "gone"},
        {"commission_reduction": 101},
        {"commission_reduction": -1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Customer.objects.filter(pk=customer.pk).update(**wrong)


def test_a_customer_of_another_store_is_not_found(store: Store, other_store: Store) -> None:
    """P-24."""
    foreign = make_customer(other_store)
    with pytest.raises(NotFound):
        queries.get_customer(store=store, customer_id=foreign.pk)


def test_groups_are_one_by_name_whatever_its_case(store: Store) -> None:
    """P-29."""
    first = services.create_group(store=store, name="  Trade   press ", actor=system("Tests"), now=NOW)
    again = services.create_group(store=store, name="TRADE PRESS", actor=system("Tests"), now=NOW)
    assert first.pk == again.pk and first.name == "Trade press"
    assert Event.objects.filter(key="group.created").count() == 1
    for wrong in ("", "   ", "x" * 81):
        with pytest.raises(Invalid):
            services.create_group(store=store, name=wrong, actor=system("Tests"), now=NOW)


def test_every_naughty_string_goes_through_every_text_field_unharmed(store: Store) -> None:
    """What is taken comes back as it went in; what is not is refused in words, never by the database."""
    resource = get_resource("customers")
    context = Context(store=store, actor=system("Tests"), now=NOW)
    fields = [
        one
        for one in resource.editable_fields(context.actor)
        if one.kind.name in ("text", "email", "phone", "tags")
    ]
    assert len(fields) > 10
    refused = taken = 0
    for index, string in enumerate(naughty_strings()):
        values: dict[str, Any] = {}
        for field in fields:
            try:
                value = field.clean(string, context)
            except Invalid:
                refused += 1
                continue
            if value:
                values[field.name] = value
        if index:  # the external id is one customer's
            values.pop("external_id", None)
        if not values.keys() & {"first_name", "last_name", "company", "email", "phone"}:
            continue
        made = resource.create(store=store, values=values, actor=context.actor, now=NOW)
        kept = Customer.objects.values(*values).get(pk=made)
        assert kept == values
        typed = dict.fromkeys(("first_name", "last_name", "company", "email", "phone"), storable(string))
        assert len(queries.find_likely_duplicates(store=store, values=typed)) <= 5
        taken += 1
    assert taken and refused
