"""What a dishonest clerk, a thief of the database and an unlucky moment try on trade-ins and payouts."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from regulars.config import environment
from regulars.duplicates.models import Kept, Merge
from regulars.duplicates.services import merge_customers, unmerge
from regulars.jobs.models import Run
from regulars.kit.errors import Invalid, Refused
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.undoing import CannotUndo, undo_change_set
from regulars.tradeins import queries, services
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import CustomerPayout, TradeIn
from regulars.tradeins.payouts import method_of
from regulars.tradeins.services.payout import MOST_LOOKS, TooManyLooks
from tests.factories import NOW, make_customer
from tests.people import Someone
from tests.tradeins.making import IBAN, ME, fresh, make_tradein, move, paid_in
from tests.tradeins.test_payouts import BANK, everything_in_the_database, of_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("ids", [2, 501])
def test_particulars_are_never_kept_for_a_run(owner: Someone, ids: int) -> None:
    store = owner.store
    people = [make_customer(store, first_name=f"Nora{at}") for at in range(2)]
    chosen = [person.pk for person in people] + [store.pk.__class__(int=at) for at in range(ids - 2)]
    context = Context(store=store, actor=owner.actor, now=NOW)
    customers = get_resource("customers")
    for selection in (
        Selection(ids=tuple(chosen)),
        Selection(query=query_from_params(customers, {"tab": "all"}, context, strict=True)),
    ):
        with pytest.raises(Invalid, match="one record at a time"):
            perform(
                resource=customers,
                name="set-payout",
                selection=selection,
                raw_inputs={"kind": "bank_transfer", "particulars": f"holder: Ada Lovelace\niban: {IBAN}"},
                context=context,
            )
    assert not Run.objects.exists() and not CustomerPayout.objects.exists()
    assert "Lovelace" not in everything_in_the_database()


def test_the_mask_of_a_short_address_is_not_the_address() -> None:
    assert method_of("paypal").mask({"email": "a@bank.test"}) == "•••@bank.test"


def test_what_a_merge_keeps_is_sealed_again_with_the_new_key(store: Store, settings: Any) -> None:
    keep, gone = make_customer(store), make_customer(store, first_name="Nora2")
    of_customer(store, keep, "cash")
    of_customer(store, gone, "bank_transfer", **BANK)
    merge_customers(store=store, survivor_id=keep.pk, loser_ids=[gone.pk], choices={}, actor=ME, now=NOW)
    old, new = settings.PAYOUT_KEYS[0], Fernet.generate_key().decode()
    before = everything_in_the_database()
    token = Kept.objects.get(table=CustomerPayout._meta.db_table).row["payout_sealed"]
    assert token in before
    settings.PAYOUT_KEYS = [new, old]
    assert services.seal_all_again(store=store) == (1, 0)
    settings.PAYOUT_KEYS = [new]
    assert token not in everything_in_the_database()
    unmerge(store=store, merge_id=Merge.objects.get().pk, actor=ME, now=NOW)
    seen = services.reveal_customers(store=store, customer_id=gone.pk, actor=ME, now=NOW)
    assert seen["holder"] == "Ada Lovelace"


def test_who_copies_all_particulars_is_stopped(owner: Someone, manager: Someone) -> None:
    ada = make_customer(owner.store)
    of_customer(owner.store, ada, "bank_transfer", **BANK)
    tradein = make_tradein(owner.store, ada)
    look: dict[str, Any] = {"store": owner.store, "actor": owner.actor}
    for _ in range(MOST_LOOKS // 2):
        services.reveal(tradein_id=tradein.pk, now=NOW, **look)
        services.reveal_customers(customer_id=ada.pk, now=NOW, **look)
    for again in (services.reveal, services.reveal_customers):
        which = {"tradein_id": tradein.pk} if again is services.reveal else {"customer_id": ada.pk}
        with pytest.raises(TooManyLooks, match="last hour"):
            again(now=NOW + timedelta(minutes=30), **look, **which)
    services.reveal(store=owner.store, tradein_id=tradein.pk, actor=manager.actor, now=NOW)
    services.reveal(tradein_id=tradein.pk, now=NOW + timedelta(minutes=61), **look)


def test_the_page_says_it_in_a_sentence(owner: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.tradeins.services.payout.MOST_LOOKS", 0)
    ada = make_customer(owner.store)
    of_customer(owner.store, ada, "bank_transfer", **BANK)
    answer = owner.client.post(f"/desk/shop/customers/{ada.pk}/payout/reveal/")
    assert answer.status_code == 429 and "last hour" in answer.content.decode()
    assert "Lovelace" not in answer.content.decode() and "0532013000" not in answer.content.decode()


def test_an_empty_file_of_keys_is_said_at_the_start(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.delenv("REGULARS_PAYOUT_KEYS", raising=False)
    (tmp_path / "payout_keys").write_text("")
    with pytest.raises(SystemExit, match="empty"):
        environment.payout_keys(tmp_path)


def test_who_was_given_another_day_does_not_expire(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tradein = make_tradein(store, make_customer(store))
    late = NOW + timedelta(days=15)
    looked = queries.due_to_expire(store=store, now=late, limit=10)
    assert looked == [tradein.pk]
    TradeIn.objects.filter(pk=tradein.pk).update(expires_at=late + timedelta(days=1))
    # The worker has looked before somebody gave it another day.
    monkeypatch.setattr("regulars.tradeins.queries.due_to_expire", lambda **_asked: looked)
    assert services.expire_due(store=store, now=late) == 0
    assert fresh(tradein).status == "pending"


def test_what_has_run_out_cannot_be_accepted_before_the_worker_comes(store: Store) -> None:
    tradein = make_tradein(store, make_customer(store))
    late = NOW + timedelta(days=15)
    assert "run out" in move(tradein, "accept", check=False, now=late).skipped[tradein.pk]
    services.edit_tradein(
        store=store,
        tradein_id=tradein.pk,
        values={"expires_at": late + timedelta(days=1)},
        base_version=None,
        actor=ME,
        now=late,
    )
    move(tradein, "accept", now=late)


@pytest.mark.parametrize("price", [-1, 10**19])
def test_prices_that_cannot_be(store: Store, price: int) -> None:
    tradein = make_tradein(store, make_customer(store), acceptance="seller")
    move(tradein, "take-in")
    outcome = move(tradein, "not-as-described", check=False, price=price)
    assert outcome.done == [] and fresh(tradein).status == "being_inspected"
    with pytest.raises(Refused):
        make_tradein(store, make_customer(store), items=(ItemFacts("x", "", "", price),))


def test_an_undone_step_leaves_no_price_behind_and_paid_ones_stay(store: Store) -> None:
    tradein = make_tradein(store, make_customer(store), acceptance="auto")
    paid_in(tradein, "cash")
    move(tradein, "take-in")
    done = move(tradein, "not-as-described", price=100)
    assert fresh(tradein).status == "payout_processing"
    undone = undo_change_set(store=store, change_set_id=done.change_set, actor=ME, now=NOW)
    assert undone.left == {} and fresh(tradein).status == "being_inspected"
    assert fresh(tradein).final_minor is None
    move(tradein, "not-as-described", price=100)
    paid = move(tradein, "pay")
    with pytest.raises(CannotUndo):
        undo_change_set(store=store, change_set_id=paid.change_set, actor=ME, now=NOW)
