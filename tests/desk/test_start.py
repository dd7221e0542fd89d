"""The first run in the browser, and joining by invitation."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from regulars.staff import queries, services
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.factories import PASSWORD
from tests.people import Someone

FORM = {
    "store_name": "Café Lumière",
    "slug": "",
    "currency": "EUR",
    "country": "FR",
    "time_zone": "Europe/Paris",
    "language": "fr",
    "name": "Ana",
    "email": "ana@lumiere.test",
    "password": PASSWORD,
}


@pytest.mark.django_db
def test_a_fresh_install_leads_to_the_first_run() -> None:
    for url in ("/", "/desk/", "/desk/shop/settings/", "/accounts/login/"):
        answer = Client().get(url)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/start/"), url


@pytest.mark.django_db
def test_the_first_visitor_with_the_code_owns_the_store_and_is_signed_in() -> None:
    client = Client()
    answer = client.post("/start/", FORM | {"code": services.make_start_code()})
    assert answer.headers["Location"] == "/desk/cafe-lumiere/"
    assert client.get("/desk/cafe-lumiere/settings/").status_code == 200
    store = Store.objects.get()
    assert (store.name, store.currency, store.language) == ("Café Lumière", "EUR", "fr")


@pytest.mark.django_db
def test_wrong_codes_are_refused_and_limited() -> None:
    services.make_start_code()
    statuses = [Client().post("/start/", FORM | {"code": "AAAAA-AAAAA"}).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    assert not Store.objects.exists() and not User.objects.exists()


def test_the_page_is_gone_once_a_store_exists(store: Store) -> None:
    client = Client()
    assert client.get("/start/").headers["Location"] == "/desk/"
    assert client.post("/start/", FORM | {"code": "AAAAA-AAAAA"}).headers["Location"] == "/desk/"
    assert Store.objects.count() == 1


def link(owner: Someone, email: str) -> str:
    services.invite_person(
        store=owner.store, email=email, role="clerk", actor=owner.actor, now=timezone.now()
    )
    found = re.search(r"(/accounts/join/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def test_somebody_new_joins_with_a_name_and_a_password(owner: Someone) -> None:
    client = Client()
    answer = client.get(link(owner, "new@shop.test"))
    assert answer.headers["Location"] == "/accounts/join/"
    assert "new@shop.test" in client.get("/accounts/join/").content.decode()
    assert client.post("/accounts/join/", {"name": "New", "password": "short"}).status_code == 422
    answer = client.post("/accounts/join/", {"name": "New", "password": PASSWORD})
    assert answer.headers["Location"] == "/desk/shop/"
    assert client.get("/accounts/profile/").status_code == 200
    assert Client().get("/accounts/join/").status_code == 410


def test_somebody_known_signs_in_and_joins(owner: Someone, other_owner: Someone) -> None:
    client, path = Client(), link(owner, other_owner.user.email)
    client.get(path)
    page = client.get("/accounts/join/").content.decode()
    assert "Sign in to join" in page and 'name="password"' not in page
    assert client.post("/accounts/join/", {"name": "X", "password": PASSWORD}).status_code == 422
    client.post("/accounts/login/", {"login": other_owner.user.email, "password": PASSWORD})
    assert client.post("/accounts/join/").headers["Location"] == "/desk/shop/"
    assert queries.find_access(slug="shop", user_id=other_owner.user.pk) is not None


def test_the_invitation_of_somebody_else_lets_nobody_in(owner: Someone, other_owner: Someone) -> None:
    other_owner.client.get(link(owner, "new@shop.test"))
    assert other_owner.client.post("/accounts/join/").status_code == 403
    assert queries.find_access(slug="shop", user_id=other_owner.user.pk) is None


def test_a_made_up_link_says_nothing(store: Store) -> None:
    answer = Client().get("/accounts/join/guess/", follow=True)
    assert answer.status_code == 410 and "Shop" not in answer.content.decode()


def test_the_desk_opens_the_only_store_and_offers_several(owner: Someone, other_owner: Someone) -> None:
    assert owner.client.get("/desk/").headers["Location"] == "/desk/shop/"
    owner.client.get(link(other_owner, owner.user.email))
    owner.client.post("/accounts/join/")
    page = owner.client.get("/desk/").content.decode()
    assert "/desk/shop/" in page and "/desk/other/" in page
