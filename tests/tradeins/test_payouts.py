"""How customers are paid: what each way asks, that it is sealed, masked, and noted when somebody looks."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from regulars.config import environment
from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.duplicates.services import merge_customers
from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.sealing import CannotOpen, open_sealed, seal
from regulars.resources.context import Context
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.tradeins import queries, services
from regulars.tradeins.models import CustomerPayout, Item, TradeIn
from regulars.tradeins.payouts import METHODS, method_of
from tests.factories import NOW, make_customer
from tests.tradeins.making import IBAN, IMEI, ME, fresh, make_tradein, move, paid_in

pytestmark = pytest.mark.django_db
BANK = {"holder": "Ada Lovelace", "iban": IBAN}


def clean(store: Store, kind: str, **typed: str) -> dict[str, Any]:
    return method_of(kind).clean(typed, Context(store=store, actor=ME, now=NOW))


def of_customer(store: Store, customer: Customer, kind: str, **typed: str) -> None:
    values = clean(store, kind, **typed) if kind else {}
    here: dict[str, Any] = {"store": store, "customer_id": customer.pk, "actor": ME, "now": NOW}
    services.set_customer_payout(kind=kind, values=values, **here)


@pytest.mark.parametrize(
    ("kind", "typed", "mask"),
    [
        ("bank_transfer", BANK, "DE•• •••• 3000"),
        ("bank_transfer", {"holder": "A", "account": "12345678", "bank_code": "110000"}, "•••• 5678"),
        ("paypal", {"email": "Ada@Example.com"}, "A•••@example.com"),
        ("cheque", {"payee": "Ada", "address": "1 rue X"}, "A•••"),
        ("cheque", {"to_company": "true", "company": "Engines Ltd", "address": "1 rue X"}, "E•••"),
        ("cash", {}, ""),
        ("store_credit", {}, ""),
        ("points", {"card": "9912345678", "points": "500"}, "•••• 5678"),
    ],
)
def test_each_way_takes_its_own_fields_and_shows_little_of_them(
    store: Store, kind: str, typed: dict[str, str], mask: str
) -> None:
    values = clean(store, kind, **typed)
    assert METHODS[kind].mask(values).lower() == mask.lower()
    assert open_sealed(seal(values)) == values


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("bank_transfer", {"holder": "A", "iban": "DE89370400440532013001"}, "iban"),
        ("bank_transfer", {"holder": "A", "iban": "FR89370400440532013000"}, "iban"),
        ("bank_transfer", {"holder": "A"}, "iban"),
        ("bank_transfer", {"iban": IBAN}, "holder"),
        ("bank_transfer", BANK | {"account": "1"}, "account"),
        ("bank_transfer", BANK | {"bic": "NOPE"}, "bic"),
        ("bank_transfer", {"holder": "A", "account": "12345678"}, "iban"),
        ("paypal", {"email": "not one"}, "email"),
        ("paypal", {}, "email"),
        ("cheque", {"address": "x"}, "payee"),
        ("cheque", {"payee": "Ada", "to_company": "true", "address": "x"}, "company"),
        ("cheque", {"payee": "Ada"}, "address"),
        ("points", {"points": "0"}, "points"),
    ],
)
def test_what_a_bank_would_refuse_is_refused_here(
    store: Store, kind: str, typed: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        clean(store, kind, **typed)
    assert field in refusal.value.errors


def everything_in_the_database() -> str:
    with connection.cursor() as cursor:
        stored = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT string_agg(row_to_json(whole)::text, '') FROM \"{table}\" AS whole")
            stored.append(str(cursor.fetchone()[0]))
    return "".join(stored)


def test_no_account_number_is_in_any_table(store: Store) -> None:
    ada = make_customer(store)
    of_customer(store, ada, "bank_transfer", **BANK)
    tradein = make_tradein(store, ada)
    assert (tradein.payout_kind, tradein.payout_masked) == ("bank_transfer", "DE•• •••• 3000")
    paid_in(tradein, "paypal", email="hidden@secret.test")
    stored = everything_in_the_database()
    assert "bank_transfer" in stored
    for secret in ("DE89370400440532013000", "37040044", "0532013000", "hidden@secret", "Ada Lovelace"):
        assert secret not in stored, secret


def test_who_looks_is_noted(store: Store) -> None:
    ada = make_customer(store)
    of_customer(store, ada, "bank_transfer", **BANK)
    tradein = make_tradein(store, ada)
    seen = services.reveal(store=store, tradein_id=tradein.pk, actor=ME, now=NOW)
    assert seen == {"holder": "Ada Lovelace", "iban": "DE89370400440532013000"}
    assert services.reveal_customers(store=store, customer_id=ada.pk, actor=ME, now=NOW) == seen
    keys = set(Event.objects.values_list("key", flat=True))
    assert {"tradein.payout_seen", "customer.payout_seen", "customer.payout_set"} <= keys


def test_keys_can_be_changed(store: Store, settings: Any) -> None:
    ada = make_customer(store)
    of_customer(store, ada, "bank_transfer", **BANK)
    tradein = make_tradein(store, ada)
    old, new = settings.PAYOUT_KEYS[0], Fernet.generate_key().decode()
    settings.PAYOUT_KEYS = [new, old]
    assert services.reveal(store=store, tradein_id=tradein.pk, actor=ME, now=NOW)["holder"] == "Ada Lovelace"
    assert services.seal_all_again(store=store) == (2, 0)
    assert services.seal_all_again(store=store) == (0, 0)
    settings.PAYOUT_KEYS = [new]
    assert services.reveal(store=store, tradein_id=tradein.pk, actor=ME, now=NOW)["holder"] == "Ada Lovelace"
    settings.PAYOUT_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CannotOpen):
        services.reveal(store=store, tradein_id=tradein.pk, actor=ME, now=NOW)
    assert services.seal_all_again(store=store) == (0, 2)


def test_a_key_is_made_at_the_first_start_and_kept(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.delenv("REGULARS_PAYOUT_KEYS", raising=False)
    made = environment.payout_keys(tmp_path)
    assert environment.payout_keys(tmp_path) == made and len(made) == 1
    assert (tmp_path / "payout_keys").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("REGULARS_PAYOUT_KEYS", "short")
    with pytest.raises(SystemExit, match="44 characters"):
        environment.payout_keys(tmp_path)


def test_what_is_closed_keeps_how_it_was_paid(store: Store) -> None:
    tradein = make_tradein(store, make_customer(store))
    move(tradein, "cancel")
    with pytest.raises(Refused, match="closed"):
        paid_in(tradein, "cash")


def test_a_customers_way_can_be_taken_away(store: Store) -> None:
    ada = make_customer(store)
    of_customer(store, ada, "cash")
    assert Customer.objects.get(pk=ada.pk).payout_method == "cash"
    of_customer(store, ada, "")
    assert Customer.objects.get(pk=ada.pk).payout_method == "" and not CustomerPayout.objects.exists()


def test_merging_takes_trade_ins_along_and_keeps_one_way_to_pay(store: Store) -> None:
    keep, gone = make_customer(store), make_customer(store, first_name="Nora2")
    of_customer(store, keep, "cash")
    of_customer(store, gone, "paypal", email="a@b.test")
    tradein = make_tradein(store, gone)
    merge_customers(store=store, survivor_id=keep.pk, loser_ids=[gone.pk], choices={}, actor=ME, now=NOW)
    assert fresh(tradein).customer_id == keep.pk
    assert [one.payout_kind for one in CustomerPayout.objects.all()] == ["cash"]


def test_forgetting_leaves_prices_and_dates_and_nothing_that_names(store: Store) -> None:
    ada = make_customer(store, first_name="Ada", last_name="Lovelace", email="ada@x.test")
    of_customer(store, ada, "bank_transfer", **BANK)
    tradein = make_tradein(store, ada, note="Ada Lovelace called", tracking_number="JD01", way="mail_in")
    customers.anonymise_customers(store=store, ids=[ada.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    left = fresh(tradein)
    assert (left.quoted_minor, left.note, left.tracking_number) == (12_000, "", "")
    assert (left.payout_sealed, left.payout_masked, left.payout_kind) == ("", "", "bank_transfer")
    assert not CustomerPayout.objects.exists()
    stored = everything_in_the_database()
    assert IMEI not in stored and "Lovelace" not in stored and "JD01" not in stored


def test_deleting_takes_them_along(store: Store) -> None:
    store.delete_policy = "always"
    store.save()
    ada = make_customer(store)
    make_tradein(store, ada)
    of_customer(store, ada, "cash")
    customers.delete_customers(store=store, ids=[ada.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    assert not TradeIn.objects.exists() and not Item.objects.exists() and not CustomerPayout.objects.exists()
    assert queries.count_tradeins(store=store, ids=[ada.pk]) == {}
