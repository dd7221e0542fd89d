"""Signing in by password and by mail, and those who try it without either."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from regulars.accounts.models import Account, Session, Token
from regulars.accounts.rules import MOST_WRONG
from regulars.accounts.services import Browser, NotSignedIn, end_sessions, sign_in
from regulars.blocklist import services as blocks
from regulars.customers import services as customer_services
from regulars.kit.actor import system
from regulars.portal import visiting
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests import factories
from tests.accounts.people import (
    PASSWORD,
    code_in,
    key_of,
    link_in,
    make_account,
    open_shop,
    put_cookie,
    visitor_client,
    write_mail,
)
from tests.factories import NOW

HOME = "/shop/shop/account/"
SIGN_IN, BY_MAIL = f"{HOME}sign-in/", f"{HOME}sign-in/mail/"
FORM = {"email": "nora@example.com", "password": PASSWORD}
WRONG = FORM | {"password": "not-her-password"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(db: None) -> Store:
    return open_shop()


@pytest.fixture
def account(store: Store) -> Account:
    return make_account(store)


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def plain(answer: Any) -> tuple[int, str]:
    """An answer without what is random in it, or was typed."""
    random = r'value="[^"]*"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    return answer.status_code, re.sub(random, "", answer.content.decode())


def ask(client: Client, email: str = "nora@example.com") -> str:
    """Ask for a link; gives the page on which the code is typed."""
    answer = client.post(BY_MAIL, {"email": email})
    assert answer.status_code == 302
    return str(answer.url)


def test_by_password(store: Store, account: Account) -> None:
    client = Client()
    answer = client.post(f"{SIGN_IN}?next=/shop/shop/basket/", FORM | {"next": "/shop/shop/basket/"})
    assert answer.url == "/shop/shop/basket/"
    assert is_in(client)
    assert Event.objects.filter(key="account.signed_in", record_id=account.customer_id).count() == 1
    cookie = client.cookies[visiting.SESSION]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/shop/shop/", True, "Lax")
    assert cookie["max-age"] == ""  # it ends with the browser


def test_cookies_are_secure_in_production(store: Store, account: Account, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    client.post(SIGN_IN, FORM | {"remember": "true"})
    assert client.cookies[visiting.SESSION]["secure"]
    assert client.cookies[visiting.SESSION]["max-age"] == 30 * 86400


def test_the_wrong_password_and_an_unknown_address_are_answered_alike(store: Store, account: Account) -> None:
    wrong = plain(Client().post(SIGN_IN, WRONG))
    unknown = plain(Client().post(SIGN_IN, WRONG | {"email": "nobody@example.com"}))
    assert wrong == unknown
    assert wrong[0] == 422


def test_both_take_the_same_work(store: Store, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many hashes and as many questions to the database, whoever it is."""
    make_account(store, "none@example.com", password="")
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str, *args: Any) -> str:
        hashed.append(salt)
        return encode(self, password, salt, *args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    work = []
    for email in ("nora@example.com", "nobody@example.com", "none@example.com"):
        hashed.clear()
        with CaptureQueriesContext(connection) as asked, pytest.raises(NotSignedIn):
            sign_in(
                store=store, email=email, password="not-her-password", browser=Browser(), now=timezone.now()
            )
        work.append((len(hashed), len(asked)))
    assert work[0] == work[1] == work[2]
    assert work[0][0] == 1


def test_a_link_is_asked_for_alike(store: Store, account: Account) -> None:
    pages = [
        plain(Client().get(ask(Client(), email))) for email in ("nora@example.com", "nobody@example.com")
    ]
    assert pages[0] == pages[1]
    with CaptureQueriesContext(connection) as known:
        ask(Client())
    with CaptureQueriesContext(connection) as unknown:
        ask(Client(), "nobody@example.com")
    assert len(known) == len(unknown)
    mails = write_mail()
    assert {one.to for one in mails} == {"nora@example.com", "nobody@example.com"}
    assert len(mails) == 4


def test_a_new_password_is_asked_for_alike(store: Store, account: Account) -> None:
    answers = [
        plain(Client().post(f"{HOME}forgotten/", {"email": email}))
        for email in ("nora@example.com", "nobody@example.com")
    ]
    assert answers[0] == answers[1]
    assert len(write_mail()) == 2


def test_ten_wrong_tries_lock_the_password_and_write_to_the_owner(store: Store, account: Account) -> None:
    for _each in range(MOST_WRONG):
        answer = Client().post(SIGN_IN, WRONG)
        assert answer.status_code == 422
    client = Client()
    locked = plain(client.post(SIGN_IN, FORM))
    assert locked == plain(Client().post(SIGN_IN, WRONG | {"email": "nobody@example.com"}))
    assert not is_in(client)
    (mail,) = write_mail()
    assert mail.to == "nora@example.com"
    assert "too many wrong tries" in mail.body
    assert Event.objects.filter(key="account.locked").count() == 1


def test_nobody_can_lock_somebody_else_out(store: Store, account: Account) -> None:
    Account.objects.update(locked_until=timezone.now() + timedelta(minutes=10))
    client = Client()
    page = ask(client)
    client.post(page, {"code": code_in(write_mail()[0])})
    assert is_in(client)
    account.refresh_from_db()
    assert account.locked_until is None


def test_tries_are_limited_for_an_address(store: Store, account: Account) -> None:
    answers = [Client().post(SIGN_IN, WRONG).status_code for _each in range(13)]
    assert answers[-1] == 429
    other = Client().post(SIGN_IN, WRONG | {"email": "ida@example.com"})
    assert other.status_code == 422


def test_tries_are_limited_for_a_place(store: Store) -> None:
    """Stuffing: another address each time, from one computer."""
    answers = [
        Client().post(SIGN_IN, {"email": f"{n}@example.com", "password": "x"}).status_code for n in range(61)
    ]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_failures_are_limited_for_a_store(store: Store, account: Account, settings: Any) -> None:
    """Stuffing from very many computers: passwords rest, mail goes on."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"shop_failed": "3/5m/key"}
    for n in range(3):
        Client(REMOTE_ADDR=f"203.0.113.{n}").post(SIGN_IN, {"email": f"{n}@example.com", "password": "x"})
    assert Client(REMOTE_ADDR="203.0.113.9").post(SIGN_IN, FORM).status_code == 429
    client = Client()
    client.post(ask(client), {"code": code_in(write_mail()[0])})
    assert is_in(client)


def test_by_the_link_of_a_mail(store: Store, account: Account) -> None:
    client = Client()
    ask(client)
    (mail,) = write_mail()
    assert mail.opens_access
    assert client.get(link_in(mail)).status_code == 200
    assert not is_in(client)  # machines open links
    assert client.post(link_in(mail)).url == HOME
    assert is_in(client)
    again = Client()
    again.cookies = client.cookies
    assert client.post(link_in(mail)).status_code == 422


def test_a_forwarded_link_is_worth_nothing(store: Store, account: Account) -> None:
    client, other = Client(), Client()
    ask(client)
    link = link_in(write_mail()[0])
    assert other.get(link).status_code == 403
    assert other.post(link).status_code == 422
    assert not is_in(other)
    assert client.post(link).status_code == 302  # it was not used up by that


def test_nobody_is_signed_in_to_somebody_elses_account(store: Store, account: Account) -> None:
    """The link of an attacker's own mail, sent to a victim, does not let the victim in as the attacker."""
    attacker, victim = Client(), Client()
    ask(attacker)
    link = link_in(write_mail()[0])
    victim.get(f"{BY_MAIL}")
    victim.post(BY_MAIL, {"email": "ida@example.com"})
    assert victim.post(link).status_code == 422
    assert not is_in(victim)


def test_a_link_expires(store: Store, account: Account) -> None:
    client = Client()
    page = ask(client)
    (mail,) = write_mail()
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link_in(mail)).status_code == 422
    assert client.post(link_in(mail)).status_code == 422
    assert client.post(page, {"code": code_in(mail)}).status_code == 422
    assert not is_in(client)


