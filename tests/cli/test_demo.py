"""`regulars demo`: believable people, the same for the same seed, whose figures are true."""

import io
import json
import stat
from datetime import UTC, datetime

import phonenumbers
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from regulars.cli.demo import shop, signins
from regulars.cli.demo.people import Crowd
from regulars.cli.demo.places import COUNTRIES
from regulars.customers import queries as customer_queries
from regulars.kit.email import clean_email
from regulars.kit.phone import clean_phone
from regulars.loyalty import tier_queries
from regulars.loyalty.queries import drift
from regulars.orders import queries as order_queries
from regulars.orders import services as order_services
from regulars.staff import queries as staff_queries
from regulars.staff.permissions import permissions_of
from regulars.stores import queries as store_queries
from tests.factories import make_store

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def _people(count: int = 3000, seed: int = 7, taken: int = 0):
    return list(Crowd(seed=seed, now=NOW, home="FR", groups=[], taken=taken).people(count))


def _demo(**options) -> str:
    said = io.StringIO()
    call_command("demo", stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_the_same_seed_makes_the_same_people():
    assert _people(300) == _people(300)
    assert _people(300) != _people(300, seed=8)


def test_emails_are_unique_valid_and_of_nobody():
    emails = [person.facts["email"] for person in _people() if person.facts["email"]]
    later = [person.facts["email"] for person in _people(taken=3000) if person.facts["email"]]

    assert len({email.lower() for email in emails + later}) == len(emails + later)
    for email in emails:
        domain = email.partition("@")[2]
        assert clean_email(email) == email
        assert domain in ("example.com", "example.org", "example.net") or domain.endswith(
            (".example", ".test")
        )


def test_phones_are_those_of_the_country():
    phones = [
        (person.facts["phone"], person.facts["country"]) for person in _people() if person.facts["phone"]
    ]
    valid = sum(phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone, _country in phones)

    assert all(clean_phone(phone, "") == phone for phone, _country in phones)
    assert valid > 0.95 * len(phones)


def test_people_write_in_many_scripts_and_buy_very_unevenly():
    people = _people()
    names = "".join(person.facts["last_name"] for person in people)
    spent = sorted((person.facts["spent_minor"] for person in people), reverse=True)

    for letter in "éüłşاकนă王김αИש":
        assert letter in names or any(letter in str(person.facts.values()) for person in people), letter
    assert 0.3 < sum(1 for total in spent if not total) / len(spent) < 0.5
    assert sum(spent[: len(spent) // 10]) > 0.4 * sum(spent)
    assert 2.5 < sum(len(person.purchases) for person in people) / len(people) < 3.5
    assert {person.facts["country"] for person in people} == {country.code for country in COUNTRIES}
    assert all(
        person.facts["created_at"] <= placed <= NOW for person in people for placed, *_ in person.purchases
    )


@pytest.mark.django_db
def test_the_figures_beside_the_customers_equal_a_recount():
    store = make_store("full")

    customers, orders = shop.fill_store(store=store, count=400, seed=3, now=NOW)

    assert customers == customer_queries.customers_of(store).count() == 400
    assert orders == order_queries.orders_so_far(store=store) > 400
    assert order_services.recount_figures(store=store) == 0


@pytest.mark.django_db
def test_what_later_parts_feed_is_never_faked():
    store = make_store("full")
    shop.fill_store(store=store, count=300, seed=3, now=NOW)

    rows = customer_queries.customers_of(store)
    assert not rows.exclude(flag="none", payout_method="", blocked=False, has_account=False).exists()
    assert rows.filter(points__gt=0).exists() and drift(store=store) == {}
    members = tier_queries.tiers_of_customers(store=store, ids=rows.values_list("pk", flat=True))
    assert {pk: tier.name for pk, tier in members.items()} == dict(
        rows.exclude(tier="").values_list("pk", "tier")
    )
    assert {"active", "inactive", "archived"} == set(rows.values_list("state", flat=True).distinct())


@pytest.mark.django_db
def test_a_store_with_customers_is_added_to_only_when_asked():
    store = make_store("full")
    _demo(store="full", customers=50)

    with pytest.raises(CommandError, match="--add"):
        _demo(store="full", customers=50)
    assert customer_queries.customers_of(store).count() == 50

    answer = json.loads(_demo(store="full", customers=60, add=True, json=True))
    assert answer["customers"] == 60
    assert customer_queries.customers_of(store).count() == 110


@pytest.mark.django_db
def test_ensure_opens_the_demo_once_with_four_sign_ins(data_dir, monkeypatch, settings):
    monkeypatch.setattr(shop, "ENSURED", 30)

    _demo(ensure=True)
    shown = _demo(ensure=True, show=True)

    store = store_queries.get_store(slug="demo")
    kept = signins.kept(data_dir / "demo.json")
    assert customer_queries.customers_of(store).count() == 30
    assert stat.S_IMODE((data_dir / "demo.json").stat().st_mode) == 0o600
    assert sorted(kept) == [
        "clerk@demo.test", "customer@demo.test", "manager@demo.test", "owner@demo.test", "viewer@demo.test"
    ]  # fmt: skip
    assert len(set(kept.values())) == 5
    assert {person.email: person.role for person in staff_queries.people(store=store)} == {
        f"{role}@demo.test": role for role in ("owner", "manager", "clerk", "viewer")
    }
    assert all(f"{email}" in shown and password in shown for email, password in kept.items())
    assert f"{settings.BASE_URL}/desk/demo/" in shown and f"{settings.BASE_URL}/shop/demo/" in shown
    page = Client().get("/shop/demo/").content.decode()
    assert "Beeswax candle" in page and "€9.50" in page
    assert Client().login(email="viewer@demo.test", password=kept["viewer@demo.test"])
    assert permissions_of("viewer") < permissions_of("owner")
    sign_in = {"email": "customer@demo.test", "password": kept["customer@demo.test"]}
    assert Client().post("/shop/demo/account/sign-in/", sign_in).url == "/shop/demo/account/"


@pytest.mark.django_db
def test_ensure_leaves_an_install_with_a_store_alone(data_dir):
    make_store("mine")

    _demo(ensure=True)

    assert [store.slug for store in store_queries.all_stores()] == ["mine"]
    assert _demo(show=True) == ""


@pytest.mark.django_db
def test_one_password_for_all_can_be_set(data_dir, monkeypatch):
    monkeypatch.setattr(shop, "ENSURED", 1)
    monkeypatch.setenv("REGULARS_DEMO_PASSWORD", "tulip-harbour-92")

    _demo(ensure=True)

    assert set(signins.kept(data_dir / "demo.json").values()) == {"tulip-harbour-92"}


@pytest.mark.django_db(transaction=True)
def test_a_large_load_leaves_all_indexes_and_references_as_they_were(monkeypatch):
    monkeypatch.setattr(shop, "LARGE", 10)
    store = make_store("full")
    before = _definitions()

    shop.fill_store(store=store, count=20, seed=3, now=NOW)

    assert _definitions() == before
    assert customer_queries.customers_of(store).count() == 20


def _definitions() -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT indexdef FROM pg_indexes WHERE tablename IN ('customers_customer', 'orders_order')
            UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid IN ('customers_customer'::regclass, 'orders_order'::regclass) ORDER BY 1"""
        )
        return cursor.fetchall()
