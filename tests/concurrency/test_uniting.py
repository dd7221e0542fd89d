"""Two accounts of one person that are joined from both sides at once, or twice with the same proof."""

import threading
from typing import Any

import pytest
from django.utils import timezone

from regulars.accounts.choices import Purpose, Stage
from regulars.accounts.models import Account, Session, Token
from regulars.accounts.queries import Visitor, find_session, visitor_of
from regulars.accounts.rules import PROOF_VALID
from regulars.accounts.services import Browser, NotProven
from regulars.accounts.services.mailing import make_token
from regulars.accounts.services.sessions import begin
from regulars.customers.models import Customer
from regulars.customers.services import edit_customer
from regulars.duplicates.models import Merge
from regulars.duplicates.services import merge_customers
from regulars.kit.actor import system
from regulars.kit.ids import new_id
from regulars.orders.models import Order
from regulars.staff.rules import hash_secret
from regulars.stores.models import Store
from regulars.uniting import services
from regulars.uniting.services import CannotJoin
from tests.accounts.people import make_account, open_shop
from tests.concurrency.together import refusals, together
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db(transaction=True)
BROWSER = "b" * 40


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return open_shop()


@pytest.fixture
def accounts(shop: Store) -> list[Account]:
    made = [make_account(shop, f"{name}@example.com") for name in ("ada", "bea")]
    for account in made:
        make_order(shop, customer_id=account.customer_id)
    return made


def ready(account: Account, other: str) -> dict[str, Any]:
    """Somebody who is signed in and has proven another mailbox."""
    shop, now = account.store, timezone.now()
    begun = begin(store=shop, account=account, stage=Stage.WHOLE, browser=Browser(), now=now)
    session = find_session(store=shop, key=begun.key, now=now)
    assert session is not None
    visitor: Visitor = visitor_of(session, shop)
    proof = new_id()
    make_token(
        store=shop, account=account, purpose=Purpose.JOIN, email=other, valid=PROOF_VALID, now=now, token_id=proof,
        browser_hash=hash_secret(BROWSER),
    )  # fmt: skip
    Token.objects.filter(pk=proof).update(proved_at=now)
    return {"visitor": visitor, "proof_id": proof, "browser_secret": BROWSER, "now": now}


def join(who: dict[str, Any]) -> Any:
    return services.join(**who, browser=Browser())


def test_a_look_before_the_lock_would_let_both_go_on(accounts: list[Account]) -> None:
    """The control: who only looks finds two accounts, and nothing against joining them, from both sides."""
    ada, bea = (ready(one, other.email) for one, other in zip(accounts, reversed(accounts), strict=True))
    looked = threading.Barrier(2, timeout=20)

    def look(who: dict[str, Any]) -> Any:
        preview = services.preview_join(**who)
        looked.wait()
        return preview.other is not None and Customer.objects.filter(pk=preview.other.pk).exists()

    assert together(lambda: look(ada), lambda: look(bea)) == [True, True]


def test_each_joins_the_other_and_one_of_them_does(accounts: list[Account]) -> None:
    ada, bea = (ready(one, other.email) for one, other in zip(accounts, reversed(accounts), strict=True))
    results = together(lambda: join(ada), lambda: join(bea))
    (refused,) = refusals(results)
    assert isinstance(refused, CannotJoin | NotProven)
    stays = Customer.objects.get()
    assert stays.orders_count == Order.objects.filter(customer=stays).count() == 2
    assert Account.objects.get().customer_id == Session.objects.get().customer_id == stays.pk
    assert Merge.objects.count() == 1


def test_the_same_proof_twice_joins_once(accounts: list[Account]) -> None:
    who = ready(accounts[0], accounts[1].email)
    results = together(*[lambda: join(who)] * 3)
    assert len(refusals(results)) == 2
    assert all(isinstance(one, CannotJoin | NotProven) for one in refusals(results)), results
    assert Merge.objects.count() == 1 and Session.objects.count() == 1


def test_staff_merge_the_other_away_meanwhile(shop: Store, accounts: list[Account]) -> None:
    third = make_account(shop, "cora@example.com").customer
    who = ready(accounts[0], accounts[1].email)
    results = together(
        lambda: join(who),
        lambda: merge_customers(
            store=shop, survivor_id=third.pk, loser_ids=[accounts[1].customer_id], choices={}, actor=system(),
            now=timezone.now(),
        ),
    )  # fmt: skip
    assert len(refusals(results)) == 1, results
    assert Merge.objects.count() == 1 and Order.objects.count() == 2


def test_the_mail_of_the_other_is_changed_meanwhile(shop: Store, accounts: list[Account]) -> None:
    """A record without a login loses the address: it is joined before that, or not at all."""
    Account.objects.filter(pk=accounts[1].pk).delete()
    other = accounts[1].customer
    who = ready(accounts[0], other.email)
    results = together(
        lambda: join(who),
        lambda: edit_customer(
            store=shop, customer_id=other.pk, values={"email": "new@example.com"}, base_version=None,
            actor=system(), now=timezone.now(),
        ),
    )  # fmt: skip
    assert len(refusals(results)) == 1, results
    assert Merge.objects.count() + Customer.objects.filter(email="new@example.com").count() == 1