def test_a_link_is_of_one_store(store: Store, account: Account) -> None:
    other = open_shop("other")
    make_account(other)
    client = Client()
    page = ask(client)
    (mail,) = write_mail()
    secret = client.cookies[visiting.BROWSER].value
    put_cookie(client, other, visiting.BROWSER, secret)
    assert client.post(link_in(mail).replace("/shop/shop/", "/shop/other/")).status_code == 422
    assert (
        client.post(page.replace("/shop/shop/", "/shop/other/"), {"code": code_in(mail)}).status_code == 422
    )
    assert not Session.objects.exists()


def test_by_the_code_of_a_mail_once(store: Store, account: Account) -> None:
    client = Client()
    page = ask(client)
    code = code_in(write_mail()[0])
    assert client.post(page, {"code": code.replace(" ", "-")}).status_code == 302
    assert is_in(client)
    client.post(f"{HOME}sign-out/")
    assert client.post(page, {"code": code}).status_code == 422


def test_five_wrong_codes_end_it(store: Store, account: Account) -> None:
    client = Client()
    page = ask(client)
    code = code_in(write_mail()[0])
    for n in range(5):
        assert client.post(page, {"code": f"0000000{n}"}).status_code == 422
    assert client.post(page, {"code": code}).status_code == 422
    assert not is_in(client)


