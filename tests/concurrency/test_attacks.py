"""Attacks that need two browsers at the same moment: one link, one code, one person, each used many times at once; and
whoever is thrown out while they are doing something."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.contrib.auth.hashers import check_password
from django.utils import timezone

from regulars.accounts import services
from regulars.accounts.choices import Purpose, Stage
from regulars.accounts.models import Account, Session, SignUp
from regulars.accounts.queries import Visitor, visitor_of
from regulars.accounts.rules import RESET_VALID, SIGN_UP_VALID
from regulars.accounts.services import Browser, NotSignedIn
from regulars.accounts.services.mailing import make_token
from regulars.accounts.services.sessions import begin
from regulars.customers.models import Customer
from regulars.customers.services import anonymise_customers
from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.kit.sealing import seal
from regulars.orders.facts import LineFacts, OrderFacts
from regulars.orders.models import Order
from regulars.orders.services import check_out
from regulars.privacy import services as privacy
from regulars.privacy.models import Copy
from regulars.staff.rules import hash_secret
from regulars.stores.models import Store
from tests.accounts.people import PASSWORD, accounts_settings, make_account, open_shop
from tests.concurrency.together import refusals, together

pytestmark = pytest.mark.django_db(transaction=True)
BROWSER = "b" * 40


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return open_shop()


@pytest.fixture
def account(shop: Store) -> Account:
    return make_account(shop)


def begun(shop: Store, account: Account, stage: Stage = Stage.WHOLE) -> Session:
    key = begin(store=shop, account=account, stage=stage, browser=Browser(), now=timezone.now()).key
    found = Session.objects.select_related("account", "customer", "visit")
    return found.get(key_hash=hash_secret(key))


def visitor(shop: Store, account: Account) -> Visitor:
    return visitor_of(begun(shop, account), shop)


def reset(shop: Store, account: Account) -> Any:
    """Staff give out another password, which ends all sessions."""
    return services.reset_password(
        store=shop, ids=[account.customer_id], inputs={}, actor=system(), now=timezone.now(), change_set=None
    )


def forget(shop: Store, account: Account) -> Any:
    return anonymise_customers(
        store=shop, ids=[account.customer_id], inputs={}, actor=system(), now=timezone.now(), change_set=None
    )


def test_a_reset_link_from_ten_browsers_sets_one_password(shop: Store, account: Account) -> None:
    secret, _code = make_token(
        store=shop, account=account, purpose=Purpose.PASSWORD, email=account.email, valid=RESET_VALID,
        now=timezone.now(),
    )  # fmt: skip

    def choose(password: str) -> str:
        services.set_password_by_link(store=shop, secret=secret, password=password, now=timezone.now())
        return password

    results = together(*[lambda n=n: choose(f"lantern-orchard-{n}") for n in range(10)])
    assert [type(one) for one in refusals(results)] == [NotSignedIn] * 9
    (chosen,) = [one for one in results if isinstance(one, str)]
    account.refresh_from_db()
    assert check_password(chosen, account.password)


def test_a_code_of_the_app_lets_one_in(shop: Store, account: Account) -> None:
    accounts_settings(shop, second_step="optional")
    secret = pyotp.random_base32()
    Account.objects.update(totp_sealed=seal({"secret": secret}))
    now = timezone.now()
    code = pyotp.TOTP(secret).at(now)
    sessions = [begun(shop, account, Stage.SECOND) for _each in range(3)]

    def step(session: Session) -> Any:
        return services.pass_second_step(
            store=shop, session=session, code=code, remember_device=False, now=now
        )

    results = together(*[lambda session=session: step(session) for session in sessions])
    assert [type(one) for one in refusals(results)] == [NotSignedIn] * 2
    assert Session.objects.filter(stage=Stage.WHOLE).count() == 1


def test_one_step_that_is_sent_three_times_is_taken_once(shop: Store, account: Account) -> None:
    """The same browser, the same code of a text message: the second is no second session."""
    accounts_settings(shop, second_step="optional")
    Account.objects.update(mfa_phone="+33612345678", mfa_sms=True)
    session = begun(shop, account, Stage.SECOND)
    code_hash = services.factors._sms_hash(session, "123456")
    Session.objects.update(code_hash=code_hash, code_until=timezone.now() + timedelta(minutes=5))
    session.refresh_from_db()

    def step() -> Any:
        return services.pass_second_step(
            store=shop, session=session, code="123456", remember_device=True, now=timezone.now()
        )

    results = together(*[step] * 3)
    assert [type(one) for one in refusals(results)] == [NotSignedIn] * 2


def test_two_sign_ups_of_one_address_make_one_person(shop: Store) -> None:
    """Two forms, two mails, both opened at once."""
    for n in range(3):
        SignUp.objects.create(
            store=shop, email="ida@example.com", email_key="ida@example.com", first_name=f"Ida {n}",
            secret_hash=hash_secret(f"{n}" * 40), code_hash=f"c{n}", browser_hash=hash_secret(BROWSER),
            created_at=timezone.now(), expires_at=timezone.now() + SIGN_UP_VALID,
        )  # fmt: skip

    def confirm(n: int) -> Any:
        return services.confirm_sign_up(
            store=shop, secret=f"{n}" * 40, browser_secret=BROWSER, password="", browser=Browser(),
            now=timezone.now(),
        )  # fmt: skip

    results = together(*[lambda n=n: confirm(n) for n in range(3)])
    assert len(refusals(results)) == 2
    assert all(isinstance(one, Refused) for one in refusals(results)), results
    assert (Account.objects.count(), Customer.objects.count()) == (1, 1)


@pytest.mark.parametrize("turn", range(3))
def test_who_is_reset_while_signing_in_is_out(shop: Store, account: Account, turn: int) -> None:
    """Whichever comes first: no session of the old password is left, and the new one is the shop's."""

    def enter() -> Any:
        return services.sign_in(
            store=shop, email=account.email, password=PASSWORD, browser=Browser(), now=timezone.now()
        )

    entered, done = together(enter, lambda: reset(shop, account))
    assert done.done == [account.customer_id]
    assert not isinstance(entered, Exception) or isinstance(entered, NotSignedIn), entered
    assert not Session.objects.exists()
    account.refresh_from_db()
    assert account.must_change and not check_password(PASSWORD, account.password)


