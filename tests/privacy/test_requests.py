"""Requests about personal data: asked, confirmed, put off, carried out, and what is left of them afterwards."""

from datetime import timedelta
from typing import Any

import pytest

from regulars.customers import services as customers
from regulars.customers.models import Customer
from regulars.duplicates.models import Merge
from regulars.duplicates.services import merge_customers, unmerge
from regulars.kit.errors import Invalid, NotFound, Refused
from regulars.messaging.models import Consent, Message
from regulars.privacy import services
from regulars.privacy.choices import Kind, Proof, State, Way
from regulars.privacy.models import Copy, Request
from regulars.privacy.services import AskedAlready, Finished, NotVerified, OnceOnly
from regulars.privacy.services.mailing import confirm_url
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW
from tests.people import Someone
from tests.privacy.people import DAY, ME, ada_of, ask, themself

pytestmark = pytest.mark.django_db


def again(request: Request) -> Request:
    return Request.objects.get(pk=request.pk)


def token_of(request: Request) -> str:
    return confirm_url(store=request.store, request=request).rstrip("/").rpartition("/")[2]


def confirm(request: Request, customer: Customer, token: str = "") -> Request:
    return services.confirm_erasure(
        store=customer.store,
        customer_id=customer.pk,
        token=token or token_of(request),
        actor=themself(customer),
        now=NOW,
    )


def carry_out(request: Request, answer: str = "", now: object = NOW) -> Request:
    return services.carry_out(store=request.store, request_id=request.pk, answer=answer, actor=ME, now=now)  # type: ignore[arg-type]


def verify(request: Request) -> None:
    services.verify(
        store=request.store, request_id=request.pk, proof=Proof.DOCUMENT, note="passport", actor=ME, now=NOW
    )


def mails_to(customer: Customer) -> list[str]:
    return list(Message.objects.filter(customer=customer).order_by("pk").values_list("kind", flat=True))


def test_a_request_is_due_after_the_days_the_store_promises(store: Store, owner: Someone) -> None:
    services.edit_settings(store=store, changes={"deadline_days": 20}, actor=owner.actor, now=NOW)
    ada = ada_of(store)
    request = ask(ada, received_at=NOW - 3 * DAY)
    assert request.due_at == NOW + 17 * DAY and request.state == State.OPEN
    assert mails_to(ada) == ["privacy.received"]
    told = Event.objects.filter(key__in=("privacy.made", "privacy.asked")).values_list(
        "key", "resource", "record_id"
    )
    assert set(told) == {
        ("privacy.made", "privacy_requests", request.pk),
        ("privacy.asked", "customers", ada.pk),
    }


@pytest.mark.parametrize("received", [NOW + DAY, NOW - 400 * DAY])
def test_the_month_begins_neither_later_than_now_nor_years_ago(store: Store, received: object) -> None:
    with pytest.raises(Invalid):
        ask(ada_of(store), received_at=received)
    assert not Request.objects.exists()


def test_the_same_is_not_asked_twice_at_once(store: Store) -> None:
    ada = ada_of(store)
    first = ask(ada)
    with pytest.raises(AskedAlready):
        ask(ada)
    services.withdraw(store=store, request_id=first.pk, customer_id=None, actor=ME, now=NOW)
    ask(ada)
    assert Request.objects.count() == 2


def test_nobody_asks_for_a_customer_of_another_store(store: Store, other_store: Store) -> None:
    ada = ada_of(other_store)
    asking = services.Asking(customer_id=ada.pk, kind=Kind.ACCESS, way=Way.MAIL)
    with pytest.raises(NotFound):
        services.ask(store=store, asking=asking, actor=ME, now=NOW)
    request = ask(ada)
    with pytest.raises(NotFound):
        services.withdraw(store=store, request_id=request.pk, customer_id=None, actor=ME, now=NOW)
    assert again(request).state == State.OPEN


def test_an_erasure_waits_for_the_link_of_a_mail(store: Store) -> None:
    ada = ada_of(store)
    request = ask(ada, Kind.ERASURE, Way.PORTAL)
    assert request.state == State.UNCONFIRMED and mails_to(ada) == ["privacy.confirm_erasure"]
    assert services.erase_due(store=store, now=NOW + 90 * DAY) == 0
    confirm(request, ada)
    found = again(request)
    assert (found.state, found.proof, found.erase_at) == (State.WAITING, Proof.MAILBOX, NOW + 7 * DAY)
    assert mails_to(ada)[-1] == "privacy.to_be_erased"


def test_the_link_is_for_one_person_in_one_store(store: Store, other_store: Store) -> None:
    ada, bob = ada_of(store), ada_of(store, email="bob@example.com", phone="")
    abroad = ada_of(other_store)
    request, other = ask(ada, Kind.ERASURE, Way.PORTAL), ask(abroad, Kind.ERASURE, Way.PORTAL)
    for customer, token in (
        (bob, token_of(request)),
        (ada, token_of(other)),
        (ada, "x"),
        (ada, token_of(request)[:-2]),
    ):
        with pytest.raises(NotFound):
            confirm(request, customer, token)
    assert {one.state for one in Request.objects.all()} == {State.UNCONFIRMED}


def test_an_erasure_can_be_taken_back_until_it_happens(store: Store) -> None:
    ada = ada_of(store)
    request = ask(ada, Kind.ERASURE, Way.PORTAL)
    confirm(request, ada)
    actor = themself(ada)
    services.withdraw(store=store, request_id=request.pk, customer_id=ada.pk, actor=actor, now=NOW + 6 * DAY)
    assert services.erase_due(store=store, now=NOW + 8 * DAY) == 0
    assert Customer.objects.get(pk=ada.pk).email == ada.email
    with pytest.raises(Finished):
        confirm(request, ada)


