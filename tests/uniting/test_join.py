"""One person with two accounts: the mail to the other address, what is shown, and what becomes of the two."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from regulars.accounts.choices import SecondStep
from regulars.accounts.models import Account, Session, Token
from regulars.accounts.queries import customer_actor, visitor_of
from regulars.accounts.rules import MOST_WRONG_CODES
from regulars.accounts.services import Browser, NotSignedIn, open_portal
from regulars.blocklist.models import Hit
from regulars.customers import services as customers
from regulars.customers.models import Address, Customer
from regulars.duplicates.models import Merge
from regulars.duplicates.services import CannotMerge, merge_own
from regulars.kit.actor import Actor, system
from regulars.kit.errors import NotAllowed
from regulars.orders.models import Order
from regulars.portal.visiting import BROWSER, SESSION
from regulars.privacy import services as privacy
from regulars.privacy.choices import Kind, Way
from regulars.privacy.services import Asking
from regulars.staff.choices import Role
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.undoing import undo_change_set
from regulars.uniting.services import join
from tests.accounts.people import (
    PASSWORD,
    Got,
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
from tests.blocklist.conftest import make_rule
from tests.factories import NOW, make_customer
from tests.loyalty.giving import change, points_of
from tests.orders.making import make_order
from tests.people import sign_in

pytestmark = pytest.mark.django_db
HOME = "/shop/shop/account/"
JOIN = f"{HOME}security/join/"
OTHER = "nora@work.example"


@pytest.fixture(autouse=True)
def _no_attempts_counted() -> None:
    cache.clear()


@pytest.fixture
def store(db: None) -> Store:
    return open_shop()


@pytest.fixture
def nora(store: Store) -> Customer:
    """Who stays: an order and 120 points."""
    facts = {"phone": "+447700900123", "address": "5 Hill Road", "city": "Leeds", "country": "GB"}
    one = make_account(store, "nora@example.com", accepts_marketing=True, **facts).customer
    make_order(store, customer_id=one.pk)
    change(store, one, 120)
    one.refresh_from_db()
    return one


@pytest.fixture
def other(store: Store) -> Customer:
    """Her other account: two orders and 80 points."""
    facts = {"first_name": "N.", "address": "1 Office Park", "city": "York", "country": "GB"}
    one = make_account(store, OTHER, birthdate="1980-05-01", **facts).customer
    make_order(store, customer_id=one.pk)
    make_order(store, customer_id=one.pk)
    change(store, one, 80)
    one.refresh_from_db()
    return one


@pytest.fixture
def hers(store: Store, nora: Customer) -> Client:
    return visitor_client(store, nora)


def asked(client: Client, email: str = OTHER) -> tuple[str, Got]:
    """Give the other address; the page that wants the code, and the mail."""
    answer = client.post(JOIN, {"email": email})
    assert answer.status_code == 302, answer.content.decode()
    (mail,) = (one for one in write_mail() if "yours too" in one.subject)
    return answer.headers["Location"], mail


def proven(client: Client, email: str = OTHER) -> str:
    """Prove the other address; the page that shows what would be joined."""
    page, mail = asked(client, email)
    answer = client.post(page, {"code": code_in(mail)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def state() -> list[Any]:
    """What joining would have changed."""
    tables = (Customer, Account, Session, Order, Merge, Address)
    return [list(table.objects.order_by("pk").values()) for table in tables] + [
        list(Event.objects.exclude(key__startswith="message.").order_by("pk").values())
    ]


def test_two_become_one_by_the_code_of_the_mail(
    store: Store, nora: Customer, other: Customer, hers: Client
) -> None:
    theirs = visitor_client(store, other)
    elsewhere = visitor_client(store, nora)
    page = proven(hers)
    shown = hers.get(page).content.decode()
    for text in ("1 here, 2 there", "120 here, 80 there", "200", "Nora Lind", "5 Hill Road", OTHER):
        assert text in shown
    assert "1 Office Park" not in shown and "kept among your further addresses" in shown
    before = key_of(hers)
    answer = hers.post(page)
    assert answer.headers["Location"] == f"{HOME}?said=joined"
    assert "The two are one now." in hers.get(answer.headers["Location"]).content.decode()

    nora.refresh_from_db()
    assert (nora.email, nora.first_name, nora.city) == ("nora@example.com", "Nora", "Leeds")
    assert (nora.orders_count, nora.points, str(nora.birthdate)) == (3, 200, "1980-05-01")
    assert nora.accepts_marketing  # her word here, whatever the other account said
    assert list(Address.objects.filter(customer=nora).values_list("address", flat=True)) == ["1 Office Park"]
    assert not Customer.objects.filter(pk=other.pk).exists()
    assert Account.objects.get().email == "nora@example.com"
    # A new key here; every other browser is out.
    assert key_of(hers) != before and hers.get(HOME).status_code == 200
    assert theirs.get(HOME).status_code == elsewhere.get(HOME).status_code == 302
    assert Session.objects.count() == 1
    # Both mailboxes are told.
    told = {mail.to: mail.body for mail in write_mail()}
    assert set(told) == {"nora@example.com", OTHER}
    assert "joined with another account of yours" in told["nora@example.com"]


def test_by_the_link_too_whose_page_does_nothing_by_itself(
    nora: Customer, other: Customer, hers: Client
) -> None:
    _page, mail = asked(hers)
    assert (mail.to, mail.opens_access) == (OTHER, True)
    link = link_in(mail)
    assert hers.get(link).status_code == hers.head(link).status_code == 200
    assert not Token.objects.filter(proved_at__isnull=False).exists()
    page = hers.post(link).headers["Location"]
    assert hers.post(page).status_code == 302
    assert Customer.objects.get() == nora


def test_somebody_remembered_stays_remembered(store: Store, nora: Customer, other: Customer) -> None:
    client = visitor_client(store, nora, remember=True)
    assert client.post(proven(client)).cookies[SESSION]["max-age"]
    assert Session.objects.get().remembered


def test_what_was_ordered_as_a_guest_under_another_mail_comes_too(
    store: Store, nora: Customer, hers: Client
) -> None:
    guest = make_customer(store, email="nora@old.example", phone="+447700900999")
    make_order(store, customer_id=guest.pk)
    page = proven(hers, "Nora@Old.Example")
    assert "its login ends" not in hers.get(page).content.decode()
    assert hers.post(page).status_code == 302
    nora.refresh_from_db()
    assert (nora.orders_count, nora.phone) == (2, "+447700900123")
    # What is ordered with the old address later finds her.
    assert make_order(store, email="nora@old.example").customer_id == nora.pk


def test_the_login_of_the_other_address_is_gone_and_its_mails_say_so(
    store: Store, nora: Customer, other: Customer, hers: Client
) -> None:
    hers.post(proven(hers))
    write_mail()
    stranger = Client()
    form = {"email": OTHER, "password": PASSWORD}
    assert stranger.post(f"{HOME}sign-in/", form).status_code == 422
    for path, sent in (
        ("sign-in/mail/", {"email": OTHER}),
        ("forgotten/", {"email": OTHER}),
        ("new/", {"email": OTHER, "first_name": "N", "last_name": "L", "language": "en"}),
    ):
        stranger.post(f"{HOME}{path}", sent)
        (mail,) = write_mail()
        assert mail.to == OTHER and "address of that one" in mail.body, path
    assert not Token.objects.filter(used_at=None).exists()


def test_the_timeline_says_that_the_customer_did_it_and_staff_split_the_two_again(
    store: Store, nora: Customer, other: Customer, hers: Client
) -> None:
    hers.post(proven(hers))
    owner = sign_in(store, Role.OWNER)
    act = ChangeSet.objects.get(key="customer.merged")
    assert (act.actor_kind, act.actor_id, act.surface) == ("customer", nora.pk, "portal")
    page = owner.client.get(f"/desk/shop/customers/{nora.pk}/").content.decode()
    assert f"Merged: #{other.number} went into this customer" in page
    assert "The customer · in the portal" in page
    connection.check_constraints()  # as at the end of each transaction
    undone = undo_change_set(store=store, change_set_id=act.pk, actor=owner.actor, now=timezone.now())
    assert not undone.left
    assert points_of(nora, other) == [120, 80]
    assert {one.customer_id: one.email for one in Account.objects.all()} == {
        nora.pk: "nora@example.com",
        other.pk: OTHER,
    }
    other.refresh_from_db()
    assert other.has_account and not Session.objects.exists()
    assert Client().post(f"{HOME}sign-in/", {"email": OTHER, "password": PASSWORD}).status_code == 302


def test_nothing_under_the_address_is_said_once_it_is_proven(nora: Customer, hers: Client) -> None:
    page = proven(hers, "nobody@example.com")
    before = state()
    assert "there is nothing else under it" in hers.get(page).content.decode()
    assert hers.post(page).status_code == 409
    assert state() == before


def test_nobody_learns_from_the_pages_or_the_mail_whether_an_address_has_an_account(
    store: Store, nora: Customer, other: Customer, hers: Client
) -> None:
    make_customer(store, email="guest@example.com")
    make_account(store, "off@example.com")
    customers.deactivate_customers(
        store=store, ids=[Customer.objects.get(email="off@example.com").pk], inputs={}, actor=system(), now=NOW,
        change_set=None,
    )  # fmt: skip
    seen = set()
    for email in (OTHER, "guest@example.com", "off@example.com", "nobody@example.com"):
        # When a browser was seen last is written once a minute: that must not count here, however slow the machine.
        Session.objects.update(seen_at=timezone.now() + timedelta(days=1))
        with CaptureQueriesContext(connection) as asking:
            page = hers.post(JOIN, {"email": email}).headers["Location"]
        (mail,) = write_mail()
        text = re.sub(r"[0-9a-f-]{36}|value=\"[^\"]*\"", "", hers.get(page).content.decode())
        body = re.sub(r"http\S+|\d{4} \d{4}", "", mail.body)
        assert mail.to == email
        seen.add((text, mail.subject, body, len(asking)))
    assert len(seen) == 1


@pytest.mark.parametrize("email", ["nora@example.com", "NORA@example.com", "nora@record.example"])
def test_the_own_address_is_refused(store: Store, nora: Customer, hers: Client, email: str) -> None:
    Account.objects.filter(customer=nora).update(email="nora@record.example", email_key="nora@record.example")
    answer = hers.post(JOIN, {"email": email})
    assert answer.status_code == 422 and "Give the other one" in answer.content.decode()
    assert not write_mail()


def _blocked(other: Customer) -> None:
    make_rule(other.store, "customer", str(other.pk), reason_shown="Please call us.")


def _archived(other: Customer) -> None:
    customers.archive_customers(
        store=other.store, ids=[other.pk], inputs={}, actor=system(), now=NOW, change_set=None
    )


def _off(other: Customer) -> None:
    customers.deactivate_customers(
        store=other.store, ids=[other.pk], inputs={}, actor=system(), now=NOW, change_set=None
    )


def _second_step(other: Customer) -> None:
    accounts_settings(other.store, second_step=SecondStep.OPTIONAL)
    Account.objects.filter(customer=other).update(mfa_sms=True, mfa_phone="+447700900555")


def _other_mail(other: Customer) -> None:
    """The record has the address, the login another one."""
    Account.objects.filter(customer=other).update(email="n@home.example", email_key="n@home.example")


def _erasing(other: Customer) -> None:
    asking = Asking(customer_id=other.pk, kind=Kind.ERASURE, way=Way.PHONE, proof="known", proof_note="Ada")
    privacy.ask(store=other.store, asking=asking, actor=system(), now=NOW)


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (_blocked, "Please call us."),
        (_archived, "switched off"),
        (_off, "switched off"),
        (_second_step, "second step"),
        (_other_mail, "signs in with another address"),
        (_erasing, "about to be erased"),
    ],
)
@pytest.mark.parametrize("when", ["before the mail", "after the look"])
def test_refuses_what_a_mailbox_alone_must_not_do(
    nora: Customer, other: Customer, hers: Client, happened: Any, said: str, when: str
) -> None:
    if when == "before the mail":
        happened(other)
    page = proven(hers)
    if when == "after the look":
        assert hers.get(page).status_code == 200
        happened(other)
    before = state()
    for answer in (hers.get(page), hers.post(page)):
        assert answer.status_code == 409
        text = answer.content.decode()
        assert said in text and "80" not in re.sub(r"<[^>]*>", "", text)
    assert state() == before


def test_the_block_list_notes_who_was_turned_away(nora: Customer, other: Customer, hers: Client) -> None:
    page = proven(hers)
    _blocked(other)
    assert hers.post(page).status_code == 409 and Hit.objects.exists()


def test_somebody_forgotten_is_nobody(store: Store, nora: Customer, other: Customer, hers: Client) -> None:
    page = proven(hers)
    customers.anonymise_customers(
        store=store, ids=[other.pk], inputs={}, actor=system(), now=NOW, change_set=None
    )
    assert "there is nothing else under it" in hers.get(page).content.decode()
    assert hers.post(page).status_code == 409 and not Merge.objects.exists()


def test_a_proof_is_good_once(store: Store, nora: Customer, other: Customer, hers: Client) -> None:
    page, mail = asked(hers)
    code, link = code_in(mail), link_in(mail)
    preview = hers.post(page, {"code": code}).headers["Location"]
    assert hers.post(page, {"code": code}).status_code == 422
    assert hers.post(link).status_code == 422
    assert hers.post(preview).status_code == 302
    make_customer(store, email="third@example.com")
    before = state()
    for answer in (hers.post(preview), hers.get(preview), hers.post(link), hers.post(page, {"code": code})):
        assert answer.status_code == 422
    assert state() == before


def test_a_proof_holds_for_minutes(nora: Customer, other: Customer, hers: Client) -> None:
    page, mail = asked(hers)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert hers.post(page, {"code": code_in(mail)}).status_code == 422
    assert hers.post(link_in(mail)).status_code == 422
    preview = proven(hers)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert hers.get(preview).status_code == hers.post(preview).status_code == 422
    assert not Merge.objects.exists()


def test_a_preview_that_nobody_proved_is_not_there(nora: Customer, other: Customer, hers: Client) -> None:
    page, _mail = asked(hers)
    preview = page.replace("join/code/", "join/")
    assert hers.get(preview).status_code == hers.post(preview).status_code == 422


def test_in_another_browser_the_proof_is_worth_nothing(
    store: Store, nora: Customer, other: Customer, hers: Client
) -> None:
    page, mail = asked(hers)
    preview = page.replace("join/code/", "join/")
    second = visitor_client(store, nora)
    other_browser = visitor_client(store, other)
    stranger = Client()
    third = visitor_client(store, make_account(store, "third@example.com").customer)
    put_cookie(
        third, store, BROWSER, hers.cookies[BROWSER].value
    )  # the same machine, somebody else signed in
    for client, status in ((second, 422), (other_browser, 422), (third, 422), (stranger, 302)):
        assert client.post(page, {"code": code_in(mail)}).status_code == status
        assert client.post(link_in(mail)).status_code == status
    assert hers.post(page, {"code": code_in(mail)}).status_code == 302
    for client, status in ((second, 422), (other_browser, 422), (third, 422), (stranger, 302)):
        assert client.get(preview).status_code == client.post(preview).status_code == status
    assert not Merge.objects.exists()


def test_the_proof_of_another_store_is_worth_nothing(
    store: Store, nora: Customer, other: Customer, hers: Client
) -> None:
    elsewhere = open_shop("elsewhere")
    twin = visitor_client(elsewhere, make_account(elsewhere, "nora@example.com").customer)
    page, mail = asked(hers)
    put_cookie(twin, elsewhere, BROWSER, hers.cookies[BROWSER].value)
    there = [path.replace("/shop/shop/", "/shop/elsewhere/") for path in (page, link_in(mail))]
    assert twin.post(there[0], {"code": code_in(mail)}).status_code == 422
    assert twin.post(there[1]).status_code == 422
    preview = hers.post(page, {"code": code_in(mail)}).headers["Location"]
    assert twin.post(preview.replace("/shop/shop/", "/shop/elsewhere/")).status_code == 422
    assert not Merge.objects.exists()


def test_an_account_of_another_store_is_not_joined(store: Store, nora: Customer, hers: Client) -> None:
    elsewhere = open_shop("elsewhere")
    there = make_account(elsewhere, OTHER)
    page = proven(hers)
    assert "there is nothing else under it" in hers.get(page).content.decode()
    assert Account.objects.filter(pk=there.pk).exists()


def test_five_codes_may_be_wrong(nora: Customer, other: Customer, hers: Client) -> None:
    page, mail = asked(hers)
    for _each in range(MOST_WRONG_CODES):
        assert hers.post(page, {"code": "0000 0000"}).status_code == 422
    assert hers.post(page, {"code": code_in(mail)}).status_code == 422
    assert not Token.objects.filter(proved_at__isnull=False).exists()


def test_mails_are_limited_for_the_customer_and_for_the_address(
    store: Store, nora: Customer, hers: Client
) -> None:
    answers = [hers.post(JOIN, {"email": f"a{each}@example.com"}).status_code for each in range(8)]
    assert 429 in answers
    cache.clear()
    people = [
        visitor_client(store, make_account(store, f"p{each}@example.com").customer) for each in range(8)
    ]
    answers = [client.post(JOIN, {"email": "victim@example.com"}).status_code for client in people]
    assert 429 in answers


def test_it_asks_again_who_one_is(store: Store, nora: Customer, other: Customer, hers: Client) -> None:
    page, mail = asked(hers)
    preview = page.replace("join/code/", "join/")
    Session.objects.update(proved_at=timezone.now() - timedelta(hours=1))
    for path in (JOIN, page, link_in(mail), preview):
        for answer in (hers.get(path), hers.post(path, {"code": code_in(mail), "email": OTHER})):
            assert answer.status_code == 302 and f"{HOME}prove/" in answer.headers["Location"]
    assert not Merge.objects.exists() and not write_mail()


@pytest.mark.parametrize("act", [False, True])
def test_staff_never_do_it(store: Store, nora: Customer, other: Customer, hers: Client, act: bool) -> None:
    page, mail = asked(hers)
    manager = sign_in(store, Role.MANAGER)
    outcome = open_portal(
        store=store,
        ids=[nora.pk],
        inputs={"act": act},
        actor=manager.actor,
        now=timezone.now(),
        change_set=None,
    )
    manager.client.post("/shop/" + outcome.said[nora.pk].partition("/shop/")[2])
    put_cookie(manager.client, store, BROWSER, hers.cookies[BROWSER].value)
    preview = page.replace("join/code/", "join/")
    for path in (JOIN, page, link_in(mail), preview):
        for answer in (manager.client.get(path), manager.client.post(path, {"code": code_in(mail)})):
            assert answer.status_code == 403
    assert "Join another account" not in manager.client.get(f"{HOME}security/").content.decode()
    assert not Token.objects.filter(proved_at__isnull=False).exists() and not Merge.objects.exists()


def test_strangers_sign_in_first(store: Store, nora: Customer) -> None:
    for path in (JOIN, f"{JOIN}code/{nora.pk}/", f"{JOIN}link/abc/", f"{JOIN}{nora.pk}/"):
        for answer in (Client().get(path), Client().post(path)):
            assert answer.status_code == 302 and f"{HOME}sign-in/" in answer.headers["Location"]


def test_a_form_of_another_site_joins_nothing(
    store: Store, nora: Customer, other: Customer, hers: Client
) -> None:
    page = proven(hers)
    strict = Client(enforce_csrf_checks=True)
    for name in (SESSION, BROWSER):
        put_cookie(strict, store, name, hers.cookies[name].value)
    assert strict.post(page).status_code == 403 and not Merge.objects.exists()


def test_the_security_page_leads_there(nora: Customer, hers: Client) -> None:
    assert f'href="{JOIN}"' in hers.get(f"{HOME}security/").content.decode()
    assert hers.get(JOIN).status_code == 200


def test_where_accounts_are_off_nothing_is_joined(store: Store, nora: Customer, hers: Client) -> None:
    page, _mail = asked(hers)
    accounts_settings(store, active=False)
    assert hers.get(JOIN).status_code == hers.post(page).status_code == 404


def test_what_merging_refuses_is_said_politely_and_the_proof_stays(
    nora: Customer, other: Customer, hers: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = proven(hers)
    before = state()

    def refuse(**_asked: Any) -> None:
        raise CannotMerge("#2 was merged into #7 already.")

    with monkeypatch.context() as patched:
        patched.setattr("regulars.uniting.services.merge_own", refuse)
        answer = hers.post(page)
    assert answer.status_code == 409 and "get in touch with the shop" in answer.content.decode()
    assert "#7" not in answer.content.decode() and state() == before
    assert hers.post(page).status_code == 302


def test_only_the_customer_themself_merges_without_the_permission_of_staff(
    store: Store, nora: Customer, other: Customer
) -> None:
    for actor in (customer_actor(other), Actor(kind="staff", name="Clerk", id=nora.pk)):
        with pytest.raises(NotAllowed):
            merge_own(store=store, survivor_id=nora.pk, loser_id=other.pk, choices={}, actor=actor, now=NOW)
    assert not Merge.objects.exists()


def test_who_was_signed_out_a_moment_ago_joins_nothing(
    store: Store, nora: Customer, other: Customer, hers: Client
) -> None:
    """Somebody ended the session while the button was on its way: no new one comes of it."""
    proof = proven(hers).rstrip("/").rpartition("/")[2]
    session = Session.objects.select_related("account", "customer", "visit").get(customer=nora)
    visitor = visitor_of(session, store)
    Session.objects.all().delete()
    before = state()
    with pytest.raises(NotSignedIn):
        join(
            visitor=visitor, proof_id=UUID(proof), browser_secret=hers.cookies[BROWSER].value,
            browser=Browser(), now=timezone.now(),
        )  # fmt: skip
    assert state() == before
