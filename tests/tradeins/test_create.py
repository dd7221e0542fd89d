"""Taking a trade-in down and changing it: what is refused, what is kept, where it is found."""

from datetime import timedelta
from typing import Any

import pytest

from regulars.blocklist import services as blocks
from regulars.blocklist.models import Hit
from regulars.kit.errors import Invalid, InvalidRecord, NotFound
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from regulars.tradeins import queries, services
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import TradeIn
from regulars.tradeins.rules import read_items, write_items
from regulars.tradeins.services import NotAdmitted, Overtaken
from tests.factories import NOW, make_customer
from tests.tradeins.making import IMEI, ME, PHONE, WATCH, fresh, make_tradein, move, paid_in

pytestmark = pytest.mark.django_db


def edit(tradein: TradeIn, *, version: int | None = None, **values: Any) -> TradeIn:
    here: dict[str, Any] = {"store": tradein.store, "tradein_id": tradein.pk, "actor": ME, "now": NOW}
    return services.edit_tradein(values=values, base_version=version, **here)


def test_numbers_run_by_store(store: Store, other_store: Store) -> None:
    ada = make_customer(store)
    assert [make_tradein(store, ada).number for _ in range(3)] == [1, 2, 3]
    assert make_tradein(other_store, make_customer(other_store)).number == 1


