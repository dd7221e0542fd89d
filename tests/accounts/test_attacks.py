"""Those who try to get into somebody's account, or to stay there: each defence with the attack that it stops."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from regulars.accounts import services
from regulars.accounts.models import Account, Session, SignUp, Token
from regulars.accounts.queries import visitor_of
from regulars.accounts.rules import MOST_WRONG
from regulars.accounts.services import Browser, NotSignedIn, signing_in, signing_up
from regulars.config.logs import HideSecrets
from regulars.kit.actor import system
from regulars.kit.errors import Refused
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.accounts.people import (
    PASSWORD,
    accounts_settings,
    code_in,
    key_of,
    link_in,
    make_account,
    open_shop,
    visitor_client,
    write_mail,
)

pytestmark = pytest.mark.django_db
HOME = "/shop/shop/account/"
FORM = {"email": "nora@example.com", "password": PASSWORD}
NEW = "another-lantern-58"


@pytest.fixture
def store(db: None) -> Store:
    return open_shop()


@pytest.fixture
def account(store: Store) -> Account:
    return make_account(store)


def reset(store: Store, account: Account) -> None:
    """Staff give out another password: all sessions end."""
    services.reset_password(
        store=store, ids=[account.customer_id], inputs={}, actor=system(), now=timezone.now(), change_set=None
    )


def mailed(path: str, email: str = "nora@example.com") -> str:
    """The link that somebody gets who asks there."""
    Client().post(f"{HOME}{path}", {"email": email})
    return link_in(write_mail()[0])


def session_of(client: Client) -> Session:
    found = Session.objects.select_related("account", "customer", "visit", "store")
    return found.get(key_hash=services.sessions.hash_secret(key_of(client)))


# What was let out before something ended it


def test_a_link_to_the_old_mailbox_ends_with_the_address(store: Store, account: Account) -> None:
    """Somebody reads Nora's mail and has a link sent; she moves to another mailbox: the link takes nothing back."""
    link = mailed("forgotten/")
    thief = visitor_client(store, account.customer)
    nora = visitor_client(store, account.customer)
    nora.post(f"{HOME}security/mail/", {"email": "new@example.com"})
    (mail,) = write_mail()
    assert nora.post(link_in(mail)).status_code == 302
    assert Client().post(link, {"password": NEW}).status_code == 422
    account.refresh_from_db()
    assert account.email == "new@example.com"
    assert check_password(PASSWORD, account.password)
    assert nora.get(HOME).status_code == 200
    assert thief.get(HOME).status_code == 302


def test_the_old_mailbox_is_told_whoever_moved_the_sign_in(store: Store, account: Account) -> None:
    """Also where staff sent the link, to an address that they wrote into the record."""
    account.customer.email, account.customer.email_key = "thief@example.com", "thief@example.com"
    account.customer.save()
    services.resend_login_email(
        store=store, ids=[account.customer_id], inputs={}, actor=system(), now=timezone.now(), change_set=None
    )
    (mail,) = write_mail()
    assert mail.to == "thief@example.com"
    Client().post(link_in(mail), {"password": NEW})
    told = [one for one in write_mail() if one.to == "nora@example.com"]
    assert len(told) == 1 and "another address" in told[0].subject
    assert "thief@example.com" not in told[0].body


