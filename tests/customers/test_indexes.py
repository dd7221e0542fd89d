"""Indexes that stand aside while a large file comes in, and are there again whatever happens."""

from typing import Any

import pytest
from django.db import connection, connections

from regulars.customers.services import indexes
from regulars.customers.services.indexes import SET_ASIDE, missing, put_back_indexes, without_list_indexes
from regulars.jobs.services import Interrupted
from regulars.stores.models import Store
from tests.factories import make_customer

pytestmark = pytest.mark.django_db(transaction=True)
MANY = indexes.MANY_ROWS


def definitions() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'customers_%' ORDER BY 1")
        return cursor.fetchall()


@pytest.fixture(autouse=True)
def _back() -> Any:
    before = definitions()
    yield
    put_back_indexes()
    assert definitions() == before


def names() -> list[str]:
    return missing()


def test_they_stand_aside_for_many_rows_and_come_back_the_same(store: Store) -> None:
    before = definitions()
    make_customer(store)
    with without_list_indexes(MANY):
        assert names() == list(SET_ASIDE)
        make_customer(store)
    assert definitions() == before


def test_they_stay_for_few_rows() -> None:
    with without_list_indexes(MANY - 1):
        assert names() == []


def test_they_stay_when_there_are_many_customers_already(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "SMALL_TABLE", 1)
    for _ in range(2):
        make_customer(store)
    with without_list_indexes(MANY):
        assert names() == []


def test_they_come_back_when_the_import_fails() -> None:
    with pytest.raises(KeyError), without_list_indexes(MANY):
        raise KeyError
    assert names() == []


def test_an_import_that_is_taken_up_elsewhere_leaves_them_and_its_heir_goes_on_without(store: Store) -> None:
    with pytest.raises(Interrupted), without_list_indexes(MANY):
        make_customer(store)
        raise Interrupted
    assert names() == list(SET_ASIDE)
    with without_list_indexes(MANY):
        assert names() == list(SET_ASIDE)
    assert names() == []


def test_the_worker_makes_what_a_killed_import_left(monkeypatch: pytest.MonkeyPatch) -> None:
    indexes._drop()
    assert put_back_indexes() == list(SET_ASIDE)
    assert put_back_indexes() == []


def test_nobody_touches_them_while_another_process_imports() -> None:
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [indexes._LOCK])
        with without_list_indexes(MANY):
            assert names() == []
        indexes._drop()
        assert put_back_indexes() == []
        with other.cursor() as cursor:  # a connection that is closed lets go of it only a moment later
            cursor.execute("SELECT pg_advisory_unlock(%s)", [indexes._LOCK])
    finally:
        other.close()


def test_a_long_look_at_the_table_is_not_waited_for(store: Store) -> None:
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM customers_customer")
        with without_list_indexes(MANY):
            assert names() == []
    finally:
        other.close()
