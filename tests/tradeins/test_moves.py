"""Every step the table allows and no other; what a step needs; what runs out by itself; undo."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.credit.models import Entry
from regulars.customers.models import Customer
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import CannotUndo, undo_change_set
from regulars.tradeins import queries, services
from regulars.tradeins.choices import CLOSED, Status, Way
from regulars.tradeins.models import Item
from regulars.tradeins.moves import MOVES
from tests.factories import NOW, make_customer
from tests.tradeins.making import ME, PHONE, WATCH, fresh, make_tradein, move, paid_in

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=15)


@pytest.fixture
def ada(store: Store) -> Customer:
    return make_customer(store, first_name="Ada", last_name="Lovelace")


def test_a_mail_in_goes_through_all_states_to_payout(store: Store, ada: Customer) -> None:
    tradein = make_tradein(store, ada, way="mail_in")
    assert tradein.status == Status.PENDING
    move(tradein, "accept", acceptance="on_behalf")
    move(tradein, "send", courier="DHL", tracking_number="JD01")
    move(tradein, "deliver")
    move(tradein, "hold", hold="activation_lock")
    assert fresh(tradein).hold == "activation_lock"
    move(tradein, "release")
    move(tradein, "not-as-described", price=9_000, why="Scratched")
    move(tradein, "accept-price")
    assert "payout method" in move(tradein, "pay", check=False).skipped[tradein.pk]
    paid_in(tradein, "bank_transfer", holder="Ada Lovelace", iban="DE89370400440532013000")
    move(tradein, "pay", reference="T-1")
    done = fresh(tradein)
    assert (done.status, done.final_minor, done.hold, done.courier) == (Status.COMPLETED, 9_000, "", "DHL")
    assert (done.paid_at, done.reference) == (NOW, "T-1") and not Entry.objects.exists()


@pytest.mark.parametrize(
    ("status", "first"),
    [(Status.DELIVERED, "inspect"), (Status.PAYOUT_PROCESSING, "pay"), (Status.RETURN, "returned")],
)
def test_what_usually_comes_next_is_offered_first(status: Status, first: str) -> None:
    assert next(one.name for one in MOVES if one.main and status in one.sources) == first


def test_payout_as_store_credit_writes_the_ledger(store: Store, ada: Customer) -> None:
    tradein = make_tradein(store, ada, items=(PHONE, WATCH), acceptance="seller")
    paid_in(tradein, "store_credit")
    for step in ("take-in", "as-described", "pay"):
        move(tradein, step)
    assert Entry.objects.get().amount_minor == 15_000
    assert Customer.objects.get(pk=ada.pk).credit_minor == 15_000
    act = Event.objects.get(key="tradein.pay").change_set_id
    with pytest.raises(CannotUndo, match="paid out"):
        undo_change_set(store=store, change_set_id=act, actor=ME, now=NOW)


@pytest.mark.parametrize("way", Way.values)
def test_each_state_takes_just_the_steps_of_the_table(store: Store, ada: Customer, way: str) -> None:
    """Every step from every state: it goes where the table says, or says in which state it is and changes nothing."""
    for status in Status:
        for step in MOVES:
            tradein = make_tradein(store, ada, way=way)
            paid_in(tradein, "cash")
            tradein = fresh(tradein)
            hold = "general" if status == Status.ON_HOLD else ""
            final = 100 if status in (Status.PAYOUT_PROCESSING, Status.COMPLETED) else None
            paid_at = NOW if status == Status.COMPLETED else None
            row = queries.tradeins_of(store).filter(pk=tradein.pk)
            row.update(status=status, hold=hold, final_minor=final, paid_at=paid_at)
            before = row.values().get()
            outcome = move(tradein, step.name, check=False, price=50)
            if step.fits(status=status, way=way):
                assert outcome.done and row.get().status == step.target
            else:
                assert outcome.skipped[tradein.pk] == f"is {status.label.lower()}"
                assert row.values().get() == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    way=st.sampled_from(Way.values),
    auto=st.booleans(),
    steps=st.lists(st.sampled_from([step.name for step in MOVES]), min_size=5, max_size=40),
)
def test_random_walks_stay_within_the_table(
    store: Store, ada: Customer, way: str, auto: bool, steps: list[str]
) -> None:
    """Whatever is tried in whatever order: each change of state is one of the table's, and prices and money fit."""
    tradein = make_tradein(store, ada, way=way, acceptance="auto" if auto else "")
    paid_in(tradein, "store_credit")
    before = Customer.objects.get(pk=ada.pk).credit_minor
    for name in steps:
        move(tradein, name, check=False, price=7_000)
    told = Event.objects.filter(record_id=tradein.pk, after__has_key="status").order_by("pk")
    walked = [one.after["status"] for one in told]
    assert walked[-1] == fresh(tradein).status
    allowed = {(source, step.target) for step in MOVES for source in step.sources if step.way in (None, way)}
    assert all(pair in allowed for pair in pairwise(walked)), walked
    end = fresh(tradein)
    paid = end.final_minor if end.status == Status.COMPLETED else 0
    assert Customer.objects.get(pk=ada.pk).credit_minor - before == paid
    prices = [item.final_minor for item in Item.objects.filter(tradein=tradein)]
    assert end.final_minor == (None if None in prices else sum(prices))


