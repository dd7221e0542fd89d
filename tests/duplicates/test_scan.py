"""Who is taken for the same person, and who is not."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from regulars.customers import services as customer_services
from regulars.customers.models import Customer
from regulars.duplicates import queries, services
from regulars.duplicates.models import Pair, Scan
from regulars.duplicates.rules import LIKELY, LOWEST, SURE, say_reasons
from regulars.jobs.models import Run
from regulars.jobs.services import execute_run
from regulars.stores.models import Store
from tests.duplicates.conftest import ME
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
Facts = Mapping[str, Any]
BORN = date(1985, 4, 23)
HOME = {"address": "12 rue des Lilas", "postcode": "69003", "city": "Lyon"}
JOHN = {"first_name": "John", "last_name": "Smith"}


def look(store: Store, *, full: bool = True, now: Any = NOW) -> list[Pair]:
    services.scan(store=store, full=full, now=now)
    return list(Pair.objects.filter(store=store).order_by("-score"))


@pytest.mark.parametrize(
    ("one", "other", "reasons", "lowest"),
    [
        ({**JOHN, "phone": "+33612345678"}, {**JOHN, "phone": "+33612345678"}, {"name", "phone"}, SURE),
        ({**JOHN, "birthdate": BORN}, {**JOHN, "birthdate": BORN}, {"name", "birthdate"}, LIKELY),
        (
            {**JOHN, "birthdate": BORN},
            {"first_name": "Jhon", "last_name": "Smyth", "birthdate": BORN},
            {"alike", "birthdate"},
            LIKELY,
        ),
        (
            {**JOHN, "birthdate": BORN},
            {"first_name": "Smith", "last_name": "John", "birthdate": BORN},
            {"name", "birthdate"},
            LIKELY,
        ),
        ({**JOHN, **HOME}, {**JOHN, **HOME, "address": "12, Rue des Lilas"}, {"name", "address"}, LIKELY),
        (
            {**JOHN, **HOME},
            {"first_name": "J.", "last_name": "Smith", **HOME},
            {"alike", "address"},
            LIKELY,
        ),
        (
            {"first_name": "Zoë", "last_name": "Łuc", **HOME},
            {"first_name": "Zoe", "last_name": "Luc", "postcode": "69 003"},
            {"name", "place"},
            LIKELY,
        ),
        ({**JOHN, "company": "ACME"}, {**JOHN, "company": "Acme"}, {"name", "company"}, LIKELY),
        (
            {"email": "john.smith@orange.fr"},
            {"email": "JohnSmith+shop@orange.fr"},
            {"email"},
            LIKELY,
        ),
        (
            {**JOHN, "email": "john.smith@gmail.com"},
            {**JOHN, "email": "john.smith@gmial.com"},
            {"domain", "name"},
            SURE,
        ),
        (
            {"company": "Acme Ltd", "postcode": "75001"},
            {"company": "ACME LTD", "postcode": "75001"},
            {"company", "place"},
            LIKELY,
        ),
        (
            {**JOHN, "birthdate": date(1985, 4, 5), "phone": "+33612345678"},
            {**JOHN, "birthdate": date(1985, 5, 4), "phone": "+33612345678"},
            {"name", "phone", "swapped"},
            SURE,
        ),
    ],
)
def test_taken_for_the_same(store: Store, one: Facts, other: Facts, reasons: set[str], lowest: int) -> None:
    make_customer(store, **one)
    make_customer(store, **other)
    make_customer(store, first_name="Somebody", last_name="Else", email="else@example.com")
    (pair,) = look(store)
    assert set(pair.reasons) == reasons and pair.score >= lowest


@pytest.mark.parametrize(
    ("one", "other", "highest"),
    [
        # A couple: one address, one last name.
        ({"first_name": "Marie", "last_name": "Dupont", **HOME},
         {"first_name": "Paul", "last_name": "Dupont", **HOME}, 0),
        # Twins.
        ({"first_name": "Anna", "last_name": "Dupont", "birthdate": BORN, **HOME},
         {"first_name": "Clara", "last_name": "Dupont", "birthdate": BORN, **HOME}, 0),
        # A family phone is worth a look, not more.
        ({"first_name": "Marie", "last_name": "Dupont", "phone": "+33612345678"},
         {"first_name": "Paul", "last_name": "Dupont", "phone": "+33612345678"}, LIKELY - 1),
        ({"first_name": "Ángel", "last_name": "Romero", "phone": "+33612345678", **HOME},
         {"first_name": "Daniel", "last_name": "Romero", "phone": "+33612345678", **HOME}, LIKELY - 1),
        # Father and son with one name.
        ({**JOHN, **HOME, "birthdate": date(1950, 1, 2)},
         {**JOHN, **HOME, "birthdate": date(1982, 3, 4)}, LIKELY - 1),
        # Namesakes.
        (JOHN, JOHN, 0),
        ({**JOHN, "city": "Lyon"}, {**JOHN, "city": "Paris"}, 0),
        ({**JOHN, "city": "Lyon"}, {**JOHN, "city": "Lyon"}, LIKELY - 1),
        ({**JOHN, **HOME}, {**JOHN, **HOME, "address": "8 place Bellecour"}, LIKELY - 1),
        # Offices of many companies.
        ({"email": "info@acme.example"}, {"email": "info@zeta.example"}, 0),
        ({**JOHN, "birthdate": BORN}, {"first_name": "Ann", "last_name": "Dupont", "birthdate": BORN}, 0),
    ],
)  # fmt: skip
def test_not_taken_for_the_same(store: Store, one: Facts, other: Facts, highest: int) -> None:
    make_customer(store, **one)
    make_customer(store, **other)
    found = look(store)
    assert [pair for pair in found if pair.score > highest] == []
    assert bool(found) == (highest > LOWEST)


def test_a_household_says_so(store: Store) -> None:
    one = make_customer(store, first_name="Marie", last_name="Dupont", phone="+33612345678")
    make_customer(store, first_name="Paul", last_name="Dupont", phone="+33612345678")
    (pair,) = look(store)
    said = say_reasons(pair.reasons, pair.likeness, {"phone": one.phone})
    assert "Same phone +33 6 12 34 56 78" in said
    assert "First names differ: may be a household" in said
    assert say_reasons(["alike", "birthdate"], 94, {"phone": ""}) == ["Names 94 % alike", "Same birthday"]


def test_stores_apart_and_anonymised_ones_never(store: Store, other_store: Store) -> None:
    facts = {**JOHN, "phone": "+33612345678"}
    make_customer(store, **facts)
    make_customer(other_store, **facts)
    make_customer(store, **facts, state="anonymised")
    assert look(store) == []
    make_customer(store, **facts, state="archived")
    assert len(look(store)) == 1 and look(other_store) == []


def test_a_phone_of_three_hundred_is_a_crowd_and_no_pairs(store: Store) -> None:
    customer_services.insert_customers(
        store=store,
        records=[
            {"first_name": f"P{at}", "phone": "+33100000000", "email": f"p{at}@x.de"} for at in range(300)
        ],
        now=NOW,
    )
    assert look(store) == []
    ((kind, customer, size),) = queries.scan_state(store=store).crowds
    assert (kind, customer.phone, size) == ("phone", "+33100000000", 300)


def test_looks_again_only_at_who_changed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    one = make_customer(store, **JOHN, phone="+33612345678")
    other = make_customer(store, **JOHN, phone="+33600000000")
    assert look(store, now=NOW + timedelta(hours=1)) == []
    assert not services.needs_scan(store=store)
    Customer.objects.filter(pk=other.pk).update(phone=one.phone)  # behind its back
    assert look(store, full=False, now=NOW + timedelta(hours=2)) == []
    customer_services.edit_customer(
        store=store,
        customer_id=other.pk,
        values={"city": "Lyon"},
        base_version=None,
        actor=ME,
        now=NOW + timedelta(hours=3),
    )
    assert services.needs_scan(store=store)
    (pair,) = look(store, full=False, now=NOW + timedelta(hours=4))
    assert (pair.first_id, pair.second_id) == (one.pk, other.pk)
    customer_services.edit_customer(
        store=store,
        customer_id=one.pk,
        values={"phone": "+33699999999"},
        base_version=None,
        actor=ME,
        now=NOW + timedelta(hours=5),
    )
    assert look(store, full=False, now=NOW + timedelta(hours=6)) == []
    make_customer(store, first_name="New")


def test_waits_for_imports_under_way(store: Store) -> None:
    """What an import writes carries the moment it began, so the next look must begin there."""
    run = Run.objects.create(store=store, kind="transfers.run", created_at=NOW - timedelta(hours=2))
    look(store)
    assert Scan.objects.get().scanned_to == NOW - timedelta(hours=2)
    run.delete()
    look(store)
    assert Scan.objects.get().scanned_to == NOW - timedelta(minutes=2)


def test_a_decided_pair_is_asked_again_only_for_a_new_reason(store: Store, owner: Someone) -> None:
    one = make_customer(store, **JOHN, **HOME)
    make_customer(store, **JOHN, **HOME)
    (pair,) = look(store)
    services.decide(store=store, pair_ids=[pair.pk], verdict="different", actor=owner.actor, now=NOW)

    def edit(**values: Any) -> None:
        customer_services.edit_customer(
            store=store, customer_id=one.pk, values=values, base_version=None, actor=ME, now=NOW
        )

    edit(city="LYON", tags=["x"], language="fr")
    (pair,) = look(store)
    assert pair.verdict == "different" and pair.decided_by_name == owner.actor.name
    edit(birthdate=BORN)
    Customer.objects.exclude(pk=one.pk).update(birthdate=BORN)
    (pair,) = look(store)
    assert pair.verdict == "" and "birthdate" in pair.reasons


def test_on_demand_with_progress_and_one_at_a_time(store: Store, owner: Someone, clerk: Someone) -> None:
    make_customer(store, **JOHN, phone="+33612345678")
    make_customer(store, **JOHN, phone="+33612345678")
    run = services.start_scan(store=store, actor=owner.actor)
    with pytest.raises(services.ScanAtWork):
        services.start_scan(store=store, actor=owner.actor)
    assert queries.scan_state(store=store).run == run
    done = execute_run(run_id=run.pk)
    assert (done.state, done.counts, done.done) == ("done", {"found": 1}, done.total)
    state = queries.scan_state(store=store)
    assert state.run is None and state.finished_at