def test_the_grace_is_over_to_the_second(store: Store) -> None:
    ada = ada_of(store)
    request = ask(ada, Kind.ERASURE, Way.PORTAL)
    confirm(request, ada)
    assert services.erase_due(store=store, now=NOW + 7 * DAY - timedelta(seconds=1)) == 0
    assert services.erase_due(store=store, now=NOW + 7 * DAY) == 1
    assert services.erase_due(store=store, now=NOW + 7 * DAY) == 0
    assert Customer.objects.get(pk=ada.pk).state == "anonymised"


def test_what_is_left_of_an_erasure_says_that_it_was_done_and_nothing_else(store: Store) -> None:
    ada = ada_of(store)
    asked = ask(ada, Kind.ACCESS, details="Adalberta Quixmoor wants everything")
    verify(asked)
    carry_out(asked, "Dear Adalberta")
    request = ask(ada, Kind.ERASURE, Way.PORTAL, details="I am Adalberta")
    confirm(request, ada)
    services.erase_due(store=store, now=NOW + 7 * DAY)
    found = again(request)
    assert (found.state, found.customer_number, found.closed_at) == (State.DONE, ada.number, NOW + 7 * DAY)
    for one in Request.objects.all():
        assert not (one.details or one.answer or one.proof_note)
    assert not Copy.objects.exists()


def test_deleting_a_customer_leaves_the_request(store: Store, owner: Someone) -> None:
    ada = ada_of(store)
    request = ask(ada)
    done = customers.delete_customers(
        store=store, ids=[ada.pk], inputs={}, actor=owner.actor, now=NOW, change_set=None
    )
    assert done.done == [ada.pk]
    found = again(request)
    assert (found.customer_id, found.customer_number, found.state) == (None, ada.number, State.DONE)


def test_requests_move_with_their_customer_and_back(store: Store) -> None:
    ada, twin = ada_of(store), ada_of(store, email="twin@example.com", phone="")
    request = ask(twin)
    merge_customers(store=store, survivor_id=ada.pk, loser_ids=[twin.pk], choices={}, actor=ME, now=NOW)
    merge = Merge.objects.get(loser_id=twin.pk)
    assert (again(request).customer_id, again(request).customer_number) == (ada.pk, ada.number)
    unmerge(store=store, merge_id=merge.pk, actor=ME, now=NOW)
    assert (again(request).customer_id, again(request).customer_number) == (twin.pk, twin.number)


def test_nothing_is_carried_out_before_somebody_knows_who_asks(store: Store) -> None:
    request = ask(ada_of(store))
    with pytest.raises(NotVerified):
        carry_out(request)
    assert again(request).state == State.OPEN and not Copy.objects.exists()
    verify(request)
    carry_out(request)
    assert again(request).state == State.DONE and Copy.objects.get().is_ready


def test_more_time_is_taken_once_in_time_and_with_a_reason(store: Store) -> None:
    ada = ada_of(store)
    request = ask(ada)
    about: dict[str, Any] = {"store": store, "request_id": request.pk, "actor": ME}
    with pytest.raises(Invalid):
        services.extend(**about, reason=" ", now=NOW)
    with pytest.raises(Refused):
        services.extend(**about, reason="late", now=NOW + 31 * DAY)
    services.extend(**about, reason="many files", now=NOW + 20 * DAY)
    assert again(request).due_at == NOW + 90 * DAY
    with pytest.raises(OnceOnly):
        services.extend(**about, reason="more files", now=NOW + 30 * DAY)
    body = Message.objects.filter(customer=ada, kind="privacy.answer").get().body
    assert "many files" in body


def test_turning_down_says_why(store: Store) -> None:
    ada = ada_of(store)
    request = ask(ada)
    about: dict[str, Any] = {"store": store, "request_id": request.pk, "actor": ME, "now": NOW}
    with pytest.raises(Invalid):
        services.turn_down(**about, reason="")
    services.turn_down(**about, reason="You are not Ada")
    assert again(request).state == State.REFUSED
    assert "You are not Ada" in Message.objects.get(kind="privacy.answer").body
    with pytest.raises(Finished):
        services.turn_down(**about, reason="again")


def test_an_objection_ends_every_agreement_with_its_evidence(store: Store) -> None:
    ada = ada_of(store, points_summary=True, accepts_sms=True)
    request = ask(ada, Kind.OBJECTION)
    verify(request)
    carry_out(request, "Done")
    found = Customer.objects.get(pk=ada.pk)
    assert not (found.accepts_marketing or found.points_summary or found.accepts_sms)
    assert Consent.objects.filter(customer=ada, granted=False).count() == 3


def test_a_restriction_keeps_and_no_longer_uses(store: Store) -> None:
    ada = ada_of(store)
    request = ask(ada, Kind.RESTRICTION)
    verify(request)
    carry_out(request)
    found = Customer.objects.get(pk=ada.pk)
    assert (found.state, found.accepts_marketing, found.email) == ("inactive", False, ada.email)


def test_staff_carry_an_erasure_out_with_the_same_grace(store: Store) -> None:
    ada = ada_of(store)
    request = ask(ada, Kind.ERASURE, Way.PHONE)
    verify(request)
    carry_out(request)
    assert again(request).state == State.WAITING
    with pytest.raises(Refused):
        carry_out(request)
    assert services.erase_due(store=store, now=NOW + 7 * DAY) == 1
