"""Likely duplicates while somebody types."""

import pytest

from regulars.customers import queries
from regulars.stores.models import Store
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


def reasons(store: Store, **typed: str) -> list[tuple[int, str, bool]]:
    return [
        (one.number, one.reason, one.certain)
        for one in queries.find_likely_duplicates(store=store, values=typed)
    ]


def test_by_email_phone_and_name_in_either_order(store: Store, other_store: Store) -> None:
    facts = {
        "first_name": "Zoë",
        "last_name": "Łuc",
        "email": "zoe@example.com",
        "phone": "+33612345678",
        "city": "Paris",
    }
    zoe = make_customer(store, **facts)
    make_customer(other_store, **facts)
    assert reasons(store, email="ZOE@example.com ") == [(1, "same e-mail", True)]
    assert reasons(store, phone="06 12 34 56 78") == [(1, "same phone", False)]
    assert reasons(store, phone="12345678") == [(1, "same phone", False)]
    for first, last in (("zoe", "luc"), ("Luc", "Zoe"), ("ZOË", "ŁUC")):
        assert reasons(store, first_name=first, last_name=last) == [(1, "same name", False)]
    assert reasons(store, first_name="Zoë", last_name="Łuc", email="zoe@example.com") == [
        (1, "same e-mail", True)
    ]
    assert (
        queries.find_likely_duplicates(store=store, values={"email": "zoe@example.com"}, exclude=zoe.pk) == []
    )


def test_says_nothing_before_enough_is_typed(store: Store) -> None:
    make_customer(store, first_name="Ada", company="Analytics", phone="+33612345678")
    for typed in (
        {},
        {"first_name": "Ada"},
        {"email": "ada"},
        {"phone": "5678"},
        {"company": "An"},
        {"phone": "()"},
    ):
        assert reasons(store, **typed) == []
    assert reasons(store, company="ANALYTICS") == [(1, "same company", False)]


def test_archived_ones_are_found_anonymised_ones_never(store: Store) -> None:
    make_customer(store, email="a@b.de", state="archived")
    make_customer(store, email="c@d.de", state="anonymised")
    assert reasons(store, email="a@b.de") and not reasons(store, email="c@d.de")


def test_never_more_than_a_handful(store: Store) -> None:
    for _ in range(8):
        make_customer(store, first_name="Jan", last_name="Novák")
    assert len(reasons(store, first_name="jan", last_name="novak")) == 5
