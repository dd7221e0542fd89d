"""What becomes of logins when people are forgotten, deleted and merged; how they are asked for; the settings."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from regulars.accounts import services
from regulars.accounts.models import Account, Session, Settings, SignUp, Visit
from regulars.customers.models import Customer
from regulars.customers.services import anonymise_customers, delete_customers, edit_customer
from regulars.duplicates.services import merge_customers
from regulars.kit.actor import system
from regulars.kit.sealing import seal
from regulars.resources.context import Context
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests import factories
from tests.accounts.people import (
    PASSWORD,
    accounts_settings,
    link_in,
    make_account,
    open_shop,
    visitor_client,
    write_mail,
)
from tests.factories import NOW
from tests.people import sign_in

HOME = "/shop/shop/account/"
SETTINGS = "/desk/shop/settings/accounts/"
FORM = {"email": "nora@example.com", "password": PASSWORD}

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(db: None) -> Store:
    return open_shop(delete_policy="always")


@pytest.fixture
def account(store: Store) -> Account:
    return make_account(store)


def full_account(store: Store, account: Account) -> Client:
    """Everything that can be kept about somebody's sign-in."""
    Account.objects.filter(pk=account.pk).update(
        totp_sealed=seal({"secret": "JBSWY3DPEHPK3PXP"}), mfa_phone="+33612345678", mfa_sms=True
    )
    client = visitor_client(store, account.customer)
    Client().post(f"{HOME}sign-in/mail/", {"email": "nora@example.com"})
    form = {"first_name": "Nora", "last_name": "Lind", "email": "nora@example.com", "language": "en"}
    Client().post(f"{HOME}new/", form)
    write_mail()
    services.open_portal(
        store=store, ids=[account.customer_id], inputs={"reason": "Nora asked"}, actor=system(),
        now=timezone.now(), change_set=None,
    )  # fmt: skip
    return client


def kept_about(*words: str) -> list[str]:
    """Tables of accounts in which any of the words stands."""
    tables = ("account", "signup", "token", "session", "device", "visit", "recoverycode")
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT t::text FROM accounts_{table} t")
            text = " ".join(row[0] for row in cursor.fetchall()).lower()
            found += [table for word in words if word.lower() in text]
    return found


def act(service: Any, store: Store, *ids: Any) -> None:
    service(store=store, ids=list(ids), inputs={}, actor=system(), now=timezone.now(), change_set=None)


def test_who_is_anonymised_has_no_login_and_is_named_nowhere(store: Store, account: Account) -> None:
    client = full_account(store, account)
    assert kept_about("nora") != []
    act(anonymise_customers, store, account.customer_id)
    assert kept_about("nora", "612345678") == []
    assert not Account.objects.exists()
    assert not SignUp.objects.exists()
    assert Visit.objects.get().reason == ""
    assert client.get(HOME).status_code == 302
    account.customer.refresh_from_db()
    assert not account.customer.has_account


def test_who_is_deleted_leaves_nothing(store: Store, account: Account) -> None:
    full_account(store, account)
    act(delete_customers, store, account.customer_id)
    for model in (Account, Session, Visit, SignUp):
        assert not model.objects.exists()


def test_who_was_deleted_begins_anew_with_another_login(store: Store, account: Account) -> None:
    client, old = visitor_client(store, account.customer), account.customer_id
    act(delete_customers, store, old)
    assert client.get(HOME).status_code == 302
    assert Client().post(f"{HOME}sign-in/", FORM).status_code == 422
    client = Client()
    client.post(f"{HOME}new/", FORM | {"first_name": "Nora", "last_name": "Lind", "language": "en"})
    client.post(link_in(write_mail()[-1]))
    assert Client().post(f"{HOME}sign-in/", FORM).url == HOME
    customer = Customer.objects.get()
    assert (customer.pk != old, customer.orders_count) == (True, 0)


def test_a_merged_customer_keeps_the_login(store: Store, account: Account) -> None:
    """The record with the login goes into the one without: the person signs in as before, and finds everything."""
    client = visitor_client(store, account.customer)
    guest = factories.make_customer(store, email="n.lind@example.com", first_name="Nora")
    merge_customers(
        store=store,
        survivor_id=guest.pk,
        loser_ids=[account.customer_id],
        choices={},
        actor=system(),
        now=NOW,
    )
    assert client.get(HOME).status_code == 302
    guest.refresh_from_db()
    assert guest.has_account
    assert Client().post(f"{HOME}sign-in/", FORM).url == HOME
    assert Account.objects.get().customer_id == guest.pk


def test_of_two_logins_that_of_the_survivor_stays(store: Store, account: Account) -> None:
    other = make_account(store, "ida@example.com")
    clients = [visitor_client(store, one.customer) for one in (account, other)]
    merge_customers(
        store=store, survivor_id=account.customer_id, loser_ids=[other.customer_id], choices={}, actor=system(),
        now=NOW,
    )  # fmt: skip
    assert Account.objects.get().pk == account.pk
    assert [client.get(HOME).status_code for client in clients] == [302, 302]


