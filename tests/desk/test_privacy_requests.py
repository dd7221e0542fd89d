"""Requests about personal data at the desk: by owner, manager, clerk, viewer, another store and strangers."""

from typing import Any

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.privacy import services
from regulars.privacy.choices import Kind, State, Way
from regulars.privacy.models import Copy, Request, RetentionRule, Settings
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.people import Someone, client_of
from tests.privacy.people import DAY, ada_of, age, ask
from tests.privacy.test_retention import LONG_AGO, make_rule

pytestmark = pytest.mark.django_db
DESK = "/desk/shop/"
LIST = f"{DESK}privacy_requests/"
KEEPING = f"{DESK}settings/privacy/keeping/"


@pytest.fixture
def ada(store: Store) -> Customer:
    return ada_of(store)


def act(client: Client, request: Request, name: str, **inputs: str) -> Any:
    return client.post(f"{LIST}actions/{name}/?id={request.pk}", {"confirmed": "1", **inputs})


PAGES = (
    (f"{LIST}new/", "viewer"),
    (f"{DESK}settings/privacy/", "clerk"),
    (KEEPING, "clerk"),
    (f"{KEEPING}new/", "clerk"),
)


@pytest.mark.parametrize("path,without", PAGES)
def test_pages_are_for_those_whose_role_includes_them(
    path: str, without: str, store: Store, other_store: Store, request: pytest.FixtureRequest
) -> None:
    assert client_of("manager", request).get(path).status_code == 200
    assert client_of(without, request).get(path).status_code == 403
    assert client_of("other_owner", request).get(path).status_code == 404
    assert client_of("anonymous", request).get(path).status_code == 302


@pytest.mark.parametrize(
    "who,status", [("owner", 200), ("clerk", 200), ("viewer", 200), ("other_owner", 404), ("anonymous", 302)]
)
def test_one_request(who: str, status: int, ada: Customer, request: pytest.FixtureRequest) -> None:
    asked = ask(ada, details="Please <b>now</b>", now=_now())
    answer = client_of(who, request).get(f"{LIST}{asked.pk}/")
    assert answer.status_code == status
    if status == 200:
        page = answer.content.decode()
        assert "Please &lt;b&gt;now&lt;/b&gt;" in page and "30 days left to answer" in page


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def test_a_request_is_noted_checked_and_carried_out(ada: Customer, manager: Someone) -> None:
    inputs = {"kind": "access", "way": "phone", "details": "rang at noon", "proof": "", "received": ""}
    url = f"{DESK}customers/actions/note-privacy-request/?id={ada.pk}"
    assert manager.client.post(url, {"confirmed": "1", **inputs}).status_code == 302
    request = Request.objects.get()
    assert (request.way, request.author_name, request.proof) == (Way.PHONE, manager.actor.name, "")
    act(manager.client, request, "carry-out", answer="")
    assert Request.objects.get().state == State.OPEN, "nobody knows yet who asks"
    act(manager.client, request, "verify", proof="document", note="passport")
    act(manager.client, request, "carry-out", answer="Here you are")
    found = Request.objects.get()
    assert (found.state, found.answer, found.handler_name) == (State.DONE, "Here you are", manager.actor.name)
    assert Copy.objects.get().tell


def test_a_clerk_notes_but_does_not_carry_out(ada: Customer, clerk: Someone) -> None:
    request = ask(ada, Kind.OBJECTION, proof="known", now=_now())
    for name, inputs in (
        ("carry-out", {"answer": ""}),
        ("turn-down", {"reason": "no"}),
        ("extend", {"reason": "x"}),
    ):
        assert act(clerk.client, request, name, **inputs).status_code == 403
    assert Request.objects.get().state == State.OPEN


def test_another_stores_request_is_not_found(ada: Customer, other_owner: Someone) -> None:
    request = ask(ada, proof="known", now=_now())
    url = f"/desk/other/privacy_requests/actions/turn-down/?id={request.pk}"
    other_owner.client.post(url, {"confirmed": "1", "reason": "no"})
    assert Request.objects.get().state == State.OPEN


def test_what_an_erasure_takes_and_keeps_is_said_first(ada: Customer, manager: Someone) -> None:
    request = ask(ada, Kind.ERASURE, proof="known", now=_now())
    page = manager.client.post(f"{LIST}actions/carry-out/?id={request.pk}").content.decode()
    assert "Erased in 7 days" in page and "removed for good" in page


def test_the_home_page_says_what_presses(ada: Customer, manager: Someone, viewer: Someone) -> None:
    ask(ada, now=_now() - 40 * DAY)
    ask(ada, Kind.OBJECTION, now=_now() - 25 * DAY)
    page = manager.client.get(DESK).content.decode()
    assert "1 privacy request is overdue" in page and "1 privacy request is due within a week" in page
    assert "privacy request" not in viewer.client.get(DESK).content.decode()
    assert (
        "Overdue by 10 days"
        in manager.client.get(f"{LIST}{Request.objects.order_by('pk')[0].pk}/").content.decode()
    )