@pytest.mark.parametrize("turn", range(3))
def test_who_is_reset_while_changing_the_password_has_not_changed_it(
    shop: Store, account: Account, turn: int
) -> None:
    thief = visitor(shop, account)

    def change() -> None:
        services.change_password(visitor=thief, password="thief-lantern-99", now=timezone.now())

    changed, done = together(change, lambda: reset(shop, account))
    assert done.done == [account.customer_id]
    assert changed is None or isinstance(changed, NotSignedIn), changed
    account.refresh_from_db()
    assert account.must_change and not check_password("thief-lantern-99", account.password)
    assert not Session.objects.exists()


@pytest.mark.parametrize("turn", range(3))
def test_who_orders_while_they_are_forgotten_leaves_no_name(shop: Store, account: Account, turn: int) -> None:
    line = LineFacts(title="Mug", quantity=1, price_minor=1500)
    order = OrderFacts(
        external_id="shop-basket", lines=(line,), name="Nora Lind", email="nora@example.com", pays="pickup",
        address="9 Lind Lane", customer_id=account.customer_id,
    )  # fmt: skip

    def buy() -> Any:
        return check_out(store=shop, order=order, ip="", newsletter="", now=timezone.now())

    bought, forgotten = together(buy, lambda: forget(shop, account))
    assert not isinstance(bought, Exception) or isinstance(bought, Refused), bought
    assert not isinstance(forgotten, Exception), forgotten
    assert Customer.objects.get(pk=account.customer_id).name != "Nora Lind"
    for one in Order.objects.filter(customer_id=account.customer_id):
        assert not (one.name or one.email or one.address), one.__dict__
    assert not Account.objects.exists() and not Session.objects.exists()


@pytest.mark.parametrize("turn", range(3))
def test_no_copy_of_somebody_forgotten_is_left(shop: Store, account: Account, turn: int) -> None:
    def copy() -> Any:
        return privacy.make_copy(
            store=shop, customer_id=account.customer_id, tell=False, actor=system(), now=timezone.now()
        )

    made, forgotten = together(copy, lambda: forget(shop, account))
    assert not isinstance(made, Exception) or isinstance(made, Refused), made
    assert not isinstance(forgotten, Exception), forgotten
    for one in Copy.objects.all():
        _copy, pieces = privacy.fetch_copy(
            store=shop, copy_id=one.pk, customer_id=None, actor=system(), now=timezone.now()
        )
        held = json.loads(zipfile.ZipFile(io.BytesIO(b"".join(pieces))).read("data.json"))
        assert "nora" not in json.dumps(held).lower()
    assert not Copy.objects.exists()


@pytest.mark.parametrize("turn", range(3))
def test_who_signs_in_while_they_are_forgotten_is_out(shop: Store, account: Account, turn: int) -> None:
    def enter() -> Any:
        return services.sign_in(
            store=shop, email=account.email, password=PASSWORD, browser=Browser(), now=timezone.now()
        )

    entered, forgotten = together(enter, lambda: forget(shop, account))
    assert not isinstance(entered, Exception) or isinstance(entered, Refused), entered
    assert not isinstance(forgotten, Exception), forgotten
    assert not Session.objects.exists() and not Account.objects.exists()