def test_the_record_can_get_another_address_without_locking_anybody_out(
    store: Store, account: Account
) -> None:
    """Staff mistype an address: the login goes on with the old one, until the new mailbox has proven itself."""
    edit_customer(
        store=store, customer_id=account.customer_id, values={"email": "lind@example.com"}, base_version=None,
        actor=system(), now=NOW,
    )  # fmt: skip
    assert Client().post(f"{HOME}sign-in/", FORM).url == HOME
    act(services.resend_login_email, store, account.customer_id)
    (mail,) = write_mail()
    assert mail.to == "lind@example.com"
    Client().post(link_in(mail), {"password": "another-secret-99"})
    new = {"email": "lind@example.com", "password": "another-secret-99"}
    assert Client().post(f"{HOME}sign-in/", new).url == HOME
    assert Client().post(f"{HOME}sign-in/", FORM).status_code == 422


def test_one_signs_in_with_another_address_once_its_mailbox_says_so(store: Store, account: Account) -> None:
    client = visitor_client(store, account.customer)
    client.post(f"{HOME}security/mail/", {"email": "new@example.com"})
    (mail,) = write_mail()
    assert mail.to == "new@example.com"
    stranger = visitor_client(store, make_account(store, "eve@example.com").customer)
    assert stranger.post(link_in(mail)).status_code == 422
    assert client.get(link_in(mail)).status_code == 200
    account.refresh_from_db()
    assert account.email == "nora@example.com"
    assert client.post(link_in(mail)).status_code == 302
    account.refresh_from_db()
    account.customer.refresh_from_db()
    assert account.email == account.customer.email == "new@example.com"
    assert client.post(link_in(mail)).status_code == 422


def test_nobody_takes_the_address_of_somebody_else(store: Store, account: Account) -> None:
    make_account(store, "eve@example.com")
    client = visitor_client(store, account.customer)
    asked = client.post(f"{HOME}security/mail/", {"email": "eve@example.com"})
    assert "Look into your mail" in asked.content.decode()
    (mail,) = write_mail()
    assert client.post(link_in(mail)).status_code == 422
    account.refresh_from_db()
    assert account.email == "nora@example.com"


@pytest.mark.parametrize(
    ("login", "facts"),
    [
        ("none", None),
        ("active", {}),
        ("invited", {"verified_at": None}),
        ("must_change", {"must_change": True}),
        ("locked", {"locked_until": "later"}),
    ],
)
def test_one_finds_people_by_their_login(store: Store, account: Account, login: str, facts: Any) -> None:
    later = timezone.now() + timedelta(minutes=5)
    if facts is None:
        Account.objects.all().delete()
    elif facts:
        Account.objects.update(
            **{name: later if value == "later" else value for name, value in facts.items()}
        )
    resource = get_resource("customers")
    context = Context(store=store, actor=system(), now=timezone.now())
    for one in ("none", "active", "invited", "must_change", "locked", "unverified"):
        query = query_from_params(resource, {"tab": "all", "where": f"login = {one}"}, context)
        assert matching(query, context).count() == (one == login), one


def test_the_record_page_says_it(store: Store, account: Account) -> None:
    owner = sign_in(store, "owner")  # type: ignore[arg-type]
    page = owner.client.get(f"/desk/shop/customers/{account.customer_id}/").content.decode()
    assert "Login" in page
    assert "Active" in page


def test_the_settings_are_the_owners(store: Store) -> None:
    for role, status in (("viewer", 403), ("clerk", 403), ("manager", 403), ("owner", 200)):
        assert sign_in(store, role).client.get(SETTINGS).status_code == status  # type: ignore[arg-type]
    assert Client().get(SETTINGS).status_code == 302
    assert sign_in(open_shop("other"), "owner").client.get(SETTINGS).status_code == 404  # type: ignore[arg-type]


def test_the_settings_are_saved_and_the_default_password_never_shown(store: Store) -> None:
    owner = sign_in(store, "owner")  # type: ignore[arg-type]
    form = {
        "active": "true",
        "second_step": "required",
        "totp": "true",
        "default_password": "market-square-77",
    }
    assert owner.client.post(SETTINGS, form).status_code == 302
    kept = Settings.objects.get()
    assert (kept.second_step, kept.totp, kept.sms) == ("required", True, False)
    page = owner.client.get(SETTINGS).content.decode()
    assert "market-square-77" not in page
    assert kept.default_password not in page
    event = Event.objects.get(key="account.settings_edited")
    assert "market" not in str((event.before, event.after, event.data))
    nothing = owner.client.post(SETTINGS, {"active": "true", "second_step": "required"})
    assert nothing.status_code == 422
    weak = owner.client.post(SETTINGS, form | {"default_password": "short"})
    assert weak.status_code == 422
    owner.client.post(SETTINGS, form | {"default_password": "", "no_default": "true"})
    kept.refresh_from_db()
    assert kept.default_password == ""


def test_without_logins_everybody_is_signed_out(store: Store, account: Account) -> None:
    client = visitor_client(store, account.customer)
    accounts_settings(store, active=False)
    assert not Session.objects.exists()
    assert client.get(HOME).status_code == 404
    accounts_settings(store, active=True)
    assert client.get(HOME).status_code == 302


def test_what_ended_is_tidied_away(store: Store, account: Account) -> None:
    full_account(store, account)
    services.tidy(store=store, now=timezone.now() + timedelta(days=40))
    assert not Session.objects.exists()
    assert not SignUp.objects.exists()
    assert Account.objects.exists()
