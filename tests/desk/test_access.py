"""Every page of the settings, tried by everybody; a refusal changes nothing."""

import json
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from regulars.staff import queries, services
from regulars.staff.models import ApiToken, Invitation, Membership
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW
from tests.people import Someone

OWNERS, MANAGERS = {"owner"}, {"owner", "manager"}
PAGES = {
    "": OWNERS,
    "shop/": OWNERS,
    "people/": MANAGERS,
    "people/invite/": OWNERS,
    "tokens/": OWNERS,
    "outbox/": MANAGERS,
    "messages/": MANAGERS,
}
EVERYBODY = ("owner", "manager", "clerk", "viewer", "other_owner", "anonymous")


def someone(name: str, request: pytest.FixtureRequest) -> Client:
    found: Someone | Client = request.getfixturevalue(name)
    return found.client if isinstance(found, Someone) else found


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("page", PAGES)
def test_who_may_open_a_page(store: Store, page: str, who: str, request: pytest.FixtureRequest) -> None:
    url = f"/desk/shop/settings/{page}"
    answer = someone(who, request).get(url)
    if who == "anonymous":
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={url}")
    elif who == "other_owner":
        assert answer.status_code == 404
        assert "Shop" not in answer.content.decode()
    else:
        assert answer.status_code == (200 if who in PAGES[page] else 403)
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.fixture
def writes(owner: Someone, clerk: Someone) -> dict[str, dict[str, str]]:
    """Every write of the settings with what would be sent."""
    services.invite_person(
        store=owner.store, email="guest@shop.test", role="viewer", actor=owner.actor, now=NOW
    )
    invitation = queries.open_invitations(store=owner.store, now=NOW)[0].id
    token, _secret = services.create_token(store=owner.store, name="Till", actor=owner.actor, now=NOW)
    base = "/desk/shop/settings/"
    return {
        base: {"name": "Stolen", "currency": "EUR", "time_zone": "UTC", "language": "en", "new_days": "1"},
        f"{base}shop/": {"shop_open": "true", "pickup_address": "Mine", "bank_details": "IBAN of a thief"},
        f"{base}people/invite/": {"email": "mine@evil.test", "role": "owner"},
        f"{base}people/invitations/{invitation}/resend/": {},
        f"{base}people/invitations/{invitation}/withdraw/": {},
        f"{base}people/{clerk.user.pk}/role/": {"role": "owner"},
        f"{base}people/{owner.user.pk}/remove/": {},
        f"{base}tokens/": {"name": "Mine", "role": "owner"},
        f"{base}tokens/{token.id}/revoke/": {},
    }


def everything() -> list[Any]:
    """What those writes could change."""
    tables = (Store, Membership, Invitation, ApiToken, Event)
    return [list(table.objects.order_by("pk").values()) for table in tables] + [len(mail.outbox)]


@pytest.mark.parametrize("who", ["manager", "clerk", "viewer", "other_owner", "anonymous"])
def test_only_owners_write(
    writes: dict[str, dict[str, str]], who: str, request: pytest.FixtureRequest
) -> None:
    client = someone(who, request)
    before = everything()
    for url, data in writes.items():
        wanted = {"anonymous": 302, "other_owner": 404}.get(who, 403)
        assert client.post(url, data).status_code == wanted, url
        assert client.get(url).status_code in {wanted, 405}, url
    assert everything() == before


def test_writes_need_the_csrf_token(owner: Someone, writes: dict[str, dict[str, str]]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner.user)
    before = everything()
    assert {client.post(url, data).status_code for url, data in writes.items()} == {403}
    assert everything() == before


def test_the_refusal_says_who_can(owner: Someone, clerk: Someone) -> None:
    page = clerk.client.get("/desk/shop/settings/tokens/").content.decode()
    assert "Create and end API tokens" in page and owner.user.name in page


def test_htmx_gets_a_toast_and_changes_nothing(owner: Someone, clerk: Someone) -> None:
    url = f"/desk/shop/settings/people/{owner.user.pk}/remove/"
    answer = clerk.client.post(url, headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert "End access" not in answer.content.decode()
    assert json.loads(answer.headers["HX-Trigger"])["desk:toast"]["kind"] == "error"
    assert Membership.objects.filter(user=owner.user).exists()


def test_htmx_without_a_session_goes_to_sign_in(store: Store, anonymous: Client) -> None:
    answer = anonymous.get("/desk/shop/settings/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/accounts/login/"


def test_the_last_owner_is_told_why_not(owner: Someone) -> None:
    answer = owner.client.post(f"/desk/shop/settings/people/{owner.user.pk}/remove/")
    assert answer.status_code == 409
    assert "at least one owner" in answer.content.decode()
    assert queries.find_access(slug="shop", user_id=owner.user.pk) is not None


def test_pages_speak_the_language_of_the_person_in_the_zone_of_the_store(owner: Someone) -> None:
    services.edit_profile(user_id=owner.user.pk, name="O", language="ar")
    page = owner.client.get("/desk/shop/settings/people/")
    assert page.headers["Content-Language"] == "ar"
    assert 'dir="rtl"' in page.content.decode()


def test_a_store_that_asks_for_a_second_step_gets_it(owner: Someone, clerk: Someone) -> None:
    Store.objects.filter(pk=owner.store.pk).update(require_second_factor=True)
    for method in (clerk.client.get, clerk.client.post):
        assert method("/desk/shop/settings/").headers["Location"] == "/accounts/2fa/"
    assert "Set one up to go on" in clerk.client.get("/accounts/2fa/").content.decode()


def test_one_query_finds_store_and_role(owner: Someone, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        queries.find_access(slug="shop", user_id=owner.user.pk)


def test_unknown_addresses_get_our_page(owner: Someone) -> None:
    for url in ("/nothing/here/", "/desk/nope/settings/"):
        answer = owner.client.get(url)
        assert answer.status_code == 404 and "auth-card" in answer.content.decode()


def test_every_page_is_under_a_strict_policy(owner: Someone) -> None:
    for page in PAGES:
        answer = owner.client.get(f"/desk/shop/settings/{page}")
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy
        text = answer.content.decode()
        assert " style=" not in text and " onclick=" not in text and "<style" not in text
