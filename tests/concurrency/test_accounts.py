"""One link, one code, one recovery code, sent twice at the same moment; and wrong passwords all at once."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from regulars.accounts import services
from regulars.accounts.choices import Purpose, Stage
from regulars.accounts.models import Account, RecoveryCode, Session, SignUp, Token
from regulars.accounts.rules import MOST_WRONG, MOST_WRONG_CODES, SIGN_IN_VALID
from regulars.accounts.services import Browser, NotSignedIn
from regulars.accounts.services.factors import _fresh_codes
from regulars.accounts.services.mailing import make_token
from regulars.accounts.services.sessions import begin
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


def mailed(shop: Store, account: Account) -> tuple[Token, str, str]:
    """A link with its code, as if it had been mailed."""
    challenge = uuid4()
    secret, code = make_token(
        store=shop, account=account, purpose=Purpose.SIGN_IN, email=account.email, valid=SIGN_IN_VALID,
        now=timezone.now(), token_id=challenge, browser_hash=hash_secret(BROWSER),
    )  # fmt: skip
    return Token.objects.get(pk=challenge), secret, code


def follow(shop: Store, secret: str) -> Any:
    return services.sign_in_by_link(
        store=shop, secret=secret, browser_secret=BROWSER, browser=Browser(), now=timezone.now()
    )


def test_a_look_before_the_write_lets_both_in(shop: Store, account: Account) -> None:
    """The control: who only looks finds the link unused, both of them."""
    token, _secret, _code = mailed(shop, account)
    looked = threading.Barrier(2, timeout=20)

    def look() -> bool:
        unused = Token.objects.filter(pk=token.pk, used_at=None).exists()
        looked.wait()
        return unused

    assert together(look, look) == [True, True]


def test_a_link_lets_one_in(shop: Store, account: Account) -> None:
    _token, secret, _code = mailed(shop, account)
    results = together(*[lambda: follow(shop, secret)] * 4)
    assert [type(one) for one in refusals(results)] == [NotSignedIn] * 3
    assert Session.objects.count() == 1


def test_many_codes_at_once_are_many_tries(shop: Store, account: Account) -> None:
    token, _secret, code = mailed(shop, account)

    def guess(typed: str) -> Any:
        return services.sign_in_by_code(
            store=shop, challenge=token.pk, browser_secret=BROWSER, code=typed, browser=Browser(),
            now=timezone.now(),
        )  # fmt: skip

    wrong = [lambda n=n: guess(f"0000000{n}") for n in range(MOST_WRONG_CODES + 1)]
    assert len(refusals(together(*wrong))) == MOST_WRONG_CODES + 1
    with pytest.raises(NotSignedIn):
        guess(code)


def test_wrong_passwords_at_once_are_all_counted(shop: Store, account: Account) -> None:
    def attempt() -> Any:
        return services.sign_in(
            store=shop, email=account.email, password="wrong", browser=Browser(), now=timezone.now()
        )

    together(*[attempt] * (MOST_WRONG - 1))
    account.refresh_from_db()
    assert account.failed == MOST_WRONG - 1
    together(attempt)
    account.refresh_from_db()
    assert account.locked_until is not None
    with pytest.raises(NotSignedIn):
        services.sign_in(
            store=shop, email=account.email, password=PASSWORD, browser=Browser(), now=timezone.now()
        )


def test_a_recovery_code_lets_one_in(shop: Store, account: Account) -> None:
    accounts_settings(shop, second_step="optional")
    Account.objects.update(mfa_phone="+33612345678", mfa_sms=True)
    (code, *_others) = _fresh_codes(shop, account)
    for _each in range(3):
        begin(store=shop, account=account, stage=Stage.SECOND, browser=Browser(), now=timezone.now())
    sessions = list(Session.objects.select_related("account", "customer"))

    def step(session: Session) -> Any:
        return services.pass_second_step(
            store=shop, session=session, code=code, remember_device=False, now=timezone.now()
        )

    results = together(*[lambda session=session: step(session) for session in sessions])
    assert len(refusals(results)) == 2
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1
    assert Session.objects.filter(stage=Stage.WHOLE).count() == 1


def test_a_sign_up_makes_one_login(shop: Store) -> None:
    SignUp.objects.create(
        store=shop, email="ida@example.com", email_key="ida@example.com", first_name="Ida",
        password=make_password(PASSWORD), secret_hash=hash_secret("s" * 40), code_hash="c",
        browser_hash=hash_secret(BROWSER), created_at=timezone.now(), expires_at=timezone.now() + SIGN_IN_VALID,
    )  # fmt: skip

    def confirm() -> Any:
        return services.confirm_sign_up(
            store=shop, secret="s" * 40, browser_secret=BROWSER, password="", browser=Browser(),
            now=timezone.now(),
        )  # fmt: skip

    results = together(*[confirm] * 3)
    assert [type(one) for one in refusals(results)] == [NotSignedIn] * 2
    assert Account.objects.count() == 1
