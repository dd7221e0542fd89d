"""What providers report, what stops an address, and how it goes on."""

from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.messaging import kinds, queries
from regulars.messaging.choices import Channel, MessageState
from regulars.messaging.models import Consent, Message, Stopped
from regulars.messaging.services import (
    News,
    Report,
    deliver_due,
    leave,
    lift_stops,
    send,
    take_report,
    try_again,
    unsubscribe_url,
)
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.messaging.kinds_of_tests import CARE, NEWS

pytestmark = pytest.mark.django_db
ME = system("Tests")


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {one.name: one for one in (NEWS, CARE)})


@pytest.fixture
def ada(store: Store) -> Customer:
    return make_customer(store, first_name="Ada", email="ada@example.test", accepts_marketing=True)


def write(customer: Customer, channel: Channel = Channel.MAIL) -> Message:
    made = send(
        store=customer.store,
        customer_id=customer.pk,
        kind=NEWS,
        values={"thing": "a coat"},
        key="",
        actor=ME,
        now=NOW,
        channel=channel,
    )
    assert made is not None
    return made


def sent(customer: Customer) -> Message:
    message = write(customer)
    deliver_due(now=NOW)
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    return message


def tell(message: Message, news: News, why: str = "") -> bool:
    return take_report(report=Report(news, message_id=message.pk, why=why), provider="Postmark", now=NOW)


def test_what_bounces_stops_the_address_until_somebody_lifts_it(ada: Customer) -> None:
    message = sent(ada)
    assert tell(message, News.BOUNCED, "no such user") and tell(message, News.BOUNCED)
    message.refresh_from_db()
    assert (message.state, message.why) == (MessageState.BOUNCED, "no such user")
    assert Event.objects.filter(key="message.bounced", record_id=ada.pk).count() == 1
    assert write(ada).state == MessageState.WITHHELD
    assert [channel for channel, _why in queries.stops_of(store=ada.store, customer_id=ada.pk)] == ["mail"]
    asked: dict[str, Any] = {"store": ada.store, "inputs": {}, "actor": ME, "now": NOW, "change_set": None}
    assert try_again(ids=[message.pk], **asked).skipped[message.pk].startswith("gets nothing any more")
    assert lift_stops(ids=[ada.pk], **asked).done == [ada.pk]
    assert lift_stops(ids=[ada.pk], **asked).skipped == {ada.pk: "is not stopped"}
    assert try_again(ids=[message.pk], **asked).done == [message.pk]
    assert deliver_due(now=NOW) == 1 and not Stopped.objects.exists()


def test_one_that_came_back_for_now_stops_nothing(ada: Customer) -> None:
    assert tell(sent(ada), News.RETURNED, "mailbox full")
    assert not Stopped.objects.exists() and write(ada).state == MessageState.QUEUED


def test_a_complaint_weighs_more_and_comes_last(ada: Customer) -> None:
    message = sent(ada)
    tell(message, News.BOUNCED)
    tell(message, News.COMPLAINED)
    tell(message, News.BOUNCED)
    message.refresh_from_db()
    assert (message.state, Stopped.objects.get().why) == (MessageState.COMPLAINED, "complaint")


def test_who_leaves_at_the_provider_is_unsubscribed_with_evidence(ada: Customer) -> None:
    assert tell(sent(ada), News.LEFT)
    ada.refresh_from_db()
    row = Consent.objects.order_by("-at", "-pk").first()
    assert not ada.accepts_marketing and row is not None
    assert (row.granted, row.author_name) == (False, "Postmark")


def test_a_report_about_nothing_changes_nothing(ada: Customer) -> None:
    sent(ada)
    assert not take_report(report=Report(News.BOUNCED), provider="x", now=NOW)
    assert not take_report(report=Report(News.BOUNCED, provider_id="nobody"), provider="x", now=NOW)
    assert not Stopped.objects.exists()


def test_who_unsubscribes_while_it_waits_gets_nothing(ada: Customer, mailoutbox: list[Any]) -> None:
    message = write(ada)
    url = unsubscribe_url(store=ada.store, customer_id=ada.pk, purpose="marketing")
    leave(store=ada.store, token=url.rstrip("/").rpartition("/")[2], wording="", now=NOW)
    deliver_due(now=NOW)
    message.refresh_from_db()
    assert (message.state, mailoutbox) == (MessageState.WITHHELD, [])


def test_marketing_says_how_to_end_it_and_care_does_not(ada: Customer, mailoutbox: list[Any]) -> None:
    sent(ada)
    send(store=ada.store, customer_id=ada.pk, kind=CARE, values={}, key="", actor=ME, now=NOW)
    deliver_due(now=NOW)
    news, care = mailoutbox
    url = unsubscribe_url(store=ada.store, customer_id=ada.pk, purpose="marketing")
    assert news.extra_headers == {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert url in news.body and care.extra_headers == {} and "unsubscribe" not in care.body


def test_a_text_message_needs_an_agreement_of_its_own(store: Store) -> None:
    bea = make_customer(store, phone="+33612345678", email="bea@example.test", accepts_marketing=True)
    assert write(bea, Channel.SMS).why == "has not agreed to text messages"
    Customer.objects.update(accepts_sms=True)
    assert write(bea, Channel.SMS).state == MessageState.QUEUED