def test_a_code_works_where_it_was_asked_for_alone(store: Store, account: Account) -> None:
    client, other = Client(), Client()
    page = ask(client)
    code = code_in(write_mail()[0])
    assert other.post(page, {"code": code}).status_code == 422
    other.post(BY_MAIL, {"email": "ida@example.com"})
    assert other.post(page, {"code": code}).status_code == 422


def test_a_mailbox_is_not_filled(store: Store, account: Account) -> None:
    for n in range(20):
        Client(REMOTE_ADDR=f"203.0.113.{n}").post(BY_MAIL, {"email": "nora@example.com"})
    assert len([one for one in write_mail() if one.to == "nora@example.com"]) <= 8


def test_a_planted_key_is_worth_nothing(store: Store, account: Account) -> None:
    """Fixation: whoever knows the key that a browser had before has not the one after."""
    attacker = make_account(store, "eve@example.com")
    planted = key_of(visitor_client(store, attacker.customer))
    victim = Client()
    put_cookie(victim, store, visiting.SESSION, planted)
    victim.post(f"{HOME}sign-out/")
    put_cookie(victim, store, visiting.SESSION, planted)
    put_cookie(victim, store, visiting.BROWSER, "planted-browser-secret-planted-browser")
    victim.post(SIGN_IN, FORM)
    assert key_of(victim) not in ("", planted)
    other = Client()
    put_cookie(other, store, visiting.SESSION, planted)
    assert not is_in(other)


def test_a_key_of_one_store_opens_no_other(store: Store, account: Account) -> None:
    other = open_shop("other")
    client = visitor_client(store, account.customer)
    assert is_in(client)
    put_cookie(client, other, visiting.SESSION, key_of(client))
    assert client.get("/shop/other/account/").status_code == 302


def test_only_digests_are_kept(store: Store, account: Account) -> None:
    client = Client()
    ask(client)
    (mail,) = write_mail()
    secret = link_in(mail).rstrip("/").rpartition("/")[2]
    client.post(link_in(mail))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM accounts_token t UNION ALL SELECT s::text FROM accounts_session s"
        )
        rows = " ".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT m::text FROM messaging_message m")
        messages = " ".join(row[0] for row in cursor.fetchall())
    for kept in (secret, code_in(mail), code_in(mail).replace(" ", ""), key_of(client)):
        assert kept not in rows
        assert kept not in messages
    assert "•••" in messages


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/desk/", "javascript:alert(1)", "/shop/other/",
     "/shop/shop/../../desk/", "/shop/shop/%2e%2e/%2e%2e/desk/", "/shop/shopping/", "/shop/shop/\n//evil.example"],
)  # fmt: skip
def test_one_goes_on_within_the_shop_alone(store: Store, account: Account, wanted: str) -> None:
    answer = Client().post(SIGN_IN, FORM | {"next": wanted})
    assert answer.url == HOME


