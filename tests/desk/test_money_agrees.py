"""Every figure of a customer opens the rows it is made of, and is their sum."""

import random
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from regulars.credit.choices import Source
from regulars.credit.services import change_credit
from regulars.customers import services as customer_services
from regulars.customers.models import Customer
from regulars.desk.customers.money import money_context
from regulars.desk.customers.record import customer_row
from regulars.desk.figures import tiles
from regulars.duplicates import services as duplicates
from regulars.orders import services
from regulars.orders.facts import LineFacts
from regulars.orders.models import Order, OrderLine
from regulars.orders.services import NewOrder
from regulars.resources.context import Context
from regulars.resources.flow import latest_entries, months_of
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from tests.factories import NOW, make_customer
from tests.invoices.conftest import make_issued, pay
from tests.orders.making import make_order
from tests.people import Someone, client_of
from tests.tradeins.making import make_tradein

pytestmark = pytest.mark.django_db
SUMS = {
    "spent": lambda rows: sum(one.total_minor - one.returned_minor for one in rows),
    "orders_count": len,
    "items_count": lambda rows: sum(one.items_count - one.returned_items for one in rows),
    "returned": lambda rows: sum(one.returned_minor for one in rows),
    "commission": lambda rows: sum(one.commission_minor for one in rows),
    "outstanding": lambda rows: sum(one.due_minor for one in rows),
    "open_tradeins": len,
    "average_order": lambda rows: sum(one.total_minor - one.returned_minor for one in rows) // len(rows),
    "last_order": lambda rows: max(one.placed_at for one in rows),
}


def busy(who: Someone, seed: int = 1) -> Customer:
    """Somebody with a bit of everything, next to somebody else with the same."""
    chance = random.Random(seed)
    here: dict[str, Any] = {"store": who.store, "actor": who.actor}
    for name in ("Busy", "Other"):
        one = make_customer(who.store, first_name=name, email=f"{name}@x.test")
        for at in range(14):
            line = LineFacts(title="Mug", price_minor=chance.randrange(100, 9_000), quantity=3)
            placed = NOW - timedelta(hours=chance.randrange(9_000))
            order = make_order(
                who.store, customer_id=one.pk, lines=(line,), placed_at=placed, number=f"{name}-{at}"
            )
            bought = OrderLine.objects.get(order=order)
            if at % 3 == 0:
                services.return_items(order_id=order.pk, quantities={bought.pk: 1 + at % 2}, now=NOW, **here)
            if at % 4 == 0:
                services.cancel_orders(ids=[order.pk], inputs={}, now=NOW, change_set=None, **here)
        make_tradein(who.store, one)
        for number in range(2):
            invoice = make_issued(who.store, customer_id=one.pk)
            if number:
                pay(who.store, invoice, 1000)
        for amount in (5000, -1200):
            change_credit(
                customer_id=one.pk,
                amount_minor=amount,
                reason="Sorry",
                source=Source.HAND,
                key=f"{name}{amount}",
                now=NOW,
                **here,
            )
    return Customer.objects.get(first_name="Busy")


def rows_of(url: str, context: Context) -> list[Any]:
    parts = urlsplit(url)
    query = query_from_params(
        get_resource(parts.path.split("/")[3]), dict(parse_qsl(parts.query)), context, strict=True
    )
    return list(matching(query, context))


def test_every_tile_opens_its_rows_and_is_their_sum(owner: Someone) -> None:
    told = check_tiles(owner, busy(owner))
    assert {"spent", "orders_count", "returned", "outstanding", "store_credit"} <= told


def check_tiles(owner: Someone, one: Customer) -> set[str]:
    context, resource = Context(store=owner.store, actor=owner.actor, now=NOW), get_resource("customers")
    row = customer_row(resource, one.pk, context)
    told = {tile["name"]: tile for tile in tiles(resource, row, context)}
    fields = {field.name: field for field in resource.all_fields()}
    for name, tile in told.items():
        value = fields[name].read(row, context)
        if value in (None, "", 0):
            continue
        assert tile["url"], name
        if name in SUMS:
            assert SUMS[name](rows_of(tile["url"], context)) == value, name
        assert owner.client.get(tile["url"]).status_code == 200
    return set(told)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sums_of_the_money_are_those_of_entries_lists_and_tiles(owner: Someone, seed: int) -> None:
    one = busy(owner, seed)
    context, resource = Context(store=owner.store, actor=owner.actor, now=NOW), get_resource("customers")
    flows = resource.flows(owner.actor)
    entries = latest_entries(flows, one.pk, context, limit=1000, before=None)
    for flow in flows:
        mine = [entry.amount for entry in entries if entry.flow is flow]
        months = [month for month in months_of(flows, one.pk, context) if month.flow is flow]
        assert (sum(mine), len(mine)) == (sum(m.amount for m in months), sum(m.count for m in months))
    by_name = {flow.name: sum(entry.amount for entry in entries if entry.flow is flow) for flow in flows}
    one.refresh_from_db()
    assert by_name["bought"] - by_name["returned"] == one.spent_minor
    assert by_name["returned"] == one.returned_minor
    row = customer_row(resource, one.pk, context)
    told = money_context(resource, row, context, url="", position="", earlier="", of="")
    sums = {part["label"]: part for part in told["sums"]}
    for flow in flows:
        if flow.rows and by_name[flow.name] and flow.name in ("bought", "returned", "commission"):
            column = {
                "bought": "total_minor",
                "returned": "returned_minor",
                "commission": "commission_minor",
            }[flow.name]
            listed = rows_of(sums[str(flow.label)]["url"], context)
            assert sum(getattr(order, column) for order in listed) == by_name[flow.name], flow.name


