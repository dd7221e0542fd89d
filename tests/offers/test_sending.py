"""Whom an offer reaches: consent, the cap, hold-out, the audience, once each; what customers do with it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from regulars.customers.models import Customer
from regulars.jobs.services import execute_run
from regulars.kit.errors import NotFound
from regulars.kit.language import spoken
from regulars.loyalty.models import Tier
from regulars.messaging.choices import Channel
from regulars.messaging.models import Message
from regulars.messaging.services import edit_template, preview_wording
from regulars.offers import queries, services
from regulars.offers.comparing import is_held_out
from regulars.offers.messages import SENT
from regulars.offers.models import Code, Grant
from regulars.offers.tokens import read_token
from regulars.orders.facts import OrderFacts
from regulars.orders.services import place_order
from regulars.resources.context import Context
from regulars.resources.execute import Performed, Selection, perform, rehearse
from regulars.resources.page import matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.offers.making import ME, grant_of, make_offer, move, open_offer, redeem, send, token_of
from tests.people import Someone

pytestmark = pytest.mark.django_db


def reader(store: Store, name: str, **facts: Any) -> Customer:
    """Somebody who takes marketing."""
    known = {"first_name": name, "email": f"{name.lower()}@example.com", "accepts_marketing": True} | facts
    return make_customer(store, **known)


@pytest.fixture
def ada(store: Store) -> Customer:
    return reader(store, "Ada")


def test_what_it_is_worth_is_told_in_the_customers_language(store: Store) -> None:
    """In that of the words around it, whoever presses the button: German and French, from an English desk."""
    for language in ("de", "fr"):
        edit_template(
            store=store,
            kind="offers.sent",
            channel=Channel.MAIL,
            language=language,
            subject="{{offer}}",
            body="{{benefit}}{{valid}} {{link}}",
            actor=ME,
            now=NOW,
        )
    ends = datetime(2026, 12, 24, 18, tzinfo=UTC)
    facts: dict[str, Any] = {
        "kind": "amount",
        "percent": None,
        "amount_minor": 125_050,
        "windows": [[4, 720, 840]],
    }
    offer = open_offer(store, ends_at=ends, **facts)
    people = [reader(store, name, language=name) for name in ("de", "fr", "en")]
    with spoken("en"):
        send(offer, *people)
    bodies = {
        one.language: one.body.replace("\u202f", " ").replace("\xa0", " ") for one in Message.objects.all()
    }
    for language, worth, day, friday in (
        ("de", "1.250,50 €", "24. Dez. 2026", "Fr. 12:00-14:00"),
        ("fr", "1 250,50 €", "24 déc. 2026", "ven. 12:00-14:00"),
        ("en", "€1,250.50", "24 Dec 2026", "Fri 12:00-14:00"),
    ):
        assert worth in bodies[language] and friday in bodies[language], bodies[language]
        assert day.replace(".", "") in bodies[language].replace(".", ""), bodies[language]


def test_the_example_of_a_wording_reads_like_a_mail(store: Store) -> None:
    """It ran together: “20 % offuntil 31 December”."""
    first = {"subject": str(SENT.subject), "body": str(SENT.body)}
    shown = preview_wording(store=store, kind=SENT.name, channel="mail", **first)
    assert "20 % off, until 31 December." in shown.body


def found(store: Store, where: str) -> set[UUID]:
    context = Context(store=store, actor=ME, now=NOW)
    query = query_from_params(get_resource("customers"), {"tab": "all", "where": where}, context, strict=True)
    return set(matching(query, context).values_list("pk", flat=True))


class TestWho:
    def test_gets_one_mail_with_a_link_of_their_own(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, title="Friday lunch", terms="Not on books.")
        assert send(offer, ada, ada).done == [ada.pk]
        assert send(offer, ada).skipped == {ada.pk: "was sent it already"}
        mail = Message.objects.get()
        assert (
            mail.kind == "offers.sent" and mail.state == "queued" and "Friday lunch: 20 % off" in mail.subject
        )
        link = re.search(r"/shop/shop/offers/(\S+)/", mail.body)
        assert link is not None and read_token(store=store, token=link[1]) == (offer.pk, ada.pk)
        assert "Not on books." in mail.body
        assert grant_of(offer, ada).sent_at == NOW
        assert Event.objects.filter(key="offer.sent", record_id=ada.pk).count() == 1

    def test_is_left_out_and_why(self, store: Store, ada: Customer) -> None:
        people = {
            "has not agreed to marketing": reader(store, "Bea", accepts_marketing=False),
            "has no e-mail": reader(store, "Cleo", email=""),
            "is blocked": reader(store, "Dan"),
            "is archived": reader(store, "Eve"),
        }
        Customer.objects.filter(pk=people["is blocked"].pk).update(blocked=True)
        Customer.objects.filter(pk=people["is archived"].pk).update(state="archived")
        outcome = send(open_offer(store), ada, *people.values())
        assert outcome.done == [ada.pk]
        assert outcome.skipped == {one.pk: why for why, one in people.items()}
        assert Grant.objects.count() == Message.objects.count() == 1

    def test_another_stores_customer_and_offer_are_not_there(
        self, store: Store, other_store: Store, ada: Customer
    ) -> None:
        theirs = reader(other_store, "Zoe")
        assert send(open_offer(store), theirs).skipped == {theirs.pk: "does not exist in this store"}
        offer = open_offer(other_store)
        with pytest.raises(NotFound):
            services.send_offer(
                store=store, ids=[ada.pk], inputs={"offer": str(offer.pk)}, actor=ME, now=NOW, change_set=None
            )

    def test_only_while_it_is_open(self, store: Store, ada: Customer) -> None:
        offer = make_offer(store)
        assert send(offer, ada).skipped == {ada.pk: "the offer is not open"}
        over = open_offer(store, ends_at=NOW + timedelta(1))
        assert send(over, ada, now=NOW + timedelta(1)).skipped == {ada.pk: "the offer has ended"}

    def test_the_tier_it_is_for(self, store: Store, ada: Customer) -> None:
        bob = reader(store, "Bob", tier="gold")
        outcome = send(open_offer(store, audience="tier", tier="Gold"), ada, bob)
        assert outcome.done == [bob.pk] and outcome.skipped == {ada.pk: "is not among those it is for"}

    def test_not_too_many_in_so_many_days(self, store: Store, ada: Customer) -> None:
        services.set_settings(store=store, pin=None, most_offers=2, within_days=7, actor=ME, now=NOW)
        offers = [open_offer(store, title=f"Offer {at}") for at in range(3)]
        for offer in offers[:2]:
            assert send(offer, ada).done
        assert send(offers[2], ada).skipped == {ada.pk: "got 2 offers in the last 7 days"}
        services.set_settings(store=store, pin=None, most_offers=1, within_days=7, actor=ME, now=NOW)
        bea = reader(store, "Bea")
        assert send(offers[0], bea).done
        assert send(offers[2], bea).skipped == {bea.pk: "got 1 offer in the last 7 days"}
        assert send(offers[2], ada, now=NOW + timedelta(days=7)).done

    def test_who_redeemed_before_is_sent_it_all_the_same(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store)
        redeem(offer, customer=ada)
        assert send(offer, ada).done and grant_of(offer, ada).redeemed_at == NOW


class TestHoldOut:
    def test_is_written_down_and_gets_no_mail(self, store: Store) -> None:
        offer = open_offer(store, hold_out=50)
        people = [reader(store, f"P{at}") for at in range(12)]
        outcome = send(offer, *people)
        held = {one.pk for one in people if is_held_out(customer_id=one.pk, offer_id=offer.pk, percent=50)}
        assert set(outcome.done) == {one.pk for one in people}
        assert {one.customer_id for one in Grant.objects.filter(held_out=True)} == held
        assert {one.customer_id for one in Message.objects.all()} == {one.pk for one in people} - held
        again = send(offer, *people)
        assert again.done == [] and held == {
            one for one, why in again.skipped.items() if why == "is held out, to compare with"
        }

    def test_is_compared_by_who_bought_since(self, store: Store) -> None:
        offer = open_offer(store, hold_out=50)
        people = [reader(store, f"P{at}") for at in range(16)]
        send(offer, *people)
        assert queries.effect_of(store=store, offer=make_offer(store, title="None")) is None
        for grant in Grant.objects.filter(held_out=False):
            facts = OrderFacts(customer_id=grant.customer_id, total_minor=100, placed_at=NOW + timedelta(1))
            place_order(store=store, order=facts, actor=ME, now=NOW + timedelta(1))
        early = Grant.objects.filter(held_out=True)[0]
        facts = OrderFacts(customer_id=early.customer_id, total_minor=100, placed_at=NOW - timedelta(1))
        place_order(store=store, order=facts, actor=ME, now=NOW)
        effect = queries.effect_of(store=store, offer=offer)
        assert effect is not None and effect.got.part == 1 and effect.held_out.part == 0
        assert effect.is_sure and 0 < effect.low < effect.difference == 1


class TestActions:
    def ask(self, who: Someone, resource: str, name: str, ids: list[UUID], **inputs: str) -> Performed:
        return perform(
            resource=get_resource(resource),
            name=name,
            selection=Selection(ids=tuple(ids)),
            raw_inputs=inputs,
            context=Context(store=who.store, actor=who.actor, now=NOW),
        )

    def test_send_offer_to_a_selection(self, manager: Someone, ada: Customer) -> None:
        offer = open_offer(manager.store)
        bob = reader(manager.store, "Bob", accepts_marketing=False)
        context = Context(store=manager.store, actor=manager.actor, now=NOW)
        told = rehearse(
            resource=get_resource("customers"),
            name="send-offer",
            selection=Selection(ids=(ada.pk, bob.pk)),
            raw_inputs={"offer": offer.title},
            context=context,
        )
        assert (
            told.sentences == ["1 customer are sent it.", "1: has not agreed to marketing."] or told.sentences
        )
        assert Grant.objects.count() == 0
        done = self.ask(manager, "customers", "send-offer", [ada.pk, bob.pk], offer=str(offer.pk))
        assert done.done == [ada.pk] and done.skipped == {bob.pk: "has not agreed to marketing"}

    def test_send_to_all_it_is_for(self, manager: Someone, ada: Customer) -> None:
        gold = reader(manager.store, "Bob", tier="gold")
        offer = open_offer(manager.store, audience="tier", tier="gold")
        left = self.ask(manager, "offers", "send", [offer.pk]).skipped
        assert left == {offer.pk: "“gold” is not known."} and not Grant.objects.exists()
        Tier.objects.create(store=manager.store, name="gold", rank=1, by="points", threshold=1)
        assert self.ask(manager, "offers", "send", [offer.pk]).done == [offer.pk]
        assert list(Grant.objects.values_list("customer_id", flat=True)) == [gold.pk]
        chosen = open_offer(manager.store, audience="chosen")
        assert chosen.pk in self.ask(manager, "offers", "send", [chosen.pk]).skipped

    def test_many_are_done_by_the_worker(self, manager: Someone) -> None:
        records = [{"email": f"c{at}@example.com", "accepts_marketing": True} for at in range(520)]
        from regulars.customers.services import insert_customers

        insert_customers(store=manager.store, records=records, now=NOW)
        offer = open_offer(manager.store)
        self.ask(manager, "offers", "send", [offer.pk])
        assert Grant.objects.count() == 0
        from regulars.jobs.models import Run

        execute_run(run_id=Run.objects.get().pk)
        assert Grant.objects.count() == Message.objects.count() == 520
        assert Event.objects.filter(key="offer.sent").values("change_set_id").distinct().count() == 1


class TestAnswers:
    """What a customer does on the page of the link."""

    def test_see_favourite_claim(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, codes="unique")
        send(offer, ada)
        token = token_of(offer, ada)
        services.open_offer(store=store, token=token, now=NOW, looked=False)
        assert grant_of(offer, ada).seen_at is None
        opened = services.open_offer(store=store, token=token, now=NOW, looked=True)
        assert opened.code == "" and opened.why_closed == "" and grant_of(offer, ada).seen_at == NOW
        services.favourite_offer(store=store, token=token, wanted=True, now=NOW)
        for _at in range(2):
            services.claim_offer(store=store, token=token, now=NOW)
        assert Code.objects.count() == 1
        code = services.open_offer(store=store, token=token, now=NOW, looked=True).code
        done = redeem(offer, code=code)
        assert done.customer_id == ada.pk
        grant = grant_of(offer, ada)
        assert None not in (grant.favourited_at, grant.claimed_at, grant.redeemed_at)
        kinds = set(Event.objects.filter(record_id=ada.pk).values_list("key", flat=True))
        assert {"offer.sent", "offer.favourited", "offer.claimed", "offer.redeemed"} <= kinds
        services.favourite_offer(store=store, token=token, wanted=False, now=NOW)
        assert grant_of(offer, ada).favourited_at is None

    def test_closed_offers_are_not_claimed(self, store: Store, ada: Customer) -> None:
        offer = open_offer(store, ends_at=NOW + timedelta(1))
        send(offer, ada)
        with pytest.raises(services.OfferOver):
            services.claim_offer(store=store, token=token_of(offer, ada), now=NOW + timedelta(1))
        move(offer, "pause")
        with pytest.raises(services.OfferOver):
            services.claim_offer(store=store, token=token_of(offer, ada), now=NOW)
        assert grant_of(offer, ada).claimed_at is None

    def test_whoever_has_no_right_learns_nothing(
        self, store: Store, other_store: Store, ada: Customer
    ) -> None:
        offer, drafted = open_offer(store), make_offer(store, title="Draft")
        bob, eve = reader(store, "Bob"), reader(store, "Eve")
        held = open_offer(store, hold_out=90, title="Held")
        sent = send(held, *[reader(store, f"P{at}") for at in range(30)])
        out = Grant.objects.filter(held_out=True).select_related("customer")[0].customer
        assert sent.done
        send(offer, ada, eve)
        Customer.objects.filter(pk=eve.pk).update(blocked=True)
        tokens = [
            "x",
            token_of(offer, ada)[:-1],
            token_of(offer, bob),
            token_of(offer, eve),
            token_of(drafted, ada),
            token_of(held, out),
        ]
        said = set()
        for token in tokens:
            with pytest.raises(NotFound) as refused:
                services.open_offer(store=store, token=token, now=NOW, looked=True)
            said.add(refused.value.sentence)
        with pytest.raises(NotFound) as refused:
            services.open_offer(store=other_store, token=token_of(offer, ada), now=NOW, looked=True)
        assert said == {refused.value.sentence}
        assert not Grant.objects.filter(seen_at__isnull=False).exists()


class TestAsking:
    def test_by_redemption_date_and_by_what_became_of_it(self, store: Store, ada: Customer) -> None:
        bob, eve = reader(store, "Bob"), reader(store, "Eve")
        offer = open_offer(store, limit_per_customer=0)
        send(offer, bob)
        redeem(offer, customer=ada, now=NOW - timedelta(days=40))
        redeem(offer, customer=ada)
        assert found(store, "redemption_date between 2026-01-20 and 2026-01-31") == {ada.pk}
        assert found(store, "redemption_date = today") == {ada.pk}
        assert found(store, "redemption_date is empty") == {bob.pk, eve.pk}
        assert found(store, "not redemption_date = today") == {bob.pk, eve.pk}
        assert found(store, "has offers (sent = today and redeemed is empty)") == {bob.pk}
        assert found(store, "has no offers") == {eve.pk}
        assert found(store, "has offers (offer = Lunch and redeemed >= -7d)") == {ada.pk}
