"""Pages by key: any rows, any order, any size; forwards and backwards each row comes once, empties last."""

import base64
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.kit.ids import new_id
from regulars.resources.context import Context
from regulars.resources.language import QueryError, parse
from regulars.resources.page import count_matching, count_rows, every_row, fetch_page, matching, neighbours
from regulars.resources.query import Query, query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
RESOURCE = get_resource("customers")
SORTS = [field.name for field in RESOURCE.all_fields() if field.sort]
few = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Few different values, so that ties and empties are common; and the odd ones.
TEXTS = st.sampled_from(["", "", "a", "A", "ä", "b", "Ωμ", "王", "z" * 300, "%_", "'", "\\", " x"])
MOMENTS = st.none() | st.sampled_from(
    [datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)]
)
NUMBERS = st.sampled_from([0, 0, 1, 1, -5, 2**31 - 1, -(2**31)])
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "first_name": TEXTS,
            "last_name": TEXTS,
            "company": TEXTS,
            "city": TEXTS,
            "country": st.sampled_from(["", "FR", "DE"]),
            "phone": st.sampled_from(["", "", "+33612345678", "+33600000000"]),
            "birthdate": st.none() | st.sampled_from([date(1, 1, 1), date(1985, 3, 2), date(9999, 12, 31)]),
            "orders_count": st.integers(0, 3),
            "items_count": NUMBERS,
            "spent_minor": st.sampled_from([0, 1, -1, 2**62, 100]),
            "points": NUMBERS,
            "first_order_at": MOMENTS,
            "last_order_at": MOMENTS,
            "created_at": st.sampled_from([NOW, NOW, datetime(2020, 1, 1, tzinfo=UTC)]),
            "state": st.sampled_from(["active", "archived"]),
            "tags": st.sampled_from([[], ["vip"]]),
        }
    ),
    max_size=14,
)


def refill(store: Store, records: list[dict[str, Any]]) -> Context:
    Customer.objects.filter(store=store).delete()
    services.insert_customers(store=store, records=records, now=NOW)
    return Context(store=store, actor=system("Tests"), now=NOW)


def walk(query: Query, context: Context, name: str) -> tuple[list[Any], list[list[Any]]]:
    """All pages forwards, and backwards from the end."""
    field = RESOURCE.field(name, context.actor)
    assert field is not None
    forwards, after = [], ""
    for _ in range(40):
        page = fetch_page(query.at(after=after), context, [field], extra=("id",))
        forwards.append([row["id"] for row in page.rows])
        if not page.next:
            break
        after = page.next
    backwards, before = [forwards[-1]], fetch_page(query.at(after=after), context, [field]).previous
    while before:
        page = fetch_page(query.at(before=before), context, [field])
        backwards.insert(0, [row["id"] for row in page.rows])
        before = page.previous
        assert len(backwards) < 40
    return forwards, backwards


@few
@given(
    records=RECORDS,
    name=st.sampled_from(SORTS),
    descending=st.booleans(),
    size=st.integers(1, 6),
    where=st.sampled_from(["", "", "tag = vip", "country = FR or spent > 0", "not city is empty"]),
    tab=st.sampled_from(["all", "all", "active"]),
)
@example(records=[], name="spent", descending=True, size=1, where="", tab="all")
def test_each_row_comes_once_in_both_directions(
    store: Store, records: list[dict[str, Any]], name: str, descending: bool, size: int, where: str, tab: str
) -> None:
    context = refill(store, records)
    node = parse(where)
    query = Query(
        resource=RESOURCE, tab=tab, sort=name, descending=descending, size=size, where=where, node=node
    )
    forwards, backwards = walk(query, context, name)
    flat = [one for page in forwards for one in page]
    assert len(flat) == len(set(flat)) == count_matching(query, context, milliseconds=5000).value
    assert [one for page in backwards for one in page] == flat
    assert all(len(page) == size for page in forwards[:-1])
    field = RESOURCE.field(name, context.actor)
    assert field is not None and field.sort is not None
    assert flat == [row["id"] for row in every_row(query, context, [field])]
    path = field.sort.path
    values = dict(Customer.objects.filter(store=store).values_list("id", path))
    shown = [values[one] for one in flat]
    empty = [value in (None, "") for value in shown]
    if field.sort.empties is not None:
        assert empty == sorted(empty)  # nobody looks for "no company" at the top
        shown = [value for value in shown if value not in (None, "")]
    keys = [value.encode() if isinstance(value, str) and path.endswith("_key") else value for value in shown]
    if path.endswith("_key") or not any(isinstance(value, str) for value in shown):
        assert keys == sorted(keys, reverse=descending)


