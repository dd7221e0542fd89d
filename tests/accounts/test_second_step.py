"""The second step: app, text message, recovery codes, remembered browsers; and ways around it that lead nowhere."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from regulars.accounts import services
from regulars.accounts.models import Account, Device, RecoveryCode, Session
from regulars.kit.sealing import open_sealed
from regulars.portal import visiting
from regulars.stores.models import Store
from tests import factories
from tests.accounts.people import (
    PASSWORD,
    accounts_settings,
    code_in,
    key_of,
    link_in,
    make_account,
    open_shop,
    put_cookie,
    visitor_client,
    write_mail,
)

HOME = "/shop/shop/account/"
SIGN_IN, SECOND = f"{HOME}sign-in/", f"{HOME}sign-in/second/"
FORM = {"email": "nora@example.com", "password": PASSWORD}

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(db: None) -> Store:
    found = open_shop()
    accounts_settings(found, second_step="optional")
    return found


@pytest.fixture
def account(store: Store) -> Account:
    return make_account(store)


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def turn_app_on(client: Client) -> tuple[str, list[str]]:
    """Set an app up as a browser does; gives its secret and the recovery codes."""
    page = client.get(f"{HOME}security/app/")
    secret = page.context["secret"].replace(" ", "")
    assert b"<svg" in page.content
    code = pyotp.TOTP(secret).at(timezone.now())
    answer = client.post(f"{HOME}security/app/", {"sealed": page.context["sealed"], "code": code})
    assert answer.status_code == 200
    return secret, answer.context["codes"]


def next_code(secret: str) -> str:
    """What the app shows half a minute from now, which is taken already: the one of now was used to set it up."""
    return str(pyotp.TOTP(secret).at(timezone.now() + timedelta(seconds=30)))


def half_in(client: Client) -> Any:
    return client.post(SIGN_IN, FORM)


def test_an_app(store: Store, account: Account) -> None:
    secret, codes = turn_app_on(visitor_client(store, account.customer))
    assert len(codes) == 10
    client = Client()
    assert half_in(client).url == SECOND
    assert not is_in(client)
    before = key_of(client)
    code = next_code(secret)
    assert client.post(SECOND, {"code": code}).url == HOME
    assert is_in(client)
    assert key_of(client) != before
    account.refresh_from_db()
    assert secret not in account.totp_sealed
    assert open_sealed(account.totp_sealed)["secret"] == secret


def test_a_code_of_the_app_works_once(store: Store, account: Account) -> None:
    secret, _codes = turn_app_on(visitor_client(store, account.customer))
    code = next_code(secret)
    for expected in (302, 422):
        client = Client()
        half_in(client)
        assert client.post(SECOND, {"code": code}).status_code == expected


def test_half_a_sign_in_opens_nothing(store: Store, account: Account) -> None:
    turn_app_on(visitor_client(store, account.customer))
    client = Client()
    half_in(client)
    for path in ("", "security/", "security/app/", "security/password/", "security/codes/", "prove/"):
        answer = client.get(f"{HOME}{path}")
        assert answer.status_code == 302
        assert "/sign-in/" in answer.url
    assert client.post(f"{HOME}sign-in/password/", {"password": "another-secret-99"}).status_code == 302
    account.refresh_from_db()
    assert account.totp_sealed


def test_the_second_step_is_asked_for_after_a_link_too(store: Store, account: Account) -> None:
    turn_app_on(visitor_client(store, account.customer))
    client = Client()
    client.post(f"{SIGN_IN}mail/", {"email": "nora@example.com"})
    mails = [one for one in write_mail() if "/sign-in/link/" in one.body]
    assert client.post(link_in(mails[0])).url == SECOND
    assert not is_in(client)


def test_a_new_password_does_not_take_it_away(store: Store, account: Account) -> None:
    turn_app_on(visitor_client(store, account.customer))
    client = Client()
    client.post(f"{HOME}forgotten/", {"email": "nora@example.com"})
    (mail,) = (one for one in write_mail() if "/account/password/" in one.body)
    assert client.post(link_in(mail), {"password": "another-secret-99"}).status_code == 200
    assert not is_in(client)
    assert client.post(SIGN_IN, FORM | {"password": "another-secret-99"}).url == SECOND
    assert not is_in(client)


def test_neither_does_a_reset_by_staff(store: Store, account: Account) -> None:
    turn_app_on(visitor_client(store, account.customer))
    manager = factories.actor_of(store, factories.make_person(store, "manager"))
    outcome = services.reset_password(
        store=store, ids=[account.customer_id], inputs={}, actor=manager, now=timezone.now(), change_set=None
    )
    client = Client()
    answer = client.post(SIGN_IN, FORM | {"password": outcome.said[account.customer_id]})
    assert answer.url == SECOND
    assert client.get(f"{HOME}sign-in/password/").status_code == 302


def test_a_recovery_code_works_once(store: Store, account: Account) -> None:
    _secret, codes = turn_app_on(visitor_client(store, account.customer))
    for expected in (302, 422):
        client = Client()
        half_in(client)
        assert client.post(SECOND, {"code": codes[0].upper()}).status_code == expected
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM accounts_recoverycode r")
        kept = " ".join(row[0] for row in cursor.fetchall())
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_wrong_codes_lock_it_and_write_to_the_owner(store: Store, account: Account) -> None:
    secret, _codes = turn_app_on(visitor_client(store, account.customer))
    write_mail()
    client = Client()
    half_in(client)
    for n in range(6):
        client.post(SECOND, {"code": f"00000{n}"})
    assert "too many wrong tries" in write_mail()[0].body
    half_in(client)
    assert client.post(SECOND, {"code": next_code(secret)}).status_code == 422
    assert not is_in(client)


def test_a_text_message(store: Store, account: Account) -> None:
    client = visitor_client(store, account.customer)
    answer = client.post(f"{HOME}security/phone/", {"phone": "06 12 34 56 78"})
    (text,) = write_mail()
    assert (text.to, text.opens_access) == ("+33612345678", True)
    done = client.post(
        f"{HOME}security/phone/code/", {"phone": answer.context["phone"], "code": code_in(text)}
    )
    assert len(done.context["codes"]) == 10
    other = Client()
    half_in(other)
    write_mail()
    assert other.post(SECOND, {"code": "123456"}).status_code == 422  # none was sent yet
    other.post(f"{SECOND}text/")
    sent = code_in(write_mail()[-1])
    assert other.post(SECOND, {"code": sent}).status_code == 302
    assert is_in(other)


def test_a_code_for_one_phone_proves_no_other(store: Store, account: Account) -> None:
    client = visitor_client(store, account.customer)
    client.post(f"{HOME}security/phone/", {"phone": "+33612345678"})
    code = code_in(write_mail()[0])
    client.post(f"{HOME}security/phone/code/", {"phone": "+33698765432", "code": code})
    account.refresh_from_db()
    assert not account.mfa_sms


@pytest.mark.parametrize(("wrong", "works"), [(4, True), (5, False)])
def test_a_code_by_text_that_is_mistyped_can_be_typed_again(
    store: Store, account: Account, wrong: int, works: bool
) -> None:
    client, other = visitor_client(store, account.customer), visitor_client(store, account.customer)
    client.post(f"{HOME}security/phone/", {"phone": "+33612345678"})
    form = {"phone": "+33612345678", "code": code_in(write_mail()[0])}
    path = f"{HOME}security/phone/code/"
    assert other.post(path, form).status_code == 422  # it is of the browser that asked for it
    for _try in range(wrong):
        assert client.post(path, form | {"code": "000000"}).status_code == 422
    client.post(path, form)
    account.refresh_from_db()
    assert account.mfa_sms is works
    if not works:
        client.post(f"{HOME}security/phone/", {"phone": "+33612345678"})
        assert client.post(path, form | {"code": code_in(write_mail()[-1])}).status_code == 200


def test_a_remembered_browser_is_not_asked(store: Store, account: Account) -> None:
    secret, _codes = turn_app_on(visitor_client(store, account.customer))
    client = Client()
    half_in(client)
    client.post(SECOND, {"code": next_code(secret), "remember_device": "true"})
    client.post(f"{HOME}sign-out/")
    assert half_in(client).url == HOME
    client.post(f"{HOME}sign-out/")
    wrong = client.post(SIGN_IN, FORM | {"password": "wrong-wrong-wrong"})
    assert wrong.status_code == 422  # it is in place of the second step, never of the first
    eve = make_account(store, "eve@example.com")
    Account.objects.filter(pk=eve.pk).update(mfa_phone="+33612345678", mfa_sms=True)
    assert client.post(SIGN_IN, {"email": "eve@example.com", "password": PASSWORD}).url == SECOND
    client.post(f"{HOME}sign-out/")
    Device.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert half_in(client).url == SECOND


def test_turning_it_on_ends_what_was_open_without_it(store: Store, account: Account) -> None:
    thief = visitor_client(store, account.customer)
    turn_app_on(visitor_client(store, account.customer))
    assert not is_in(thief)


def test_one_proves_oneself_before_it_is_changed(store: Store, account: Account) -> None:
    client = visitor_client(store, account.customer)
    Session.objects.update(proved_at=timezone.now() - timedelta(hours=1))
    for path in ("security/app/", "security/password/", "security/codes/", "security/mail/"):
        assert "/prove/" in client.get(f"{HOME}{path}").url
    assert client.post(f"{HOME}security/off/app/").status_code == 302
    assert client.post(f"{HOME}prove/", {"password": "wrong-wrong-wrong"}).status_code == 422
    wanted = f"{HOME}security/app/"
    assert client.post(f"{HOME}prove/", {"password": PASSWORD, "next": wanted}).url == wanted
    assert client.get(wanted).status_code == 200


def test_a_mail_proves_as_well(store: Store, account: Account) -> None:
    client = visitor_client(store, account.customer)
    Session.objects.update(proved_at=timezone.now() - timedelta(hours=1))
    page = client.post(f"{HOME}prove/mail/").url
    assert client.post(page, {"code": code_in(write_mail()[0])}).status_code == 302
    assert client.get(f"{HOME}security/password/").status_code == 200


def test_a_store_can_demand_it(store: Store, account: Account) -> None:
    accounts_settings(store, second_step="required")
    client = Client()
    assert half_in(client).url == f"{HOME}security/app/"
    assert not is_in(client)
    assert client.get(f"{HOME}security/password/").status_code == 302
    turn_app_on(client)
    assert is_in(client)
    assert client.post(f"{HOME}security/off/app/").status_code == 409


def test_without_it_in_the_store_nobody_is_asked(store: Store, account: Account) -> None:
    turn_app_on(visitor_client(store, account.customer))
    accounts_settings(store, second_step="off")
    assert half_in(Client()).url == HOME
    client = visitor_client(store, account.customer)
    assert client.get(f"{HOME}security/app/").status_code == 409


def test_the_secret_of_one_account_sets_up_no_other(store: Store, account: Account) -> None:
    eve = make_account(store, "eve@example.com")
    page = visitor_client(store, eve.customer).get(f"{HOME}security/app/")
    secret = page.context["secret"].replace(" ", "")
    client = visitor_client(store, account.customer)
    answer = client.post(
        f"{HOME}security/app/", {"sealed": page.context["sealed"], "code": next_code(secret)}
    )
    assert answer.status_code == 422
    account.refresh_from_db()
    assert not account.totp_sealed
    assert not RecoveryCode.objects.exists()


def test_a_step_cannot_be_taken_with_another_stores_key(store: Store, account: Account) -> None:
    secret, _codes = turn_app_on(visitor_client(store, account.customer))
    other = open_shop("other")
    client = Client()
    half_in(client)
    put_cookie(client, other, visiting.SESSION, key_of(client))
    answer = client.post("/shop/other/account/sign-in/second/", {"code": next_code(secret)})
    assert answer.status_code == 302
    assert "/sign-in/" in answer.url
