"""What customers are written about their points."""

from datetime import datetime, timedelta

import pytest

from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.loyalty import services
from regulars.loyalty.choices import BelowZero, Kind, Source
from regulars.loyalty.models import Programme
from regulars.loyalty.services import PointChange
from regulars.messaging.models import Message, Template
from regulars.stores.models import Store
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db
ME = system("Tests")
DAY = timedelta(days=1)
FIRST = datetime(2026, 3, 1, 4, 30, tzinfo=NOW.tzinfo)


@pytest.fixture
def shop() -> Store:
    store = make_store("shop")
    Programme.objects.create(store=store, warn_days=30, value_minor=100)
    return store


def change(store: Store, customer: object, points: int, kind: Kind, now: datetime, **facts: object) -> None:
    one = PointChange(customer.pk, points, kind, source=Source.RULE, **facts)  # type: ignore[attr-defined]
    services.change_points(store=store, change=one, policy=BelowZero.DEBT, actor=ME, now=now)


def test_the_summary_of_a_month_goes_once_to_those_who_asked_for_it(shop: Store) -> None:
    facts = {"points_summary": True, "language": "en"}
    ada = make_customer(shop, first_name="Ada", email="ada@example.test", **facts)
    make_customer(shop, first_name="Bea", email="bea@example.test")
    nothing = make_customer(shop, first_name="Cem", email="cem@example.test", **facts)
    change(shop, ada, 120, Kind.EARN, FIRST - 5 * DAY, expires_at=FIRST + 20 * DAY)
    change(shop, ada, -20, Kind.SPEND, FIRST - 4 * DAY)
    change(shop, ada, 7, Kind.EARN, FIRST - 40 * DAY)
    assert services.send_summaries(store=shop, actor=ME, now=FIRST) == 1
    assert services.send_summaries(store=shop, actor=ME, now=FIRST + DAY) == 0
    assert services.send_summaries(store=shop, actor=ME, now=FIRST + 20 * DAY) == 0
    mail = Message.objects.get()
    assert (mail.customer_id, mail.purpose, mail.kind) == (ada.pk, "points", "points.summary")
    assert mail.subject == "Your points at Shop: 107"
    for said in (
        "107 points, worth €1.07",
        "In February 2026 you earned 120 points and spent 20",
        "100 of your",
    ):
        assert said in mail.body, mail.body
    assert nothing.pk != mail.customer_id


def test_the_preview_sends_nothing(shop: Store) -> None:
    ada = make_customer(shop, first_name="Ada", email="ada@example.test", language="en")
    change(shop, ada, 120, Kind.EARN, NOW)
    subject, body = services.preview_summary(store=shop, customer_id=ada.pk, now=NOW)
    assert subject == "Your points at Shop: 120"
    assert "In March 2026 you earned 120 points" in body
    assert not Message.objects.exists()


def test_a_warning_comes_once_for_each_lot_of_points(shop: Store) -> None:
    ada = make_customer(shop, first_name="Ada", email="ada@example.test", language="en")
    change(shop, ada, 50, Kind.EARN, NOW, expires_at=NOW + 31 * DAY)
    change(shop, ada, 60, Kind.EARN, NOW, expires_at=NOW + 40 * DAY)
    counts = [
        services.warn_of_expiry(store=shop, actor=ME, now=NOW + days * DAY) for days in (0, 1, 2, 10, 30)
    ]
    assert counts == [0, 1, 0, 1, 0]
    first = Message.objects.order_by("created_at").first()
    assert first is not None
    assert first.subject == "50 of your points at Shop expire soon"
    assert "50 of your 110 points can be spent until April 2, 2026" in first.body


def test_one_mail_tells_of_several_lots(shop: Store) -> None:
    ada = make_customer(shop, first_name="Ada", email="ada@example.test", language="en")
    for points, days in ((50, 5), (60, 9), (70, 9), (80, 60)):
        change(shop, ada, points, Kind.EARN, NOW, expires_at=NOW + days * DAY)
    assert services.warn_of_expiry(store=shop, actor=ME, now=NOW) == 1
    mail = Message.objects.get()
    assert mail.subject == "180 of your points at Shop expire soon"
    told = mail.body.replace("\u2009", " ")
    assert "180 of your 260 points can be spent until Mar 7 – 11, 2026." in told, told


