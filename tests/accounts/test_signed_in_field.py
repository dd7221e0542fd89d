"""Asking the list of customers who signed in when, and who never did."""

from datetime import timedelta

import pytest
from django.db import connection

from regulars.accounts.models import Account
from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.accounts.people import make_account, open_shop
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
DAYS = {"today": 0, "week": 6, "month": 40, "year": 400}


@pytest.fixture
def store(db: None) -> Store:
    made = open_shop()
    for name, days in DAYS.items():
        account = make_account(made, f"{name}@example.com", first_name=name)
        Account.objects.filter(pk=account.pk).update(signed_in_at=NOW - timedelta(days=days))
    make_account(made, "invited@example.com", first_name="invited")
    make_customer(made, first_name="guest", email="guest@example.com")
    # The same people in another store, the other way round.
    other = open_shop("other")
    for name in ("guest", "month"):
        account = make_account(other, f"{name}@example.com", first_name=f"{name} there")
        Account.objects.filter(pk=account.pk).update(signed_in_at=NOW)
    return made


def asked(store: Store, where: str) -> set[str]:
    context = Context(store=store, actor=system("Tests"), now=NOW)
    params = {"tab": "all", "where": where}
    query = query_from_params(get_resource("customers"), params, context, strict=True)
    return set(matching(query, context).values_list("first_name", flat=True))


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("signed_in is empty", {"invited", "guest"}),
        ("signed_in is not empty", {"today", "week", "month", "year"}),
        ("not signed_in is empty", {"today", "week", "month", "year"}),
        ("signed_in >= -7d", {"today", "week"}),
        ("not signed_in >= -7d", {"month", "year", "invited", "guest"}),
        ("signed_in < -30d", {"month", "year"}),
        ("signed_in < -30d or signed_in is empty", {"month", "year", "invited", "guest"}),
        ("signed_in = today", {"today"}),
        ("signed_in != today", {"week", "month", "year", "invited", "guest"}),
        ("signed_in between -60d and -5d", {"week", "month"}),
    ],
)
def test_who_signed_in_when(store: Store, where: str, found: set[str]) -> None:
    assert asked(store, where) == found


def test_it_is_asked_along_an_index(store: Store) -> None:
    context = Context(store=store, actor=system("Tests"), now=NOW)
    params = {"tab": "all", "where": "signed_in >= -1d"}
    query = query_from_params(get_resource("customers"), params, context, strict=True)
    with connection.cursor() as cursor:
        # Whatever the tests before have left in what PostgreSQL knows of the tables.
        cursor.execute("ANALYZE customers_customer; ANALYZE accounts_account")
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "account_signed_in" in matching(query, context).values("pk").explain()
