"""The pages about messages, tried by everybody."""

from datetime import time

import pytest

from regulars.kit.actor import system
from regulars.messaging import kinds, services
from regulars.messaging.models import Consent, Message, Settings, Template
from regulars.stores.models import Store
from tests.factories import NOW, make_customer
from tests.messaging.kinds_of_tests import CARE, NEWS
from tests.people import Someone, client_of

PEOPLE = ("owner", "manager", "clerk", "viewer", "other_owner", "anonymous")
EVERYONE, MANAGERS = {"owner", "manager", "clerk", "viewer"}, {"owner", "manager"}
WORDING = "/desk/shop/settings/messages/tests.news/mail/fr/"


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", kinds._kinds | {one.name: one for one in (NEWS, CARE)})


@pytest.fixture
def message(store: Store) -> Message:
    ada = make_customer(store, first_name="Ada", email="ada@example.test", accepts_marketing=True)
    words = {"purpose": "marketing", "subject": "Sale, {{first_name}}", "body": "Come <b>now</b>"}
    services.write_to(
        store=store, ids=[ada.pk], inputs=words, actor=system("Tests"), now=NOW, change_set=None
    )
    return Message.objects.get()


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_open_what(message: Message, who: str, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    agreement = Consent.objects.get()
    pages = {
        "/desk/shop/messages/": EVERYONE,
        f"/desk/shop/messages/{message.pk}/": EVERYONE,
        "/desk/shop/consents/": EVERYONE,
        f"/desk/shop/customers/{message.customer_id}/of/messages/": EVERYONE,
        f"/desk/shop/customers/{message.customer_id}/of/agreements/": EVERYONE,
        "/desk/shop/settings/messages/": MANAGERS,
        WORDING: MANAGERS,
    }
    for url, allowed in pages.items():
        wanted = {"anonymous": 302, "other_owner": 404}.get(who, 200 if who in allowed else 403)
        assert client.get(url).status_code == wanted, url
    answer = client.get(f"/desk/shop/consents/{agreement.pk}/")
    assert answer.status_code == (404 if who == "other_owner" else 302)


@pytest.mark.parametrize("who", ["clerk", "viewer", "other_owner", "anonymous"])
def test_who_may_not_changes_nothing(message: Message, who: str, request: pytest.FixtureRequest) -> None:
    client = client_of(who, request)
    wanted = {"anonymous": 302, "other_owner": 404}.get(who, 403)
    for url, data in {
        "/desk/shop/settings/messages/": {"quiet_from": "10:00", "quiet_until": "11:00"},
        WORDING: {"subject": "Mine", "body": "Mine"},
        f"{WORDING}reset/": {},
    }.items():
        assert client.post(url, data).status_code == wanted, url
    assert not Settings.objects.exists() and not Template.objects.exists()


def test_a_message_is_shown_as_it_reads(owner: Someone, message: Message) -> None:
    page = owner.client.get(f"/desk/shop/messages/{message.pk}/").content.decode()
    assert "Sale, Ada" in page and "Come &lt;b&gt;now&lt;/b&gt;" in page and "ada@example.test" in page


def test_wording_is_previewed_saved_and_reset(owner: Someone, message: Message) -> None:
    client, number = owner.client, message.customer.number
    typed = {"subject": "{{thing}}", "body": "Salut {{first_name}}", "customer": f"#{number}", "preview": "1"}
    part = client.post(WORDING, typed, headers={"HX-Request": "true"}).content.decode()
    assert "Salut Ada" in part and "<html" not in part and not Template.objects.exists()
    wrong = client.post(
        WORDING, typed | {"body": "{{nobody}}"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "{{nobody}}" in wrong
    del typed["preview"]
    answer = client.post(WORDING, typed | {"body": "{{nobody}}"})
    assert answer.status_code == 422 and "{{nobody}}" in answer.content.decode()
    assert client.post(WORDING, typed).status_code == 302
    assert Template.objects.get().body == "Salut {{first_name}}"
    assert "own wording" in client.get("/desk/shop/settings/messages/").content.decode()
    assert client.post(f"{WORDING}reset/").status_code == 302 and not Template.objects.exists()
    assert "First wording again" in client.get(WORDING).content.decode()


@pytest.mark.parametrize(
    "address", ["tests.care/sms/fr/", "nothing/mail/fr/", "tests.news/mail/xx/", "written.service/mail/en/"]
)
def test_wordings_that_there_are_not(owner: Someone, address: str) -> None:
    assert owner.client.get(f"/desk/shop/settings/messages/{address}").status_code == 404


def test_quiet_hours_are_set_both_or_none(owner: Someone) -> None:
    url = "/desk/shop/settings/messages/"
    assert owner.client.post(url, {"quiet_from": "21:00"}).status_code == 422
    assert owner.client.post(url, {"quiet_from": "21:00", "quiet_until": "08:00"}).status_code == 302
    kept = Settings.objects.get()
    assert (kept.quiet_from.hour, kept.quiet_until.hour, kept.second_person_above) == (21, 8, None)


def test_quiet_hours_come_before_the_many_wordings(owner: Someone) -> None:
    page = owner.client.get("/desk/shop/settings/messages/").content.decode()
    assert page.index("quiet_from") < page.index("/mail/fr/")


def test_what_waits_for_the_end_of_the_quiet_hours_says_when_that_is(
    owner: Someone, message: Message
) -> None:
    Settings.objects.create(store=message.store, quiet_from=time(10), quiet_until=time(14, 30))
    due = NOW.astimezone(message.store.zone).replace(hour=14, minute=30)
    Message.objects.filter(pk=message.pk).update(due_at=due, purpose="marketing", created_at=NOW)
    page = owner.client.get(f"/desk/shop/messages/{message.pk}/").content.decode()
    assert "March 2, 2026, 2:30 p.m., when the quiet hours are over" in page
    Message.objects.filter(pk=message.pk).update(due_at=NOW)
    assert "quiet hours" not in owner.client.get(f"/desk/shop/messages/{message.pk}/").content.decode()


def test_a_stopped_address_is_told_on_the_page_and_lifted_there(owner: Someone, message: Message) -> None:
    services.deliver_due(now=NOW)
    report = services.Report(services.News.BOUNCED, message_id=message.pk, why="no such user")
    services.take_report(report=report, provider="Postmark", now=NOW)
    url = f"/desk/shop/customers/{message.customer_id}/"
    assert "gets no more mail" in owner.client.get(url).content.decode()
    lift = {"id": str(message.customer_id), "confirmed": "1"}
    assert owner.client.post("/desk/shop/customers/actions/lift-stop/", lift).status_code == 302
    assert "gets no more mail" not in owner.client.get(url).content.decode()


def test_the_dialog_tells_while_one_writes_who_gets_it_and_how_it_reads(
    owner: Someone, message: Message
) -> None:
    typed = {
        "id": str(message.customer_id),
        "purpose": "marketing",
        "subject": "Sale",
        "body": "Dear {{first_name}}",
        "rehearse": "1",
        "confirmed": "1",
    }
    url = "/desk/shop/customers/actions/write/"
    page = owner.client.post(url, typed).content.decode()
    assert "Dear Ada" in page and "get it" in page and "<form" not in page
    assert "{{nobody}}" in owner.client.post(url, typed | {"body": "{{nobody}}"}).content.decode()
    assert Message.objects.count() == 1