def test_who_agreed_beforehand_is_not_asked_about_the_new_price(store: Store, ada: Customer) -> None:
    tradein = make_tradein(store, ada, acceptance="auto")
    move(tradein, "take-in")
    outcome = move(tradein, "not-as-described", price=1_000)
    assert fresh(tradein).status == Status.PAYOUT_PROCESSING
    undone = undo_change_set(store=store, change_set_id=outcome.change_set, actor=ME, now=NOW)
    back = fresh(tradein)
    assert (undone.left, back.status, back.final_minor) == ({}, Status.BEING_INSPECTED, None)
    assert Item.objects.get(tradein=tradein).final_minor is None


def test_several_items_each_need_their_final_price(store: Store, ada: Customer) -> None:
    tradein = make_tradein(store, ada, items=(PHONE, WATCH), acceptance="seller")
    move(tradein, "take-in")
    assert "several items" in move(tradein, "not-as-described", check=False, price=5).skipped[tradein.pk]
    assert "final price" in move(tradein, "not-as-described", check=False).skipped[tradein.pk]


def test_a_quote_needs_a_price_for_each_item(store: Store, ada: Customer) -> None:
    from regulars.tradeins.facts import ItemFacts

    tradein = make_tradein(store, ada, items=(PHONE, ItemFacts("Box of cables")))
    assert tradein.status == Status.REQUIRES_REVIEW
    assert "quoted price" in move(tradein, "quote", check=False).skipped[tradein.pk]
    here = {"store": store, "tradein_id": tradein.pk, "base_version": None, "actor": ME, "now": NOW}
    services.edit_tradein(values={"items": (PHONE, ItemFacts("Box of cables", quoted_minor=100))}, **here)
    move(tradein, "quote")
    assert (fresh(tradein).status, fresh(tradein).quoted_minor) == (Status.PENDING, 12_100)


def test_offers_run_out_and_goods_that_came_do_not(store: Store, ada: Customer) -> None:
    unanswered, lead = make_tradein(store, ada), make_tradein(store, ada, way="mail_in", acceptance="seller")
    sent = make_tradein(store, ada, way="mail_in", acceptance="seller")
    move(sent, "send")
    assert services.expire_due(store=store, now=NOW + timedelta(days=13)) == 0
    assert services.expire_due(store=store, now=LATER) == 2
    assert services.expire_due(store=store, now=LATER) == 0
    assert [fresh(one).status for one in (unanswered, lead, sent)] == ["expired", "expired", "in_transit"]
    move(unanswered, "renew", now=LATER)
    assert (fresh(unanswered).status, fresh(unanswered).expires_at) == ("pending", LATER + timedelta(days=14))


def test_a_step_is_undone_where_nothing_happened_since(store: Store, ada: Customer) -> None:
    tradein = make_tradein(store, ada, acceptance="seller")
    taken, held = move(tradein, "take-in"), move(tradein, "hold")
    undo = {"store": store, "actor": ME, "now": NOW}
    assert undo_change_set(change_set_id=taken.change_set, **undo).left == {tradein.pk: "was changed since"}
    assert undo_change_set(change_set_id=held.change_set, **undo).done == [tradein.pk]
    assert (fresh(tradein).status, fresh(tradein).hold) == (Status.BEING_INSPECTED, "")


def test_open_and_closed_are_all_states() -> None:
    sources = {source for step in MOVES for source in step.sources}
    assert set(Status) - sources == {Status.COMPLETED, Status.RETURNED, Status.CANCELLED}
    assert {step.target for step in MOVES} == set(Status)
    assert sources & set(CLOSED) == {Status.EXPIRED, Status.ABANDONED}
