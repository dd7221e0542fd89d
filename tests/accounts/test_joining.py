"""Getting a login: the form, the mail, the record it joins; and those who try to learn or to steal something by it."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from regulars.accounts.choices import Login
from regulars.accounts.models import Account, Session, SignUp
from regulars.accounts.queries import login_of
from regulars.accounts.services import confirm_at_counter
from regulars.blocklist import services as blocks
from regulars.customers.models import Customer
from regulars.kit.actor import Actor, system
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from tests import factories
from tests.accounts.people import (
    PASSWORD,
    accounts_settings,
    link_in,
    make_account,
    open_shop,
    write_mail,
)
from tests.factories import NOW

FORM = {
    "first_name": "Nora",
    "last_name": "Lind",
    "email": "Nora@Example.com",
    "language": "en",
    "password": PASSWORD,
}
NEW, SIGN_IN = "/shop/shop/account/new/", "/shop/shop/account/sign-in/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(db: None) -> Store:
    return open_shop()


def signed_in(client: Client) -> bool:
    return client.get("/shop/shop/account/").status_code == 200


def test_a_stranger_gets_a_login_by_form_and_mail(store: Store) -> None:
    client = Client()
    answer = client.post(NEW, FORM)
    assert answer.status_code == 200
    assert b"Look into your mail" in answer.content
    assert not Customer.objects.exists()
    (mail,) = write_mail()
    assert mail.to == "Nora@Example.com"
    assert mail.opens_access
    page = client.get(link_in(mail))
    assert page.status_code == 200
    assert not Account.objects.exists()  # machines open links
    assert client.post(link_in(mail)).status_code == 302
    customer = Customer.objects.get()
    assert (customer.first_name, customer.last_name, customer.email, customer.source) == (
        "Nora", "Lind", "Nora@Example.com", "shop",
    )  # fmt: skip
    assert customer.has_account
    assert login_of(store=store, customer_id=customer.pk, now=NOW) == Login.ACTIVE
    assert signed_in(client)
    other = Client()
    other.post(SIGN_IN, {"email": "nora@example.COM", "password": PASSWORD})
    assert signed_in(other)


def test_a_guest_keeps_one_record(store: Store) -> None:
    guest = factories.make_customer(store, first_name="N.", email="nora@example.com", source="order")
    client = Client()
    client.post(NEW, FORM)
    assert login_of(store=store, customer_id=guest.pk, now=timezone.now()) == Login.UNVERIFIED
    client.post(link_in(write_mail()[0]))
    assert Customer.objects.get().pk == guest.pk
    guest.refresh_from_db()
    assert guest.first_name == "N."  # what the store wrote stays
    assert guest.has_account


def test_the_link_works_once(store: Store) -> None:
    client = Client()
    client.post(NEW, FORM)
    link = link_in(write_mail()[0])
    assert client.post(link).status_code == 302
    assert Client().get(link).status_code == 422
    assert Client().post(link).status_code == 422
    assert Account.objects.count() == 1


def test_the_link_is_of_one_store(store: Store) -> None:
    open_shop("other")
    client = Client()
    client.post(NEW, FORM)
    link = link_in(write_mail()[0]).replace("/shop/shop/", "/shop/other/")
    assert client.post(link).status_code == 422
    assert not Account.objects.exists()


def test_a_password_of_somebody_else_is_not_taken_over(store: Store) -> None:
    """An attacker types the victim's address and a password of their own; the victim opens the mail."""
    attacker, victim = Client(), Client()
    attacker.post(NEW, FORM | {"password": "attackers-own-secret-1"})
    link = link_in(write_mail()[0])
    page = victim.get(link).content.decode()
    assert 'name="password"' in page
    assert victim.post(link, {"password": ""}).status_code == 200
    assert Account.objects.get().password == ""
    attacker.post(SIGN_IN, {"email": FORM["email"], "password": "attackers-own-secret-1"})
    assert not signed_in(attacker)
    assert not signed_in(victim)  # nor is anybody signed in by somebody else's link


def test_the_answer_is_the_same_for_a_known_address(store: Store) -> None:
    make_account(store)
    answers = []
    for email in ("nora@example.com", "nobody@example.com"):
        answer = Client().post(NEW, FORM | {"email": email})
        code = answer.context["code"]
        answers.append((answer.status_code, answer.content.decode().replace(code, "")))
    assert without_token(answers[0]) == without_token(answers[1])
    mails = write_mail()
    assert len(mails) == 2
    known, unknown = mails
    assert "You have one already" in known.body
    assert "/account/confirm/" in unknown.body
    assert Account.objects.count() == 1


def without_token(answer: tuple[int, str]) -> tuple[int, str]:
    return answer[0], re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer[1])


def test_nothing_that_was_typed_stands_in_the_mail(store: Store) -> None:
    Client().post(NEW, FORM | {"first_name": "Win a prize", "last_name": "today"})
    (mail,) = write_mail()
    assert "prize" not in mail.subject + mail.body


def test_the_form_takes_no_links_and_no_weak_password(store: Store) -> None:
    assert Client().post(NEW, FORM | {"first_name": "www.evil.example"}).status_code == 422
    assert Client().post(NEW, FORM | {"password": "password12"}).status_code == 422
    assert Client().post(NEW, FORM | {"password": "nora@example.com"}).status_code == 422
    assert not SignUp.objects.exists()


def test_staff_confirm_by_the_code_that_is_read_out(store: Store) -> None:
    guest = factories.make_customer(store, first_name="Nora", phone="+33612345678")
    client = Client()
    code = client.post(NEW, FORM).context["code"]
    clerk = factories.actor_of(store, factories.make_person(store, "clerk"))
    outcome = read_out(store, guest, code, clerk)
    assert outcome.done == [guest.pk]
    guest.refresh_from_db()
    assert guest.email == "Nora@Example.com"
    client.post(SIGN_IN, {"email": FORM["email"], "password": PASSWORD})
    assert signed_in(client)


def read_out(store: Store, guest: Customer, code: str, actor: Actor) -> Outcome:
    return confirm_at_counter(
        store=store, ids=[guest.pk], inputs={"code": code}, actor=actor, now=timezone.now(), change_set=None
    )


def test_a_code_does_not_take_somebody_elses_address(store: Store) -> None:
    factories.make_customer(store, email="nora@example.com")
    guest = factories.make_customer(store, first_name="Ida", phone="+33612345678")
    code = Client().post(NEW, FORM).context["code"]
    clerk = factories.actor_of(store, factories.make_person(store, "clerk"))
    outcome = read_out(store, guest, code, clerk)
    assert "merge" in outcome.skipped[guest.pk]
    assert not Account.objects.exists()


def test_whoever_is_blocked_learns_it_by_mail_alone(store: Store) -> None:
    guest = factories.make_customer(store, email="nora@example.com")
    blocks.block_customers(
        store=store, ids=[guest.pk], inputs={"reason": "fraud", "reason_shown": "Please call us."},
        actor=system(), now=NOW, change_set=None,
    )  # fmt: skip
    answer = Client().post(NEW, FORM)
    assert b"Please call us" not in answer.content
    (mail,) = write_mail()
    assert "Please call us." in mail.body
    assert "fraud" not in mail.body
    assert "/confirm/" not in mail.body


def test_without_accounts_there_is_no_way_in(store: Store) -> None:
    accounts_settings(store, active=False)
    assert Client().get(NEW).status_code == 404
    assert Client().get(SIGN_IN).status_code == 404
    assert b"sign-in" not in Client().get("/shop/shop/").content
    assert not Session.objects.exists()