def test_a_copy_is_made_and_downloaded_by_managers_and_noted(
    ada: Customer, manager: Someone, clerk: Someone, other_owner: Someone, anonymous: Client
) -> None:
    base = f"{DESK}customers/{ada.pk}/data/"
    for who, status in ((anonymous, 302), (other_owner.client, 404)):
        assert who.get(base).status_code == who.post(f"{base}copy/").status_code == status
    assert clerk.client.post(f"{base}copy/").status_code == 403
    assert "Make a copy" not in clerk.client.get(base).content.decode()
    assert not Copy.objects.exists()
    assert manager.client.post(f"{base}copy/").status_code == 302
    copy = Copy.objects.get()
    assert f"{base}{copy.pk}/" in manager.client.get(base).content.decode()
    answer = manager.client.get(f"{base}{copy.pk}/")
    assert b"".join(answer)[:2] == b"PK"
    assert clerk.client.get(f"{base}{copy.pk}/").status_code == 403
    assert other_owner.client.get(f"/desk/other/customers/{ada.pk}/data/{copy.pk}/").status_code == 404
    other = ada_of(ada.store, email="bob@example.com", phone="")
    assert manager.client.get(f"{DESK}customers/{other.pk}/data/{copy.pk}/").status_code == 404
    keys = list(
        Event.objects.filter(record_id=ada.pk, key__startswith="privacy.").values_list("key", flat=True)
    )
    assert keys == ["privacy.copied", "privacy.fetched"]


def test_settings(store: Store, owner: Someone, manager: Someone) -> None:
    url = f"{DESK}settings/privacy/"
    given = {"deadline_days": "20", "grace_days": "3", "notes_in_copy": "on"}
    assert manager.client.post(url, given).status_code == 302
    found = Settings.objects.get()
    assert (found.deadline_days, found.grace_days, found.notes_in_copy) == (20, 3, True)
    assert manager.client.post(url, given | {"deadline_days": "60"}).status_code == 422
    assert Settings.objects.get().deadline_days == 20


def test_a_rule_is_made_looked_at_and_switched_on_with_its_number(store: Store, manager: Someone) -> None:
    age(ada_of(store), LONG_AGO)
    given = {
        "name": "Two years",
        "months": "24",
        "grace_days": "30",
        "keep_flagged": "on",
        "tags": "a, b",
        "segment": "",
    }
    assert manager.client.post(f"{KEEPING}new/", given).status_code == 302
    rule = RetentionRule.objects.get()
    assert (rule.tags, rule.active) == (["a", "b"], False)
    page = manager.client.get(f"{KEEPING}{rule.pk}/").content.decode()
    assert "Switch on for 1 customer" in page and "Adalberta" in page
    manager.client.post(f"{KEEPING}{rule.pk}/on/", {"expected": "5"})
    assert not RetentionRule.objects.get().active
    manager.client.post(f"{KEEPING}{rule.pk}/on/", {})
    assert not RetentionRule.objects.get().active
    manager.client.post(f"{KEEPING}{rule.pk}/on/", {"expected": "1"})
    assert RetentionRule.objects.get().active
    manager.client.post(f"{KEEPING}{rule.pk}/off/")
    assert not RetentionRule.objects.get().active
    manager.client.post(f"{KEEPING}{rule.pk}/remove/")
    assert not RetentionRule.objects.exists()


@pytest.mark.parametrize("who,status", [("clerk", 403), ("other_owner", 404), ("anonymous", 302)])
def test_nobody_else_switches_a_rule(
    who: str, status: int, store: Store, request: pytest.FixtureRequest
) -> None:
    rule = make_rule(store)
    for verb in ("on", "off", "remove", "edit"):
        answer = client_of(who, request).post(f"{KEEPING}{rule.pk}/{verb}/", {"expected": "0"})
        assert answer.status_code == status
    assert not RetentionRule.objects.get().active


def test_a_rule_of_another_store_is_not_found(store: Store, other_owner: Someone) -> None:
    rule = make_rule(store)
    for verb in ("", "on/", "off/", "remove/", "edit/"):
        answer = other_owner.client.post(
            f"/desk/other/settings/privacy/keeping/{rule.pk}/{verb}", {"expected": "0"}
        )
        assert answer.status_code in (404, 405)
    assert RetentionRule.objects.exists()


def test_a_forgotten_persons_request_still_shows(ada: Customer, manager: Someone) -> None:
    request = ask(ada, Kind.ERASURE, proof="known", details="I am Adalberta", now=_now())
    services.carry_out(store=ada.store, request_id=request.pk, answer="", actor=manager.actor, now=_now())
    services.erase_due(store=ada.store, now=_now() + 8 * DAY)
    page = manager.client.get(f"{LIST}{request.pk}/").content.decode()
    assert "The person was forgotten" in page and "Adalberta" not in page and f"#{ada.number}" in page
    assert f"#{ada.number}" in manager.client.get(f"{LIST}?tab=done").content.decode()
