"""The first run: one code, one winner."""

import threading

import pytest
from django.db import connection

from regulars.kit.errors import InvalidRecord, Refused
from regulars.staff import queries, services
from regulars.staff.models import StartCode, User
from regulars.stores.models import Store
from tests import factories
from tests.factories import NOW, PASSWORD


def start(code: str, email: str = "first@shop.test", password: str = PASSWORD) -> None:
    services.start_install(
        code=code,
        slug="shop",
        store_name="Shop",
        settings={"currency": "EUR"},
        owner_name="First",
        email=email,
        password=password,
        now=NOW,
    )


@pytest.mark.django_db
def test_the_code_opens_the_install_once() -> None:
    code = services.make_start_code()
    start(" " + code.lower().replace("-", " "))
    person = queries.people(store=Store.objects.get())[0]
    assert (person.email, person.role) == ("first@shop.test", "owner")
    with pytest.raises(services.AlreadyStarted):
        start(code, "second@shop.test")
    assert services.make_start_code() == ""


@pytest.mark.django_db
def test_a_wrong_code_makes_nothing() -> None:
    for code in ("AAAAA-AAAAA", ""):
        services.make_start_code()
        with pytest.raises(services.WrongCode):
            start(code)
    StartCode.objects.all().delete()
    with pytest.raises(services.WrongCode):
        start("")
    assert not Store.objects.exists() and not User.objects.exists()


@pytest.mark.django_db
def test_a_weak_password_makes_nothing_and_keeps_the_code() -> None:
    code = services.make_start_code()
    with pytest.raises(InvalidRecord):
        start(code, password="short")
    assert not Store.objects.exists()
    start(code)


@pytest.mark.django_db
def test_a_new_code_replaces_the_old_and_only_its_hash_is_kept() -> None:
    old, new = services.make_start_code(), services.make_start_code()
    assert new.replace("-", "") not in str(StartCode.objects.values().get())
    with pytest.raises(services.WrongCode):
        start(old)


@pytest.mark.django_db(transaction=True)
def test_of_two_visitors_at_once_one_wins() -> None:
    code, ready, outcome = services.make_start_code(), threading.Barrier(2), []

    def visit(email: str) -> None:
        try:
            ready.wait(5)
            start(code, email)
            outcome.append("opened")
        except Refused as refusal:
            outcome.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=visit, args=(f"{n}@shop.test",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcome) == ["already_started", "opened"]
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_no_code_once_a_store_exists() -> None:
    factories.make_store()
    assert services.make_start_code() == ""
    assert not StartCode.objects.exists()
