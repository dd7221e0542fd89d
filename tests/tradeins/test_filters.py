"""Every filter of in-store and mail-in offers: over the whole store, and on the page of one customer."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from regulars.customers.models import Customer
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.tradeins.choices import Status
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import TradeIn
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.tradeins.making import ME, make_tradein, move, paid_in

pytestmark = pytest.mark.django_db
POST = ("accept", "send", "deliver", "inspect")
# How one gets to each state.
ROADS: dict[str, tuple[str, ...]] = {
    "pending": (),
    "lead": ("accept",),
    "in_transit": POST[:2],
    "delivered": POST[:3],
    "being_inspected": POST,
    "not_as_described": (*POST, "not-as-described"),
    "on_hold": (*POST, "hold"),
    "payout_processing": (*POST, "as-described"),
    "completed": (*POST, "as-described", "pay"),
    "return": (*POST, "return"),
    "returned": (*POST, "return", "returned"),
    "expired": ("expire",),
    "cancelled": ("cancel",),
    "abandoned": ("accept", "abandon"),
    "requires_review": ("review",),
}


@pytest.fixture
def ada(store: Store) -> Customer:
    return make_customer(store, first_name="Ada")


def found(store: Store, where: str) -> list[Any]:
    asking = Context(store=store, actor=ME, now=NOW)
    query = query_from_params(get_resource("tradeins"), {"where": where, "tab": "all"}, asking, strict=True)
    return list(matching(query, asking).values_list("pk", flat=True))


def along(store: Store, ada: Customer, road: tuple[str, ...], **facts: Any) -> TradeIn:
    made = make_tradein(store, ada, way="mail_in", **facts)
    paid_in(made, "cash")
    for step in road:
        move(made, step, price=5_000)
    return made


@pytest.mark.parametrize("status", Status.values)
def test_each_state_is_asked_for(store: Store, ada: Customer, status: str) -> None:
    wanted = along(store, ada, ROADS[status])
    along(store, ada, ROADS["lead" if status == "pending" else "pending"])
    assert found(store, f"status = {status}") == [wanted.pk]


@pytest.mark.parametrize("hold", ["general", "activation_lock"])
def test_each_hold_is_asked_for(store: Store, ada: Customer, hold: str) -> None:
    made = {}
    for kind in ("general", "activation_lock"):
        made[kind] = along(store, ada, POST)
        move(made[kind], "hold", hold=kind)
    assert found(store, f"hold = {hold}") == [made[hold].pk]


@pytest.mark.parametrize("acceptance", ["seller", "on_behalf", "auto"])
def test_each_acceptance_is_asked_for(store: Store, ada: Customer, acceptance: str) -> None:
    made = {one: make_tradein(store, ada, acceptance=one) for one in ("seller", "on_behalf", "auto")}
    assert found(store, f"acceptance = {acceptance}") == [made[acceptance].pk]


@pytest.mark.parametrize("kind", ["bank_transfer", "paypal", "cheque", "cash", "store_credit", "points"])
def test_each_way_to_pay_is_asked_for(store: Store, ada: Customer, kind: str) -> None:
    typed = {
        "bank_transfer": {"holder": "Ada", "iban": "DE89370400440532013000"},
        "paypal": {"email": "ada@example.com"},
        "cheque": {"payee": "Ada", "address": "Here"},
    }
    for one in ("bank_transfer", "paypal", "cheque", "cash", "store_credit", "points"):
        paid_in(make_tradein(store, ada, note=one), one, **typed.get(one, {}))
    assert found(store, f"payout_method = {kind}") == [TradeIn.objects.get(note=kind).pk]


@pytest.fixture
def two(store: Store, ada: Customer) -> dict[str, TradeIn]:
    lamp = ItemFacts("Lamp", "broken", "SN88", 4_000)
    wanted = make_tradein(
        store, ada, way="mail_in", items=(lamp,), courier="UPS", tracking_number="T-9", location="Lille"
    )
    TradeIn.objects.filter(pk=wanted.pk).update(created_at=NOW - timedelta(days=30))
    other = make_tradein(store, ada, way="in_store", location="Lyon", courier="DHL", tracking_number="T-1")
    return {"wanted": wanted, "other": other}


WANTED = [
    "way = mail_in",
    "location = Lille",
    "courier = UPS",
    "tracking_number = T-9",
    "condition = broken",
    "serial = SN88",
    'items contains "lamp"',
    "number = 1",
    "quoted <= 40",
    "created < -7d",
    f"created between {(NOW - timedelta(days=31)).date()} and {(NOW - timedelta(days=29)).date()}",
]


@pytest.mark.parametrize("where", WANTED)
def test_each_other_fact_is_asked_for(store: Store, two: dict[str, TradeIn], where: str) -> None:
    assert found(store, where) == [two["wanted"].pk]


@pytest.mark.parametrize("where", ["", *WANTED])
def test_the_page_of_a_customer_asks_the_same_of_theirs_alone(
    store: Store, ada: Customer, two: dict[str, TradeIn], owner: Someone, where: str
) -> None:
    make_tradein(store, make_customer(store), way="mail_in", items=(ItemFacts("Lamp", "broken", "", 1),))
    url = f"/desk/shop/customers/{ada.pk}/of/mail-in/?where={quote(where)}"
    page = owner.client.get(url).content.decode()
    assert f"tradeins/{two['wanted'].pk}/" in page
    assert page.count("/desk/shop/tradeins/") and f"tradeins/{two['other'].pk}/" not in page