def test_links_are_those_of_the_install(store: Store, account: Account, settings: Any) -> None:
    """A request that claims another host does not get it into a mail."""
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(HTTP_HOST="evil.example", HTTP_X_FORWARDED_HOST="evil.example")
    client.post(BY_MAIL, {"email": "nora@example.com"})
    client.post(f"{HOME}forgotten/", {"email": "nora@example.com"})
    for mail in write_mail():
        assert "evil.example" not in mail.body
        assert f"{settings.BASE_URL}/shop/shop/account/" in mail.body


def test_forms_need_their_token(store: Store, account: Account) -> None:
    signed_in = visitor_client(store, account.customer)
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    for path in (
        "sign-in/",
        "sign-in/mail/",
        "new/",
        "sign-out/",
        "security/password/",
        "security/sessions/end/",
    ):
        assert client.post(f"{HOME}{path}", FORM).status_code == 403
    assert is_in(signed_in)


def test_the_key_of_staff_opens_no_portal_and_the_other_way_round(store: Store, account: Account) -> None:
    owner = factories.make_person(store)
    staff = Client()
    staff.force_login(owner)
    assert staff.get(HOME).status_code == 302
    put_cookie(staff, store, visiting.SESSION, staff.cookies["regulars_staff"].value)
    assert staff.get(HOME).status_code == 302
    customer = visitor_client(store, account.customer)
    customer.cookies["regulars_staff"] = key_of(customer)
    assert customer.get("/desk/shop/customers/").status_code == 302


@pytest.mark.parametrize("how", ["deactivate", "archive", "block", "mail rule"])
def test_who_may_not_sign_in_is_out_at_once_and_told_why(store: Store, account: Account, how: str) -> None:
    client = visitor_client(store, account.customer)
    assert is_in(client)
    same: dict[str, Any] = {
        "store": store, "ids": [account.customer_id], "actor": system(), "now": NOW, "change_set": None,
    }  # fmt: skip
    why = "Your login is switched off"
    if how == "deactivate":
        customer_services.deactivate_customers(inputs={}, **same)
    elif how == "archive":
        customer_services.archive_customers(inputs={}, **same)
    else:
        why = "Please call us."
        blocks.block_customers(inputs={"reason": "fraud", "reason_shown": why}, **same)
    if how == "mail rule":  # a rule by hand ends no session itself: the door finds it at the next look
        Session.objects.all().delete()
        client = visitor_client(store, account.customer)
        answer = client.get(HOME)
        assert answer.status_code == 403
        assert why in answer.content.decode()
        assert "fraud" not in answer.content.decode()
    assert not Session.objects.exists()
    assert not is_in(client)
    refused = Client().post(SIGN_IN, FORM)
    assert refused.status_code == 403
    assert why in refused.content.decode()
    assert Client().post(SIGN_IN, WRONG).status_code == 422  # who has not proven it learns nothing


def test_sessions_end_everywhere(store: Store, account: Account) -> None:
    here, there = visitor_client(store, account.customer), visitor_client(store, account.customer)
    page = here.get(f"{HOME}security/")
    assert page.status_code == 200
    other = Session.objects.exclude(pk=page.context["sessions"][0]["end_url"].split("/")[-3]).get()
    assert here.post(f"{HOME}security/sessions/{other.pk}/end/").status_code == 302
    assert sorted([is_in(here), is_in(there)]) == [False, True]
    third = visitor_client(store, account.customer)
    third.post(f"{HOME}security/sessions/end/")
    assert not Session.objects.exists()


def test_nobody_ends_somebody_elses_session(store: Store, account: Account) -> None:
    eve = make_account(store, "eve@example.com")
    visitor_client(store, account.customer)
    session = Session.objects.get()
    client = visitor_client(store, eve.customer)
    assert client.post(f"{HOME}security/sessions/{session.pk}/end/").status_code == 404
    assert Session.objects.filter(pk=session.pk).exists()


def test_open_links_end_with_the_sessions(store: Store, account: Account) -> None:
    client = Client()
    ask(client)
    link = link_in(write_mail()[0])
    end_sessions(store=store, customer_ids=[account.customer_id])
    assert client.post(link).status_code == 422