def test_who_earns_every_day_is_written_to_once_a_week(shop: Store) -> None:
    ada = make_customer(shop, first_name="Ada", email="ada@example.test", language="en")
    for day in range(28):
        change(shop, ada, 1, Kind.EARN, NOW + day * DAY, expires_at=NOW + (day + 31) * DAY)
    counts = [services.warn_of_expiry(store=shop, actor=ME, now=NOW + day * DAY) for day in range(1, 31)]
    assert sum(counts) == 5 and counts[::7] == [1] * 5, counts
    told = sum(int(one.subject.split()[0]) for one in Message.objects.all())
    assert told == 28  # each point in one of the mails


def test_what_expires_soon_does_not_wait_for_the_next_mail(shop: Store) -> None:
    ada = make_customer(shop, first_name="Ada", email="ada@example.test", language="en")
    change(shop, ada, 50, Kind.EARN, NOW, expires_at=NOW + 30 * DAY)
    assert services.warn_of_expiry(store=shop, actor=ME, now=NOW) == 1
    change(shop, ada, 60, Kind.EARN, NOW + DAY, expires_at=NOW + 4 * DAY)
    change(shop, ada, 70, Kind.EARN, NOW + DAY, expires_at=NOW + 20 * DAY)
    assert services.warn_of_expiry(store=shop, actor=ME, now=NOW + DAY) == 1
    assert Message.objects.latest("created_at").subject.startswith("130 ")
    assert services.warn_of_expiry(store=shop, actor=ME, now=NOW + 2 * DAY) == 0


def test_points_that_waited_are_told_of_once_they_can_be_spent(shop: Store) -> None:
    ada = make_customer(shop, first_name="Ada", email="ada@example.test", language="en")
    change(shop, ada, 50, Kind.EARN, NOW, expires_at=NOW + 29 * DAY)
    change(shop, ada, 60, Kind.EARN, NOW, expires_at=NOW + 25 * DAY, available_at=NOW + 10 * DAY)
    assert services.warn_of_expiry(store=shop, actor=ME, now=NOW) == 1
    services.mature_points(store=shop, now=NOW + 10 * DAY)
    assert services.warn_of_expiry(store=shop, actor=ME, now=NOW + 11 * DAY) == 1
    assert [one.subject[:3] for one in Message.objects.order_by("created_at")] == ["50 ", "60 "]


def test_who_cannot_be_written_to_is_not_warned(shop: Store) -> None:
    facts = [
        {"email": "a@x.test", "state": "archived"},
        {"email": "b@x.test", "state": "inactive"},
        {"email": "c@x.test"},
        {"email": "", "first_name": "Dee"},
    ]
    for one in facts:
        change(shop, make_customer(shop, **one), 50, Kind.EARN, NOW, expires_at=NOW + 10 * DAY)
    Customer.objects.filter(email="c@x.test").update(blocked=True)
    assert services.warn_of_expiry(store=shop, actor=ME, now=NOW) == 0
    assert not Message.objects.exists()


def test_nobody_is_warned_of_points_that_were_spent(shop: Store) -> None:
    ada = make_customer(shop, first_name="Ada", email="ada@example.test")
    change(shop, ada, 50, Kind.EARN, NOW, expires_at=NOW + 10 * DAY)
    change(shop, ada, -50, Kind.SPEND, NOW)
    assert services.warn_of_expiry(store=shop, actor=ME, now=NOW) == 0


def test_numbers_and_days_are_in_the_language_of_the_words(shop: Store) -> None:
    """Nobody put the words into Italian; whoever reads English finds no Italian month in them."""
    ada = make_customer(shop, first_name="Ada", email="ada@example.test", language="it")
    change(shop, ada, 1200, Kind.EARN, NOW)
    _subject, body = services.preview_summary(store=shop, customer_id=ada.pk, now=NOW)
    assert "1,200 points, worth €12.00" in body and "In March 2026" in body
    Customer.objects.filter(pk=ada.pk).update(language="fr")
    _subject, body = services.preview_summary(store=shop, customer_id=ada.pk, now=NOW)
    assert "1\u202f200 points" in body and "12,00\xa0€" in body and "mars 2026" in body
    Template.objects.create(
        store=shop, kind="points.summary", channel="mail", language="fr", subject="Vos points",
        body="En {{month}} : {{points}}, soit {{worth}}",
    )  # fmt: skip
    _subject, body = services.preview_summary(store=shop, customer_id=ada.pk, now=NOW)
    assert body == "En mars 2026 : 1\u202f200, soit 12,00\xa0€"
