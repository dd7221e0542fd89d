"""Who is written to, in which words, when, once, and what becomes of it."""

from datetime import UTC, datetime, time, timedelta
from smtplib import SMTPAuthenticationError, SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from anymail.exceptions import AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core.exceptions import ImproperlyConfigured

from regulars.customers.models import Customer
from regulars.customers.services import anonymise_customers
from regulars.kit.actor import system
from regulars.kit.errors import Invalid
from regulars.messaging import kinds, queries
from regulars.messaging.addresses import address_hash
from regulars.messaging.choices import Channel, MessageState, Stop
from regulars.messaging.kinds import MessageKind, check_wording, fill
from regulars.messaging.models import Message, Settings, Stopped, Template
from regulars.messaging.services import Wanted, deliver_due, send, send_many
from regulars.messaging.services.delivering import TRIES
from regulars.messaging.services.mailer import Mailer
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.messaging.kinds_of_tests import CARE, NEWS

pytestmark = pytest.mark.django_db
ME = system("Tests")


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {one.name: one for one in (NEWS, CARE)})


def write(store: Store, kind: MessageKind = NEWS, *, key: str = "", **facts: Any) -> Message:
    customer = make_customer(
        store, **{"first_name": "Ada", "email": "ada@example.test", "accepts_marketing": True} | facts
    )
    made = send(
        store=store,
        customer_id=customer.pk,
        kind=kind,
        values={"thing": "a coat"},
        key=key,
        actor=ME,
        now=NOW,
    )
    assert made is not None
    return made


def test_it_is_worded_and_sent_once(store: Store, mailoutbox: list[Any]) -> None:
    message = write(store, key="once")
    again = send(
        store=store, customer_id=message.customer_id, kind=NEWS, values={}, key="once", actor=ME, now=NOW
    )
    assert again is not None and again.pk == message.pk
    assert deliver_due(now=NOW) == 1 and deliver_due(now=NOW) == 0
    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == (f"a coat at {store.name}", ["ada@example.test"])
    assert mail.body.startswith("Hello Ada, a coat is here.\n\n-- \n") and "/unsubscribe/" in mail.body
    assert Event.objects.filter(record_id=message.customer_id, key="message.sent").count() == 1


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"accepts_marketing": False}, "has not agreed to marketing"),
        ({"email": ""}, "has no e-mail"),
        ({"state": "archived"}, "is archived"),
    ],
)
def test_what_may_not_be_sent_is_kept_with_the_reason(store: Store, facts: dict[str, Any], why: str) -> None:
    message = write(store, **facts)
    assert (message.state, message.why) == (MessageState.WITHHELD, why)
    assert deliver_due(now=NOW) == 0
    assert Event.objects.get(key="message.withheld").data["why"] == why


def test_an_address_that_bounced_gets_nothing(store: Store) -> None:
    gone = address_hash(store_id=store.pk, channel=Channel.MAIL, address="ADA@example.test ")
    Stopped.objects.create(store=store, channel=Channel.MAIL, address_hash=gone, why=Stop.BOUNCE, at=NOW)
    assert write(store).state == MessageState.WITHHELD


def test_quiet_hours_hold_marketing_back_and_nothing_else(store: Store) -> None:
    Settings.objects.create(store=store, quiet_from=time(10), quiet_until=time(14))
    news, care = write(store), write(store, CARE, email="bea@example.test")
    assert news.due_at == NOW.astimezone(ZoneInfo("Europe/Paris")).replace(hour=14, minute=0)
    assert care.due_at == NOW and deliver_due(now=NOW) == 1
    assert deliver_due(now=NOW + timedelta(hours=6)) == 1


