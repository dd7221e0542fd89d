"""Messages handed to real providers, as far as their side can be played here: what they are told, what they answer."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.messaging import sms
from regulars.messaging.models import Consent, Message, Stopped
from regulars.messaging.services import deliver_due, write_to
from regulars.staff.models import OutboxMessage
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
PHONE = "+33612345678"


class Provider(HTTPServer):
    """Keeps what it is told and answers as it was set to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[dict[str, Any]] = []
        self.answer: tuple[int, dict[str, Any]] = 200, {}


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(json.loads(body))
        status, said = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def postmark(settings: Any) -> Iterator[Provider]:
    with Provider() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        settings.MAILERS = {"default": {"BACKEND": "anymail.backends.postmark.EmailBackend"}}
        settings.ANYMAIL = {
            "PROVIDER": "postmark",
            "POSTMARK_SERVER_TOKEN": "secret",
            "POSTMARK_API_URL": url,
        }
        yield server
        server.shutdown()


def written(store: Store, purpose: str, channel: str = "mail") -> Message:
    ada = make_customer(
        store, email="ada@example.test", phone=PHONE, accepts_marketing=True, accepts_sms=True
    )
    words = {"purpose": purpose, "channel": channel, "subject": "Sale", "body": "Come"}
    write_to(store=store, ids=[ada.pk], inputs=words, actor=system("Tests"), now=NOW, change_set=None)
    deliver_due(now=NOW)
    return Message.objects.get()


INACTIVE = "Found inactive addresses: ada@example.test. Inactive recipients are ones that have bounced."
TAKEN = {"ErrorCode": 0, "Message": "OK", "MessageID": "pm-1", "To": "ada@example.test"}


def test_a_mail_provider_learns_how_to_end_it_and_under_which_name_to_report(
    store: Store, postmark: Provider
) -> None:
    postmark.answer = 200, TAKEN
    message = written(store, "marketing")
    assert (message.state, message.provider_id) == ("sent", "pm-1")
    (told,) = postmark.told
    headers = {one["Name"]: one["Value"] for one in told["Headers"]}
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<http") and "/unsubscribe/" in told["TextBody"]
    assert told["Metadata"] == {"message": str(message.pk)}


@pytest.mark.parametrize(
    ("status", "said", "state"),
    [
        (500, {}, "queued"),
        (429, {}, "queued"),
        (422, {"ErrorCode": 300, "Message": "Invalid email request"}, "queued"),
        (422, {"ErrorCode": 406, "Message": INACTIVE}, "bounced"),
    ],
)
def test_what_a_mail_provider_answers(
    store: Store, postmark: Provider, status: int, said: dict[str, Any], state: str
) -> None:
    postmark.answer = status, said
    assert written(store, "service").state == state


class Answer:
    """What Twilio answers."""

    def __init__(self, status: int, said: object) -> None:
        self.status, self.data = status, json.dumps(said).encode()


@pytest.mark.parametrize(
    ("status", "said", "state", "accepts", "stopped"),
    [
        (201, {"sid": "SM1"}, "sent", True, False),
        (400, {"code": 21610}, "failed", False, False),
        (400, {"code": 21211}, "bounced", True, True),
        (400, {"code": 21602}, "failed", True, False),
        (500, "a page", "queued", True, False),
        (401, {"code": 20003}, "queued", True, False),
    ],
)
def test_what_twilio_answers(
    store: Store,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    said: object,
    state: str,
    accepts: bool,
    stopped: bool,
) -> None:
    settings.SMS = {"sid": "AC1", "token": "secret", "from": "+1555"}
    told: list[dict[str, Any]] = []

    def request(method: str, url: str, **rest: Any) -> Answer:
        told.append({"url": url, **rest})
        return Answer(status, said)

    monkeypatch.setattr(sms._HTTP, "request", request)
    message = written(store, "marketing", "sms")
    assert (message.state, message.provider_id) == (state, "SM1" if state == "sent" else "")
    assert "/AC1/" in told[0]["url"] and "unsubscribe" in told[0]["body"]
    assert (Customer.objects.get().accepts_sms, Stopped.objects.exists()) == (accepts, stopped)
    assert Consent.objects.filter(granted=False).count() == (0 if accepts else 1)


def test_without_providers_both_ways_end_in_the_outbox(store: Store, settings: Any) -> None:
    settings.MAILERS = {"default": {"BACKEND": "regulars.staff.outbox.OutboxBackend"}}
    assert written(store, "service", "sms").state == "sent"
    kept = OutboxMessage.objects.get()
    assert (kept.store_id, kept.to, kept.body) == (store.pk, PHONE, "Come")
