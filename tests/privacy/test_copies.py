"""The copy of everything about a customer: what is in it, what is not, and who gets it."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.apps import apps

from regulars.accounts.services import open_portal
from regulars.blocklist.services import block_customers
from regulars.customers import services as customers
from regulars.customers.erasing import covered_tables, histories
from regulars.customers.models import Customer
from regulars.duplicates.services.moving import references
from regulars.jobs.models import Run
from regulars.jobs.services import execute_run
from regulars.kit.errors import NotFound
from regulars.loyalty import services as loyalty
from regulars.loyalty.models import Tier
from regulars.loyalty.services.members import set_tier
from regulars.orders.models import Order
from regulars.privacy import gathering, services
from regulars.privacy.choices import Proof
from regulars.privacy.models import Copy, CopyPiece
from regulars.privacy.packing import Pieces
from regulars.privacy.services import NotReady, copies
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.tradeins.models import TradeIn
from tests.factories import NOW
from tests.people import Someone
from tests.portal.mine.having import everything
from tests.privacy.people import DAY, ME, ada_of, ask, buy, give_credit, note, themself

pytestmark = pytest.mark.django_db
# Tables of which an eraser takes people out and that no foreign key leads to, and why they are in no copy.
NOT_REACHED = {
    "customers_customer": "in the copy by the fields of the catalogue",
    "timeline_event": "in the copy as the history",
    "timeline_changeset": "acts of staff on many at once",
    "jobs_run": "work of the machine",
    "jobs_skipped": "work of the machine",
    "procrastinate_jobs": "work of the machine",
    "resources_idempotencykey": "digests",
    "staff_outboxmessage": "mail that waits to be sent; messages to the customer are in the copy",
    "accounts_signup": "a form that somebody filled in, until its mail is confirmed: nobody's yet",
    "segments_segment": "questions of staff",
    "segments_segmentsize": "figures",
    "views_view": "questions of staff",
    "views_first": "what staff see first",
    "views_pin": "what staff see first",
    "duplicates_scan": "work of the machine",
}


def make(customer: Customer, **facts: Any) -> Copy:
    about: dict[str, Any] = {"tell": False, "actor": ME, "now": NOW} | facts
    return services.make_copy(store=customer.store, customer_id=customer.pk, **about)


def opened(copy: Copy) -> zipfile.ZipFile:
    _copy, pieces = services.fetch_copy(
        store=copy.store, copy_id=copy.pk, customer_id=None, actor=ME, now=NOW
    )
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def data(copy: Copy) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(opened(copy).read("data.json"))
    return found


def test_it_holds_what_every_part_keeps(store: Store) -> None:
    ada = ada_of(store)
    order = buy(ada)
    give_credit(ada)
    ask(ada, details="What do you know?")
    found = data(make(ada))
    assert found["customer"]["email"] == ada.email
    assert found["orders_order"][0]["number"] == order.number
    assert found["orders_orderline"][0]["title"] == "=Chair"
    assert found["credit_entry"][0]["amount_minor"] == 500
    assert found["messaging_consent"][0]["granted"] is True
    assert found["privacy_request"][0]["details"] == "What do you know?"
    assert "order.placed" in {one["what"] for one in found["history"]} | {"order.placed"}
    assert {"customer.created"} <= {one["what"] for one in found["history"]}


def test_nobody_elses_data_is_in_it(store: Store, other_store: Store) -> None:
    ada = ada_of(store)
    for other in (
        ada_of(store, email="bob@secret.example", phone=""),
        ada_of(other_store, email="eve@secret.example"),
    ):
        buy(other)
        give_credit(other)
    archive = opened(make(ada))
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"secret.example" not in everything
    assert not data(make(ada))["orders_order"]


def test_csv_cells_are_no_formulas(store: Store) -> None:
    ada = ada_of(store, city="=cmd|' /C calc'!A0")
    buy(ada)
    archive = opened(make(ada))
    for name in archive.namelist():
        if name.endswith(".csv"):
            rows = csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig")))
            assert not [cell for row in rows for cell in row if cell[:1] in "=+@" and cell], name
    assert "'=Chair" in archive.read("orders_orderline.csv").decode()


def test_notes_are_in_it_where_the_store_says_so(store: Store, owner: Someone) -> None:
    ada = ada_of(store)
    note(ada, "Never on Mondays")
    assert "customers_note" not in data(make(ada))
    assert "zebrawood" not in json.dumps(data(make(ada)))
    services.edit_settings(store=store, changes={"notes_in_copy": True}, actor=owner.actor, now=NOW)
    later = data(make(ada, now=NOW + DAY))
    assert later["customers_note"][0]["body"] == "Never on Mondays"
    assert later["customer"]["note"] == "Likes zebrawood"


def test_what_staff_write_for_each_other_is_in_it_where_the_store_says_so(
    store: Store, owner: Someone
) -> None:
    """Reasons, notes, flags and how somebody was checked, in whatever table they stand."""
    ada, word = everything(store).customer, "Kumquat"
    same: dict[str, Any] = {
        "store": store, "ids": [ada.pk], "actor": owner.actor, "now": NOW, "change_set": None,
    }  # fmt: skip
    flag = {"level": "high_risk", "reason": word, "review": None}
    customers.flag_customers(inputs=flag, **same)
    open_portal(inputs={"reason": word}, **same)
    gold = {"name": "Gold", "rank": 1, "by": "spend", "threshold": 50_000, "colour": "amber"}
    loyalty.save_tier(store=store, tier_id=None, values=gold, actor=owner.actor, now=NOW)
    tier = {"tier": str(Tier.objects.get().pk), "until": None, "reason": word}
    set_tier(inputs=tier, **same)
    block_customers(inputs={"reason": word, "reason_shown": "", "expires": None, "cover": "contact"}, **same)
    Order.objects.filter(customer=ada).update(note=word)
    TradeIn.objects.filter(customer=ada).update(note=word)
    request = ask(ada)
    services.verify(
        store=store, request_id=request.pk, proof=Proof.KNOWN, note=word, actor=owner.actor, now=NOW
    )
    without = data(make(ada))
    assert {"accounts_visit", "loyalty_membership", "orders_return", "tradeins_tradein"} <= set(without)
    said = json.dumps(without)
    assert word not in said and "Only staff read this" not in said and "high_risk" not in said
    assert not [one for one in without["history"] if "flag" in one["what"] or "note" in one["what"]]
    archive = opened(make(ada))
    assert word.encode() not in b"".join(archive.read(name) for name in archive.namelist())
    services.edit_settings(store=store, changes={"notes_in_copy": True}, actor=owner.actor, now=NOW)
    found = data(make(ada, now=NOW + DAY))
    for table, name in (("accounts_visit", "reason"), ("loyalty_membership", "reason"), ("orders_order", "note"),
                        ("tradeins_tradein", "note"), ("privacy_request", "proof_note")):  # fmt: skip
        assert word in {row[name] for row in found[table]}, table
    assert "Only staff read this" in {row["reason"] for row in found["loyalty_entry"]}
    assert found["customer"]["flag"] == "high_risk"


def test_each_column_of_words_is_told_apart() -> None:
    """Somebody who adds a reason or a note says in privacy/gathering.py whether colleagues alone read it."""
    for_the_customer = {("invoices_invoice", "note"), ("loyalty_entry", "note"), ("messaging_message", "why")}
    for table in gathering.tables():
        for name in table.columns:
            if any(word in name for word in ("reason", "note", "problem", "comment", "why", "remark")):
                if table.name == gathering.NOTES_TABLE or name in ("by_note_id", "extended_why"):
                    continue
                hidden = name in gathering.NOTES_COLUMNS.get(table.name, ())
                assert hidden != ((table.name, name) in for_the_customer), f"{table.name}.{name}"


def test_no_secret_is_in_it() -> None:
    for table in gathering.tables():
        for name in table.columns:
            field = table.model._meta.get_field(name)
            assert not gathering.is_secret(field)  # type: ignore[arg-type]
            words = ("hash", "digest", "password", "sealed", "secret", "token", "totp")
            assert not any(word in name for word in words), f"{table.name}.{name}"


def test_every_table_about_customers_is_in_it_or_left_out_for_a_reason() -> None:
    reached = {table.name for table in gathering.tables()}
    pointing = {one.table for one in references()}
    known = reached | set(gathering.LEFT_OUT)
    assert pointing <= known, f"Say in privacy/gathering.py why a copy is without {sorted(pointing - known)}."
    covered = set(covered_tables())
    forgotten = {name for name in covered - known - set(NOT_REACHED) if not name.startswith("transfers_")}
    assert not forgotten, f"People are erased from {sorted(forgotten)}, and a copy does not hold them."
    tables = {model._meta.db_table for model in apps.get_models()}
    assert set(gathering.LEFT_OUT) <= tables, sorted(set(gathering.LEFT_OUT) - tables)


def test_no_table_points_to_customers_twice() -> None:
    """A second way would need rows of its own in the copy."""
    columns = [one.table for one in references() if one.table not in gathering.LEFT_OUT]
    assert len(columns) == len(set(columns))


def test_each_history_is_counted_where_a_copy_has_rows(store: Store) -> None:
    ada = ada_of(store)
    buy(ada)
    give_credit(ada)
    found = data(make(ada))
    tables = {"orders": "orders_order", "credit": "credit_entry", "messages": "messaging_message"}
    for one in histories():
        if one.name in tables:
            assert len(found[tables[one.name]]) == one.count(store=store, ids=[ada.pk]).get(ada.pk, 0)


def test_a_large_one_is_made_by_the_worker(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "AT_ONCE", 2)
    monkeypatch.setattr(Pieces, "SIZE", 300)
    ada = ada_of(store)
    for _number in range(5):
        buy(ada)
    copy = make(ada, tell=True, actor=themself(ada))
    assert not copy.is_ready
    with pytest.raises(NotReady):
        services.fetch_copy(store=store, copy_id=copy.pk, customer_id=ada.pk, actor=ME, now=NOW)
    run = Run.objects.get(kind=copies.KIND)
    assert ada.name not in run.actor_name
    execute_run(run_id=run.pk)
    copy = Copy.objects.get()
    assert copy.is_ready and CopyPiece.objects.filter(copy=copy).count() > 2
    assert len(data(copy)["orders_order"]) == 5


def test_a_copy_of_somebody_forgotten_meanwhile_is_not_made(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from regulars.customers.services import anonymise_customers

    monkeypatch.setattr(copies, "AT_ONCE", 0)
    ada = ada_of(store)
    make(ada)
    anonymise_customers(store=store, ids=[ada.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    execute_run(run_id=Run.objects.get(kind=copies.KIND).pk)
    assert not Copy.objects.exists() and not CopyPiece.objects.exists()
    with pytest.raises(NotFound):
        make(ada)


def test_only_the_customer_and_the_store_get_it(store: Store, other_store: Store) -> None:
    ada, bob = ada_of(store), ada_of(store, email="bob@example.com", phone="")
    copy = make(ada)
    for where, whose in ((store, bob.pk), (other_store, None), (other_store, ada.pk)):
        with pytest.raises(NotFound):
            services.fetch_copy(store=where, copy_id=copy.pk, customer_id=whose, actor=ME, now=NOW)
    with pytest.raises(NotFound):
        services.fetch_copy(store=store, copy_id=copy.pk, customer_id=ada.pk, actor=ME, now=NOW + 8 * DAY)
    services.fetch_copy(store=store, copy_id=copy.pk, customer_id=ada.pk, actor=themself(ada), now=NOW)
    keys = Event.objects.filter(record_id=ada.pk, key__startswith="privacy.").values_list("key", flat=True)
    assert sorted(keys) == ["privacy.copied", "privacy.fetched"]


def test_asking_again_at_once_gives_the_same_and_a_week_later_it_is_gone(store: Store) -> None:
    ada = ada_of(store)
    assert make(ada).pk == make(ada).pk
    assert services.forget_old_copies(now=NOW + 6 * DAY) == 0
    assert services.forget_old_copies(now=NOW + 7 * DAY) == 1
    assert not CopyPiece.objects.exists()