PLACES = (
    "",
    "?show=money",
    "?show=notes",
    "?show=addresses",
    "of/orders/",
    "of/invoices/",
    "of/in-store/",
    "of/mail-in/",
)


@pytest.mark.parametrize("who", ["owner", "manager", "clerk", "viewer", "other_owner", "anonymous"])
def test_who_may_open_which_tab(owner: Someone, who: str, request: pytest.FixtureRequest) -> None:
    one = make_customer(owner.store, first_name="Busy")
    make_order(owner.store, customer_id=one.pk)
    client: Client = client_of(who, request)
    wanted = {"anonymous": 302, "other_owner": 404}.get(who, 200)
    for slug in ("shop",) if who != "other_owner" else ("shop", "other"):
        for place in PLACES:
            answer = client.get(f"/desk/{slug}/customers/{one.pk}/{place}")
            assert answer.status_code == wanted, place
            assert ("Busy" in answer.content.decode()) == (wanted == 200), place


@pytest.mark.parametrize("who", ["clerk", "viewer"])
def test_commission_is_for_those_who_may_see_it(
    owner: Someone, who: str, request: pytest.FixtureRequest
) -> None:
    one = make_customer(owner.store)
    make_order(owner.store, customer_id=one.pk)
    Order.objects.update(commission_percent=10)
    client = client_of(who, request)
    for page in ("", "?show=money", "of/orders/"):
        assert "Commission" not in client.get(f"/desk/shop/customers/{one.pk}/{page}").content.decode()
    assert "Commission" in owner.client.get(f"/desk/shop/customers/{one.pk}/?show=money").content.decode()


def test_archived_and_anonymised_people_have_a_page_without_a_fault(owner: Someone) -> None:
    one = busy(owner)
    here: dict[str, Any] = {"store": owner.store, "actor": owner.actor, "now": NOW, "change_set": None}
    customer_services.archive_customers(ids=[one.pk], inputs={}, **here)
    for place in PLACES:
        assert owner.client.get(f"/desk/shop/customers/{one.pk}/{place}").status_code == 200, place
    customer_services.anonymise_customers(ids=[one.pk], inputs={"confirm": True}, **here)
    for place in PLACES:
        page = owner.client.get(f"/desk/shop/customers/{one.pk}/{place}")
        assert page.status_code == 200, place
        assert "Busy" not in page.content.decode().replace("Busy-", ""), place


def test_after_a_merge_the_sums_are_those_of_both(owner: Someone) -> None:
    one = busy(owner)
    other = Customer.objects.get(first_name="Other")
    wanted = one.spent_minor + other.spent_minor
    duplicates.merge_customers(
        store=owner.store, survivor_id=one.pk, loser_ids=[other.pk], choices={}, actor=owner.actor, now=NOW
    )
    one.refresh_from_db()
    assert one.spent_minor == wanted
    check_tiles(owner, one)
    gone = owner.client.get(f"/desk/shop/customers/{other.pk}/")
    assert gone.status_code == 302 and str(one.pk) in gone.headers["Location"]


def test_a_thousand_orders_cost_no_more_questions(owner: Someone, django_assert_max_num_queries: Any) -> None:
    few, many = make_customer(owner.store), make_customer(owner.store)
    for one, count in ((few, 2), (many, 1000)):
        made = [
            NewOrder(
                one.pk,
                f"{one.number}-{at}",
                NOW - timedelta(hours=at * 7),
                "completed",
                "online",
                1,
                100 + at,
            )
            for at in range(count)
        ]
        services.insert_orders(store=owner.store, orders=made)
        services.recount_figures(store=owner.store, customer_ids=[one.pk])
    for place in ("", "?show=money", "of/orders/?tab=all"):
        owner.client.get(f"/desk/shop/customers/{few.pk}/{place}")
        with django_assert_max_num_queries(80) as first:
            owner.client.get(f"/desk/shop/customers/{few.pk}/{place}")
        with django_assert_max_num_queries(len(first) + 1):
            page = owner.client.get(f"/desk/shop/customers/{many.pk}/{place}")
        assert page.status_code == 200 and len(page.content) < 600_000
