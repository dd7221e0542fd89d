"""What providers report over HTTP: believed with the secret or signature alone."""

import hmac
from base64 import b64encode
from typing import Any

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.messaging import services
from regulars.messaging.models import Consent, Message, Stopped
from regulars.messaging.sms import callback_url
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
URL = "/hooks/mail/postmark/"
SECRET = "regulars:a-long-random-word"


def basic(text: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(text.encode()).decode()}"}


@pytest.fixture
def message(store: Store, settings: Any) -> Message:
    settings.ANYMAIL = {"PROVIDER": "postmark", "WEBHOOK_SECRET": SECRET, "POSTMARK_SERVER_TOKEN": "t"}
    ada = make_customer(store, email="ada@example.test", phone="+33612345678")
    services.write_to(
        store=store,
        ids=[ada.pk],
        inputs={"purpose": "service", "subject": "s", "body": "b"},
        actor=system("Tests"),
        now=NOW,
        change_set=None,
    )
    services.deliver_due(now=NOW)
    Message.objects.update(provider_id="p-1")
    return Message.objects.get()


def bounce(kind: str = "HardBounce", known_as: str = "p-1") -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "Type": kind,
        "TypeCode": 1,
        "MessageID": known_as,
        "Description": "unknown user",
        "Email": "somebody@else.test",
        "BouncedAt": "2026-03-02T10:00:00Z",
        "Metadata": {},
    }


def post(data: Any, headers: dict[str, str], url: str = URL) -> int:
    return (
        Client(enforce_csrf_checks=True)
        .post(url, data, content_type="application/json", headers=headers)
        .status_code
    )


def test_a_bounce_with_the_secret_is_noted_for_the_address_we_wrote_to(message: Message) -> None:
    assert post(bounce(), basic(SECRET)) == 200
    message.refresh_from_db()
    assert message.state == "bounced" and Stopped.objects.count() == 1


def test_a_full_mailbox_stops_nothing(message: Message) -> None:
    assert post(bounce("SoftBounce"), basic(SECRET)) == 200
    message.refresh_from_db()
    assert message.state == "bounced" and not Stopped.objects.exists()


@pytest.mark.parametrize(
    ("headers", "url", "status"),
    [
        ({}, URL, 404),
        (basic("regulars:wrong"), URL, 404),
        (basic(SECRET), "/hooks/mail/mailgun/", 404),
        (basic(SECRET), "/hooks/mail/nobody/", 404),
    ],
)
def test_nobody_else_is_believed(message: Message, headers: dict[str, str], url: str, status: int) -> None:
    assert post(bounce(), headers, url) == status
    message.refresh_from_db()
    assert message.state == "sent" and not Stopped.objects.exists()


def test_without_a_secret_nothing_is_taken_at_all(message: Message, settings: Any) -> None:
    settings.ANYMAIL = {"PROVIDER": "postmark", "POSTMARK_SERVER_TOKEN": "t"}
    assert post(bounce(), {}) == 404 and post(bounce(), basic(":")) == 404
    assert not Stopped.objects.exists()


@pytest.mark.parametrize(
    "data", ["", "{", "[]", "[1]", "null", '{"RecordType": "Bounce"}', '{"RecordType": 5}']
)
def test_damaged_reports_break_nothing(message: Message, data: str) -> None:
    assert post(data, basic(SECRET)) in (200, 400)
    assert not Stopped.objects.exists()


@pytest.fixture
def twilio(settings: Any, message: Message) -> dict[str, str]:
    settings.SMS = {"sid": "AC1", "token": "secret", "from": "+1555"}
    return {"MessageSid": "p-1", "MessageStatus": "undelivered", "ErrorCode": "30005"}


def signed(fields: dict[str, str], token: str = "secret") -> dict[str, str]:
    said = callback_url() + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return {"X-Twilio-Signature": b64encode(hmac.digest(token.encode(), said.encode(), "sha1")).decode()}


def test_twilio_is_believed_when_it_signs(message: Message, twilio: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    url = "/hooks/sms/twilio/"
    for headers in ({}, signed(twilio, "guess"), signed(twilio | {"MessageSid": "p-2"})):
        assert client.post(url, twilio, headers=headers).status_code == 404
    assert not Stopped.objects.exists()
    assert client.post(url, twilio, headers=signed(twilio)).status_code == 200
    message.refresh_from_db()
    assert message.state == "bounced" and Stopped.objects.exists()


def test_who_wrote_stop_agrees_to_text_messages_no_more(message: Message, twilio: dict[str, str]) -> None:
    Customer.objects.update(accepts_sms=True)
    Message.objects.update(channel="sms")
    said = twilio | {"ErrorCode": "21610"}
    assert Client().post("/hooks/sms/twilio/", said, headers=signed(said)).status_code == 200
    message.refresh_from_db()
    assert (message.state, Customer.objects.get().accepts_sms) == ("failed", False)
    assert Consent.objects.order_by("-at", "-pk")[0].place == "provider" and not Stopped.objects.exists()