def test_a_password_that_is_reset_while_it_is_compared_lets_nobody_in(
    store: Store, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparing takes a good part of a second. Whoever was in the middle of it keeps no session."""

    def slow(*arguments: Any) -> bool:
        right = check_password(*arguments)
        reset(store, account)
        return right

    monkeypatch.setattr(signing_in, "check_password", slow)
    with pytest.raises(NotSignedIn):
        services.sign_in(
            store=store, email=account.email, password=PASSWORD, browser=Browser(), now=timezone.now()
        )
    assert not Session.objects.exists()


def test_a_password_that_was_locked_while_it_is_compared_lets_nobody_in(
    store: Store, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred guesses sent at once are not a hundred guesses: the tenth wrong one ends them all."""

    def slow(*arguments: Any) -> bool:
        right = check_password(*arguments)
        Account.objects.update(locked_until=timezone.now() + timedelta(minutes=15))
        return right

    monkeypatch.setattr(signing_in, "check_password", slow)
    with pytest.raises(NotSignedIn):
        services.sign_in(
            store=store, email=account.email, password=PASSWORD, browser=Browser(), now=timezone.now()
        )
    account.refresh_from_db()
    assert account.locked_until is not None and not Session.objects.exists()


def own_acts() -> dict[str, Any]:
    """What somebody who is signed in can do to the sign-in itself."""
    now = timezone.now()
    return {
        "password": lambda who: services.change_password(visitor=who, password=NEW, now=now),
        "codes": lambda who: services.renew_codes(visitor=who, now=now),
        "app off": lambda who: services.turn_app_off(visitor=who, now=now),
        "texts off": lambda who: services.turn_texts_off(visitor=who, now=now),
        "texts on": lambda who: services.turn_texts_on(
            visitor=who, phone="+33612345678", code="123456", now=now
        ),
        "app on": lambda who: services.turn_app_on(
            visitor=who, sealed=services.new_app(visitor=who).sealed, code="123456", now=now
        ),
        "address": lambda who: services.confirm_email(visitor=who, secret="s", browser_secret="b", now=now),
    }


@pytest.mark.parametrize("act", list(own_acts()))
def test_who_was_signed_out_a_moment_ago_changes_nothing_any_more(
    store: Store, account: Account, act: str
) -> None:
    """The request had begun when staff ended all sessions: it must not leave a password of the thief behind."""
    accounts_settings(store, second_step="optional")
    Account.objects.update(mfa_sms=True, mfa_phone="+33612345678")
    visitor = visitor_of(session_of(visitor_client(store, account.customer)), store)
    reset(store, account)
    before = Account.objects.filter(pk=account.pk).values().get()
    with pytest.raises(NotSignedIn):
        own_acts()[act](visitor)
    assert Account.objects.filter(pk=account.pk).values().get() == before


def test_a_step_of_a_sign_in_that_was_ended_is_refused_in_words(store: Store, account: Account) -> None:
    Account.objects.update(must_change=True)
    client = Client()
    client.post(f"{HOME}sign-in/", FORM)
    session = session_of(client)
    reset(store, account)
    with pytest.raises(NotSignedIn):
        services.replace_password(store=store, session=session, password=NEW, now=timezone.now())
    account.refresh_from_db()
    assert account.must_change and not check_password(NEW, account.password)


def test_a_step_is_taken_once(store: Store, account: Account) -> None:
    Account.objects.update(must_change=True)
    client = Client()
    client.post(f"{HOME}sign-in/", FORM)
    session = session_of(client)
    services.replace_password(store=store, session=session, password=NEW, now=timezone.now())
    with pytest.raises(NotSignedIn):
        services.replace_password(
            store=store, session=session, password="third-lantern-59", now=timezone.now()
        )
    account.refresh_from_db()
    assert check_password(NEW, account.password)


# One secret in place of another


@pytest.mark.parametrize("path", ["password/{}/", "sign-in/link/{}/", "confirm/{}/", "security/mail/{}/", "enter/{}/",
                                  "data/confirm/{}/"])  # fmt: skip
@pytest.mark.parametrize("asked", ["forgotten/", "sign-in/mail/", "new/"])
def test_a_link_does_what_it_was_sent_for_and_nothing_else(
    store: Store, account: Account, path: str, asked: str
) -> None:
    client = visitor_client(store, account.customer)
    asking = Client()
    email = "ida@example.com" if asked == "new/" else "nora@example.com"
    facts = {"first_name": "Ida", "last_name": "Berg", "language": "en", "password": ""}
    asking.post(f"{HOME}{asked}", {"email": email} | facts)
    link = link_in(write_mail()[0])
    own, _slash, secret = link.rstrip("/").removeprefix(HOME).rpartition("/")
    if path.startswith(f"{own}/"):
        return
    for browser in (client, asking):
        answer = browser.post(HOME + path.format(secret), {"password": NEW})
        assert answer.status_code in (302, 404, 410, 422), answer.status_code
        if answer.status_code == 302:
            assert "/account/sign-in/" in answer["Location"]
    account.refresh_from_db()
    assert check_password(PASSWORD, account.password)
    assert Session.objects.count() == 1 and Account.objects.count() == 1


def test_a_reset_link_works_once_for_one_store_and_ends_every_session(store: Store, account: Account) -> None:
    other = open_shop("other")
    there = make_account(other)
    client = visitor_client(store, account.customer)
    link = mailed("forgotten/")
    wrong_store = link.replace("/shop/shop/", "/shop/other/")
    assert Client().post(wrong_store, {"password": NEW}).status_code == 422
    assert Client().get(link).status_code == 200  # machines open links: it is not used up by that
    second = mailed("forgotten/")
    assert Client().post(link, {"password": NEW}).status_code == 200
    assert client.get(HOME).status_code == 302
    assert Client().post(link, {"password": "third-lantern-59"}).status_code == 422
    assert Client().post(second, {"password": "third-lantern-59"}).status_code == 422
    account.refresh_from_db()
    there.refresh_from_db()
    assert check_password(NEW, account.password) and check_password(PASSWORD, there.password)


def test_a_reset_link_expires(store: Store, account: Account) -> None:
    link = mailed("forgotten/")
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 422
    assert Client().post(link, {"password": NEW}).status_code == 422


def test_secrets_are_looked_up_by_their_digest_and_compared_nowhere(store: Store, account: Account) -> None:
    """Comparing byte by byte takes longer the more of it is right; the database never sees the secret itself."""
    link = mailed("forgotten/")
    secret = link.rstrip("/").rpartition("/")[2]
    client = visitor_client(store, account.customer)
    with CaptureQueriesContext(connection) as asked:
        Client().get(link)
        client.get(HOME)
        Client().get(f"{HOME}confirm/{secret}/")
        Client().get(f"{HOME}enter/{secret}/")
    said = " ".join(one["sql"] for one in asked)
    assert secret not in said and key_of(client) not in said
    assert services.sessions.hash_secret(secret) in said


# What can be learned without getting in


def test_the_tenth_wrong_try_takes_the_same_work_for_everybody(store: Store, account: Account) -> None:
    """That is the one that locks: the mail about it is written by the worker."""
    work = []
    for email in ("nora@example.com", "nobody@example.com"):
        for _each in range(MOST_WRONG):
            with CaptureQueriesContext(connection) as asked, pytest.raises(NotSignedIn):
                services.sign_in(
                    store=store, email=email, password="wrong", browser=Browser(), now=timezone.now()
                )
        work.append(len(asked))
    assert work[0] == work[1]
    assert Event.objects.filter(key="account.locked").count() == 0
    (mail,) = write_mail()
    assert mail.to == "nora@example.com" and "too many wrong tries" in mail.body
    assert Event.objects.filter(key="account.locked").count() == 1


def test_a_form_to_sign_up_takes_the_same_work_for_everybody(store: Store, account: Account) -> None:
    work = []
    for email in ("nora@example.com", "nobody@example.com"):
        facts = {"first_name": "N", "last_name": "L", "language": "en", "password": NEW, "email": email}
        with CaptureQueriesContext(connection) as asked:
            assert Client().post(f"{HOME}new/", facts).status_code == 200
        work.append(len(asked))
    assert work[0] == work[1]


def test_no_header_of_the_browser_makes_it_somebody_else(store: Store, account: Account) -> None:
    """Tries from one place are one place's, whatever the browser says of where it comes from."""
    answers = [
        Client(
            headers={"x-forwarded-for": f"203.0.113.{n}", "x-real-ip": f"203.0.113.{n}", "forwarded": f"for=10.0.0.{n}"}
        ).post(f"{HOME}sign-in/", {"email": f"{n}@example.com", "password": "x"}).status_code
        for n in range(61)
    ]  # fmt: skip
    assert (answers[0], answers[-1]) == (422, 429)


def test_behind_a_proxy_only_its_own_word_counts(store: Store, settings: Any) -> None:
    """What a browser wrote in front of the proxy's entry is not believed; one IPv6 network is one place."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [
        Client(headers={"x-forwarded-for": f"10.0.{n}.1, 2001:db8:1:1::{n + 1:x}"})
        .post(f"{HOME}sign-in/", {"email": f"{n}@example.com", "password": "x"})
        .status_code
        for n in range(61)
    ]
    assert (answers[0], answers[-1]) == (422, 429)
    fresh = Client(headers={"x-forwarded-for": "198.51.100.7"})
    assert fresh.post(f"{HOME}sign-in/", {"email": "x@example.com", "password": "x"}).status_code == 422


def test_a_link_stands_in_no_log(store: Store, account: Account, caplog: pytest.LogCaptureFixture) -> None:
    """A password that is too short is refused, and Django writes the address of what was refused: it still works."""
    link = mailed("forgotten/")
    with caplog.at_level(logging.WARNING):
        assert Client().post(link, {"password": "short"}).status_code == 422
    assert "/shop/shop/account/password/•••/" in caplog.text
    assert link.rstrip("/").rpartition("/")[2] not in caplog.text
    assert Client().post(link, {"password": NEW}).status_code == 200


def test_the_log_uses_that_and_keeps_ids(settings: Any) -> None:
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["secrets"]
    path = "/desk/shop/customers/0198c2a4-7f3b-7cc1-a4f2-0123456789ab/"
    line = logging.LogRecord("x", logging.WARNING, "", 0, "%s: %s", ("Not Found", path), None)
    HideSecrets().filter(line)
    assert line.getMessage() == f"Not Found: {path}"


# How passwords are kept


def test_an_old_hash_becomes_one_of_today(store: Store, account: Account, settings: Any) -> None:
    today = "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    settings.PASSWORD_HASHERS = [today, "django.contrib.auth.hashers.MD5PasswordHasher"]
    Account.objects.update(password=make_password(PASSWORD, hasher="md5"))
    assert Client().post(f"{HOME}sign-in/", FORM | {"password": "wrong-lantern-1"}).status_code == 422
    account.refresh_from_db()
    assert account.password.startswith("md5$")
    assert Client().post(f"{HOME}sign-in/", FORM).status_code == 302
    account.refresh_from_db()
    assert account.password.startswith("pbkdf2_sha256$")
    assert Client().post(f"{HOME}sign-in/", FORM).status_code == 302


@pytest.mark.parametrize("password", ["short-1", "password1234", "nora@example.com", "x" * 201, "1234567890"])
def test_weak_passwords_are_taken_nowhere(store: Store, account: Account, password: str) -> None:
    account_before = Account.objects.filter(pk=account.pk).values().get()
    client = visitor_client(store, account.customer)
    assert client.post(f"{HOME}security/password/", {"password": password}).status_code == 422
    assert Client().post(mailed("forgotten/"), {"password": password}).status_code == 422
    facts = {"first_name": "Nora", "last_name": "Lind", "language": "en", "email": "nora@example.com"}
    assert Client().post(f"{HOME}new/", facts | {"password": password}).status_code == 422
    assert Account.objects.filter(pk=account.pk).values().get() == account_before
    assert not SignUp.objects.exists()


def test_two_people_at_the_counter_are_never_shown_the_same_code(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = iter(["11111111", "11111111", "22222222"])
    monkeypatch.setattr(signing_up, "new_code", lambda: next(codes))
    shown = []
    for n in range(2):
        facts = {"first_name": "Ida", "last_name": "Berg", "language": "en", "email": f"ida{n}@example.com"}
        answer = Client().post(f"{HOME}new/", facts | {"password": ""})
        assert answer.status_code == 200
        shown.append(code_in_page(answer))
    assert shown == ["1111 1111", "2222 2222"]


def code_in_page(answer: Any) -> str:
    return str(answer.context["code"])


# Not to be told apart at the second step


def test_the_second_step_of_a_reset_stays_for_links_codes_and_counter(store: Store, account: Account) -> None:
    """No way that proves the mailbox alone goes round the second step: link, code, a password by link."""
    accounts_settings(store, second_step="optional")
    Account.objects.update(mfa_sms=True, mfa_phone="+33612345678")
    by_link, by_code, by_password = Client(), Client(), Client()
    by_link.post(f"{HOME}sign-in/mail/", {"email": account.email})
    by_link.post(link_in(write_mail()[0]))
    page = by_code.post(f"{HOME}sign-in/mail/", {"email": account.email}).url
    by_code.post(page, {"code": code_in(write_mail()[0])})
    link = mailed("forgotten/")
    by_password.post(link, {"password": NEW})
    by_password.post(f"{HOME}sign-in/", FORM | {"password": NEW})
    for client in (by_link, by_code, by_password):
        assert client.get(HOME).status_code == 302
        assert client.get(f"{HOME}security/app/").status_code == 302
        assert client.post(f"{HOME}security/off/phone/").status_code == 302
    account.refresh_from_db()
    assert account.mfa_sms
    assert not Session.objects.filter(stage="whole").exists()


def test_staff_in_a_portal_set_up_nothing(store: Store, account: Account) -> None:
    """The services say so themselves, not only the pages."""
    accounts_settings(store, second_step="optional")
    visitor = visitor_of(session_of(visitor_client(store, account.customer)), store)
    staff = type(visitor)(
        store=store, customer=visitor.customer, account=None, session_id=visitor.session_id,
        proved_at=visitor.proved_at, seen_at=visitor.seen_at,
    )  # fmt: skip
    for name, act in own_acts().items():
        with pytest.raises(Refused):
            act(staff)
            pytest.fail(name)