@pytest.mark.parametrize(
    ("items", "facts", "field"),
    [
        ((), {}, "items"),
        ((ItemFacts(""),), {}, "items"),
        ((PHONE, PHONE), {}, "items"),
        ((PHONE,), {"way": "pigeon"}, "way"),
        ((ItemFacts("Cable"),), {"acceptance": "seller"}, "acceptance"),
        ((PHONE,), {"acceptance": "maybe"}, "acceptance"),
        ((PHONE,), {"expires_at": NOW - timedelta(days=1)}, "expires"),
        ((ItemFacts("Cable", final_minor=5),), {}, "items"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    store: Store, items: Any, facts: Any, field: str
) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        make_tradein(store, make_customer(store), items=items, **facts)
    assert field in refusal.value.errors and not TradeIn.objects.exists()


def test_whom_the_block_list_keeps_out_cannot_trade_in(store: Store) -> None:
    ada = make_customer(store, email="ada@x.test")
    blocks.block_customers(store=store, ids=[ada.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    with pytest.raises(NotAdmitted):
        make_tradein(store, ada)
    assert not TradeIn.objects.exists() and Hit.objects.get().door == "trade_in"


def test_items_as_lines_come_back_as_they_were() -> None:
    text = f"iPhone 12 | good | {IMEI} | 120.00\nOld watch | fair |  | 30.00 | 25.50"
    items = read_items(text, "EUR")
    assert items[0] == PHONE and items[1].final_minor == 2550
    assert read_items(write_items(items, "EUR"), "EUR") == items
    for wrong in ("Phone | shiny", "Phone | good | 356938035643808", "Phone | good | | -1", "a|b|c|d|e|f"):
        with pytest.raises(Invalid):
            read_items(wrong, "EUR")


def test_prices_stay_once_they_are_accepted_and_final_ones_wait_for_the_goods(store: Store) -> None:
    tradein = make_tradein(store, make_customer(store), items=(PHONE, WATCH))
    first, second = queries.facts_of(queries.items_of(store=store, tradein_id=tradein.pk))
    edit(tradein, items=[first, second.__class__("Old watch", "poor", "", 2_000, None, second.id)])
    assert fresh(tradein).quoted_minor == 14_000
    move(tradein, "accept")
    for items in (
        (PHONE,),
        (PHONE, ItemFacts("Old watch", quoted_minor=1)),
        (PHONE, ItemFacts("Watch", "poor", "", 2_000, 5)),
    ):
        with pytest.raises(InvalidRecord):
            edit(tradein, items=items)
    move(tradein, "take-in")
    edit(
        tradein,
        items=(
            ItemFacts("iPhone 12", "poor", IMEI, 12_000, 8_000),
            ItemFacts("Old watch", "poor", "", 2_000, 0),
        ),
    )
    assert (fresh(tradein).final_minor, fresh(tradein).quoted_minor) == (8_000, 14_000)
    kept = queries.items_of(store=store, tradein_id=tradein.pk)
    assert [item.pk for item in kept] == [first.id, second.id]


def test_two_who_edit_at_once_hear_of_each_other(store: Store) -> None:
    tradein = make_tradein(store, make_customer(store))
    edit(tradein, version=1, courier="UPS")
    with pytest.raises(Overtaken):
        edit(tradein, version=1, courier="DHL")
    assert fresh(tradein).courier == "UPS"
    edit(tradein, version=1, courier="UPS")  # the same again is no change


def test_an_edit_is_undone_but_not_of_items(store: Store) -> None:
    tradein = make_tradein(store, make_customer(store))
    edit(tradein, courier="UPS", expires_at=NOW + timedelta(days=3))
    act = Event.objects.get(key="tradein.edited").change_set_id
    assert undo_change_set(store=store, change_set_id=act, actor=ME, now=NOW).done == [tradein.pk]
    assert (fresh(tradein).courier, fresh(tradein).expires_at) == ("", NOW + timedelta(days=14))
    edit(tradein, items=(WATCH,))
    act = Event.objects.filter(key="tradein.edited").latest("pk").change_set_id
    assert tradein.pk in undo_change_set(store=store, change_set_id=act, actor=ME, now=NOW).left


def test_another_stores_trade_in_is_not_found(store: Store, other_store: Store) -> None:
    theirs = make_tradein(other_store, make_customer(other_store))
    with pytest.raises(NotFound):
        queries.get_tradein(store=store, tradein_id=theirs.pk)
    with pytest.raises(NotFound):
        make_tradein(store, make_customer(other_store))


@pytest.fixture
def known(store: Store) -> dict[str, Any]:
    ada = make_customer(store, first_name="Ada", last_name="Lovelace", phone="+33612345678")
    bea = make_customer(store, first_name="Bea")
    phone = make_tradein(store, ada, way="mail_in", courier="DHL", tracking_number="JD01", location="Lyon")
    watch = make_tradein(store, bea, items=(WATCH,), acceptance="seller")
    paid_in(watch, "store_credit")
    return {"phone": phone.pk, "watch": watch.pk, "ada": ada, "bea": bea}


@pytest.mark.parametrize(
    ("where", "which"),
    [
        ("status = pending", "phone"),
        ("way = in_store", "watch"),
        ("location = Lyon", "phone"),
        ("payout_method = store_credit", "watch"),
        ("payout_method is empty", "phone"),
        ("acceptance = seller", "watch"),
        ("courier = dhl", "phone"),
        ("condition = good", "phone"),
        ("condition != good", "watch"),
        ("condition in (fair, poor)", "watch"),
        ("items contains phone", "phone"),
        ("items not contains phone", "watch"),
        ("serial = 35-693803-564380-9", "phone"),
        ("serial is empty", "watch"),
        ("serial ends with 3809", "phone"),
        ("number = 2", "watch"),
        ("quoted > 100", "phone"),
        ("customer = {ada}", "phone"),
        ("created = today and way = mail_in", "phone"),
    ],
)
def test_trade_ins_are_found_by_what_people_ask(store: Store, known: Any, where: str, which: str) -> None:
    asking = Context(store=store, actor=ME, now=NOW)
    params = {"where": where.format(ada=known["ada"].number), "tab": "all"}
    query = query_from_params(get_resource("tradeins"), params, asking, strict=True)
    assert list(matching(query, asking).values_list("pk", flat=True)) == [known[which]]


@pytest.mark.parametrize("text", ["#1", "1", IMEI, "JD01", "iphone", "Lovelace", "5678"])
def test_the_search_box_finds_by_number_serial_parcel_item_and_person(
    store: Store, known: Any, text: str
) -> None:
    asking = Context(store=store, actor=ME, now=NOW)
    query = query_from_params(get_resource("tradeins"), {"q": text, "tab": "all"}, asking)
    assert known["phone"] in set(matching(query, asking).values_list("pk", flat=True))


def test_customers_can_be_asked_for_their_trade_ins(store: Store, known: Any) -> None:
    asking = Context(store=store, actor=ME, now=NOW)
    for where in ("has tradeins (way = mail_in and quoted > 100)", "has tradeins (payout_method is empty)"):
        query = query_from_params(get_resource("customers"), {"where": where}, asking, strict=True)
        assert list(matching(query, asking).values_list("pk", flat=True)) == [known["ada"].pk]