@few
@given(records=RECORDS, name=st.sampled_from(SORTS), descending=st.booleans())
def test_neighbours_agree_with_the_list(
    store: Store, records: list[dict[str, Any]], name: str, descending: bool
) -> None:
    context = refill(store, records)
    query = Query(resource=RESOURCE, tab="all", sort=name, descending=descending, size=200)
    order = [row["id"] for row in fetch_page(query, context, []).rows]
    for at, record_id in enumerate(order):
        wanted = (order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None)
        assert neighbours(query, context, record_id) == wanted
    assert neighbours(query, context, new_id()) == (None, None)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.text(max_size=60)
    | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")),
    name=st.sampled_from(SORTS),
)
def test_a_damaged_key_is_a_clear_error(store: Store, key: str, name: str) -> None:
    context = Context(store=store, actor=system("Tests"), now=NOW)
    query = Query(resource=RESOURCE, tab="all", sort=name)
    try:
        fetch_page(query.at(after=key), context, [])
    except QueryError as refusal:
        assert "damaged" in refusal.sentence


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=20)
    | st.uuids().map(str)
    | st.sampled_from(
        ["2026-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "\x00", "infinity", "1e999"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=JSON | st.integers(-2, 3),
    value=JSON,
    record_id=JSON,
    name=st.sampled_from(SORTS),
    side=st.sampled_from(["after", "before"]),
)
def test_a_forged_key_is_a_clear_error_or_a_page(
    store: Store, number: Any, value: Any, record_id: Any, name: str, side: str
) -> None:
    """Whoever writes an address by hand may get any page, but never a fault of ours."""
    packed = base64.urlsafe_b64encode(json.dumps([number, value, record_id]).encode()).decode().rstrip("=")
    context = Context(store=store, actor=system("Tests"), now=NOW)
    query = Query(
        resource=RESOURCE, tab="all", sort=name, text="anna" if side == "before" and name == "name" else ""
    )
    try:
        fetch_page(query.at(**{side: packed}), context, [])
    except QueryError as refusal:
        assert "damaged" in refusal.sentence


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_moment_outside_the_calendar_in_a_key_is_a_clear_error(
    store: Store, moment: str, side: str
) -> None:
    packed = base64.urlsafe_b64encode(json.dumps([0, moment, str(new_id())]).encode()).decode().rstrip("=")
    query = Query(resource=RESOURCE, tab="all", sort="created").at(**{side: packed})
    with pytest.raises(QueryError, match="damaged"):
        fetch_page(query, Context(store=store, actor=system("Tests"), now=NOW), [])


def test_rows_that_come_and_go_between_pages_shift_nothing(store: Store) -> None:
    context = refill(store, [{"first_name": name} for name in "bdfhj"])
    query = Query(resource=RESOURCE, tab="all", sort="name", size=2)
    first = fetch_page(query, context, [], extra=("first_name",))
    services.insert_customers(store=store, records=[{"first_name": "a"}, {"first_name": "e"}], now=NOW)
    Customer.objects.filter(first_name="d").delete()
    second = fetch_page(query.at(after=first.next), context, [], extra=("first_name",))
    assert [row["first_name"] for row in first.rows + second.rows] == ["b", "d", "e", "f"]


def test_a_question_for_a_forgotten_number_can_still_be_asked_and_finds_nobody(store: Store) -> None:
    make_customer(store, first_name="Ada", phone="+33612345678")
    context = Context(store=store, actor=system("Tests"), now=NOW)
    resource = get_resource("customers")
    for operator in ("contains", "starts with", "ends with"):
        for where, count in ((f'phone {operator} "…"', 0), (f'not phone {operator} "…"', 1)):
            query = query_from_params(resource, {"tab": "all", "where": where}, context, strict=True)
            assert matching(query, context).count() == count, where


def test_a_count_that_the_database_gives_up_is_late_whatever_it_says(store: Store) -> None:
    """When the time runs out just as the question ends, it says that a user cancelled it."""
    make_customer(store)
    stopped = RawSQL("pg_cancel_backend(pg_backend_pid())", (), output_field=BooleanField())
    found = count_rows(Customer.objects.filter(stopped, store=store), milliseconds=60_000)
    assert found.late and not found.exact
