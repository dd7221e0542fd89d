"""What the database writes into a file is what Python would write, byte by byte."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.customers.resource import computed
from regulars.kit.actor import system
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers.services import export
from regulars.transfers.services.asked import Asked, fields_out
from regulars.transfers.services.copied import cells_of
from tests.factories import NOW, make_customer
from tests.shared import taken_out

pytestmark = pytest.mark.django_db
ODD = [
    *(
        "",
        "=1+1",
        "+33",
        "-1",
        "@x",
        "'s",
        '"q"',
        "a,b",
        "a\nb",
        "\r",
        "\t",
        " sp ",
        "\\.",
        "\\N",
        "NULL",
        "é",
    ),
    *("\uff1d1", "%s"),
]


def _file(store: Store, columns: str, monkeypatch: pytest.MonkeyPatch, *, copied: bool) -> bytes:
    context = Context(store=store, actor=system("Tests"), now=NOW)
    query = query_from_params(
        get_resource("customers"), {"tab": "all", "columns": columns, "sort": "number"}, context
    )
    if not copied:
        monkeypatch.setattr(export, "cells_of", lambda *_asked: None)
    return taken_out(query, context)


@pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Kathmandu", "America/St_Johns", "UTC"])
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_both_write_the_same(store: Store, monkeypatch: pytest.MonkeyPatch, zone: str, currency: str) -> None:
    Store.objects.filter(pk=store.pk).update(time_zone=zone, currency=currency)
    store.refresh_from_db()
    for number, text in enumerate(ODD):
        customer = make_customer(store)
        Customer.objects.filter(pk=customer.pk).update(
            first_name=text, last_name=text[::-1], city=text, note=text, tags=[text, "x"] if text else [],
            spent_minor=(-5, 0, 7, 123456)[number % 4], orders_count=number % 3, accepts_marketing=number % 2 == 0,
            last_order_at=datetime(2024, 1 + number % 12, 5, 23, 59, 58, number, tzinfo=UTC) if number else None,
            birthdate=date(1901 + number, 2, 28) if number else None, commission_reduction=number,
        )  # fmt: skip
    columns = (
        "first_name,last_name,city,note,tags,life_stage,spent,orders_count,accepts_marketing,last_order,birthdate,"
        "commission_reduction,created,state,number,age"
    )
    context = Context(store=store, actor=system("Tests"), now=NOW)
    query = query_from_params(get_resource("customers"), {"columns": columns}, context)
    chosen: Any = fields_out(asked=Asked(query=query), context=context)
    assert len(chosen) == 16 and cells_of(chosen, context)
    copied = _file(store, columns, monkeypatch, copied=True)
    assert copied == _file(store, columns, monkeypatch, copied=False)
    assert copied.count(b"'=1+1") == 4


@pytest.mark.parametrize("today", [date(2028, 2, 28), date(2028, 2, 29), date(2027, 2, 28), date(2027, 3, 1)])
def test_both_count_the_same_years(store: Store, today: date) -> None:
    context = Context(
        store=store, actor=system("Tests"), now=datetime(*today.timetuple()[:3], 12, tzinfo=UTC)
    )
    for born in (
        date(2000, 2, 28),
        date(2000, 2, 29),
        date(2000, 3, 1),
        date(1901, 12, 31),
        date(2027, 2, 28),
    ):
        make_customer(store, birthdate=born)
    rows = Customer.objects.filter(store=store).annotate(said=computed.age_said(context))
    for row in rows.values("birthdate", "said"):
        assert row["said"] == computed.age(row, context), row


def test_the_list_as_it_comes_is_written_by_the_database(store: Store) -> None:
    context = Context(store=store, actor=system("Tests"), now=NOW)
    query = query_from_params(get_resource("customers"), {}, context)
    chosen: Any = fields_out(asked=Asked(query=query), context=context)
    assert "age" in {one.name for one in chosen} and cells_of(chosen, context)


def test_what_the_database_cannot_say_is_written_in_python(store: Store) -> None:
    resource, context = get_resource("customers"), Context(store=store, actor=system("Tests"), now=NOW)
    for columns in ("group,email", "email"):
        query = query_from_params(resource, {"columns": columns}, context)
        chosen = fields_out(asked=Asked(query=query), context=context)
        assert cells_of(chosen, context) is None