@pytest.mark.parametrize(
    ("start", "end", "hour", "until"),
    [(22, 8, 23, 8), (22, 8, 7, 8), (22, 8, 8, None), (22, 8, 21, None), (9, 9, 9, None), (8, 10, 9, 10)],
)
def test_quiet_hours_around_midnight(
    store: Store, start: int, end: int, hour: int, until: int | None
) -> None:
    quiet = Settings(store=store, quiet_from=time(start), quiet_until=time(end))
    now = NOW.astimezone(store.zone).replace(hour=hour, minute=30)
    if hour in (start, end):
        now = now.replace(minute=0)
    due = queries.due_at(settings=quiet, now=now)
    assert (due == now) == (until is None) and (until is None or (due > now and due.hour == until))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-10-25T00:15Z", "2026-10-25T00:30Z"),  # 02:15, and the clocks will be put back from 3 to 2
        ("2026-10-25T01:15Z", "2026-10-25T01:30Z"),  # 02:15 once more
        ("2026-10-25T01:30Z", "2026-10-25T01:30Z"),
        ("2026-03-29T00:15Z", "2026-03-29T01:30Z"),  # there is no 02:30: an hour later instead
        ("2026-03-29T01:30Z", "2026-03-29T01:30Z"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(store: Store, now: str, due: str) -> None:
    quiet = Settings(store=store, quiet_from=time(22), quiet_until=time(2, 30))
    asked = datetime.fromisoformat(now)
    assert queries.due_at(settings=quiet, now=asked).astimezone(UTC) == datetime.fromisoformat(due)


def test_a_store_words_it_in_a_language(store: Store) -> None:
    Template.objects.create(
        store=store,
        kind=NEWS.name,
        channel=Channel.MAIL,
        language="fr",
        subject="{{thing}}\r\nBcc: x",
        body="Salut",
    )
    message = write(store, language="fr")
    assert (message.subject, message.body) == ("a coat Bcc: x", "Salut")


def break_mail(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> list[str]:
    """Let sending fail like this for mails to bea, or for all with her kind of trouble; gives who was tried."""
    tried: list[str] = []

    def send(self: object, mail: Any) -> None:
        tried.append(mail.to[0])
        if error is not None and mail.to[0] == "bea@example.test":
            raise error

    monkeypatch.setattr(Mailer, "send", send)
    return tried


def test_a_provider_that_is_away_is_tried_again_later_each_time_and_given_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_mail(monkeypatch, ConnectionRefusedError())
    message, now = write(store, email="bea@example.test"), NOW
    for attempt in range(TRIES):
        assert deliver_due(now=now) == 1 and deliver_due(now=now) == 0
        message.refresh_from_db()
        assert message.due_at == now + timedelta(minutes=2**attempt) or attempt == TRIES - 1
        now = message.due_at
    assert (message.state, message.attempts) == (MessageState.FAILED, TRIES)
    assert now - NOW > timedelta(hours=17) and deliver_due(now=now) == 0


def test_while_a_provider_is_away_nothing_else_goes_its_way(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = break_mail(monkeypatch, TimeoutError())
    first, second = write(store, email="bea@example.test"), write(store, email="cyd@example.test")
    deliver_due(now=NOW)
    second.refresh_from_db()
    assert (tried, second.state, second.attempts) == (["bea@example.test"], MessageState.QUEUED, 0)
    monkeypatch.setattr(Mailer, "send", lambda self, mail: tried.append(mail.to[0]))
    deliver_due(now=NOW + timedelta(minutes=1))
    assert sorted(tried[1:]) == ["bea@example.test", "cyd@example.test"]
    first.refresh_from_db()
    assert first.state == MessageState.SENT


@pytest.mark.parametrize(
    ("error", "state", "stopped"),
    [
        (SMTPRecipientsRefused({"b": (550, b"5.1.1 no such user")}), "bounced", True),
        (SMTPRecipientsRefused({"b": (550, b"5.7.1 not wanted")}), "bounced", False),
        (SMTPRecipientsRefused({"b": (450, b"4.2.0 greylisted")}), "queued", False),
        (SMTPDataError(554, b"looks like spam"), "failed", False),
        (SMTPDataError(452, b"later"), "queued", False),
        (AnymailRequestsAPIError("x", status_code=422), "queued", False),
        (AnymailRecipientsRefused(), "bounced", False),
        (UnicodeEncodeError("ascii", "é", 0, 1, "x"), "failed", False),
    ],
)
def test_trouble_with_one_message_holds_up_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, stopped: bool
) -> None:
    tried = break_mail(monkeypatch, error)
    message = write(store, email="bea@example.test")
    write(store, email="cyd@example.test")
    assert deliver_due(now=NOW) == 2 and len(tried) == 2
    message.refresh_from_db()
    assert (message.state, Stopped.objects.exists()) == (state, stopped)


@pytest.mark.parametrize(
    "error",
    [
        SMTPAuthenticationError(535, b"no"),
        SMTPServerDisconnected(),
        AnymailRequestsAPIError("x", status_code=429),
        AnymailRequestsAPIError("x"),
        ImproperlyConfigured("no token"),
    ],
)
def test_what_concerns_every_message_is_tried_with_one(
    store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    tried = break_mail(monkeypatch, error)
    for name in ("bea", "cyd"):
        write(store, email=f"{name}@example.test")
    deliver_due(now=NOW)
    assert tried == ["bea@example.test"]


def test_what_is_asked_for_by_day_and_tried_at_night_waits_for_the_morning(store: Store) -> None:
    news, care = write(store), write(store, CARE, email="bea@example.test")
    Settings.objects.create(store=store, quiet_from=time(10), quiet_until=time(14))
    deliver_due(now=NOW)
    news.refresh_from_db()
    care.refresh_from_db()
    assert (care.state, news.state, news.attempts) == (MessageState.SENT, MessageState.QUEUED, 0)
    assert news.due_at.astimezone(store.zone).hour == 14


def test_it_goes_to_where_they_are_reached_by_then(store: Store, mailoutbox: list[Any]) -> None:
    message = write(store)
    Customer.objects.update(email="new@example.test", email_key="new@example.test")
    deliver_due(now=NOW)
    message.refresh_from_db()
    assert (mailoutbox[0].to, message.address) == (["new@example.test"], "new@example.test")


def test_who_is_forgotten_while_it_is_on_its_way_stays_forgotten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = write(store)

    def send(self: object, mail: Any) -> None:
        asked: dict[str, Any] = {"store": store, "ids": [message.customer_id], "inputs": {}, "actor": ME}
        anonymise_customers(**asked, now=NOW, change_set=None)

    monkeypatch.setattr(Mailer, "send", send)
    deliver_due(now=NOW)
    message.refresh_from_db()
    assert (message.state, message.address, message.body) == (MessageState.WITHHELD, "", "")


def test_many_at_once_ask_few_questions(store: Store, django_assert_max_num_queries: Any) -> None:
    people = [
        make_customer(store, email=f"p{number}@example.test", accepts_marketing=True) for number in range(30)
    ]
    with django_assert_max_num_queries(12):
        made = send_many(store=store, kind=NEWS, wanted=[Wanted(one.pk) for one in people], actor=ME, now=NOW)
    assert len(made) == 30


@pytest.mark.parametrize("text", ["{{nobody}}", "{{ }}", "{{first_name}", "}}", "{{a b}}"])
def test_a_wording_with_an_unknown_variable_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        check_wording(NEWS, text, field="body")


def test_a_name_that_looks_like_a_variable_stays_what_it_is() -> None:
    assert fill("Hello {{first_name}}", {"first_name": "{{store}}", "store": "x"}) == "Hello {{store}}"
