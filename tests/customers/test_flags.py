"""Flags: a level with its reason and a day to look again; changed in bulk, kept in the history, taken back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from regulars.customers import queries, services
from regulars.customers.models import Customer
from regulars.kit.actor import system
from regulars.kit.errors import Invalid
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
ME = system("Tests")
TODAY = date(2026, 3, 2)


def flag(
    store: Store, *customers: Customer, level: str, reason: str = "", review: date | None = None
) -> Outcome:
    inputs: dict[str, Any] = {"level": level, "reason": reason, "review": review}
    ids = [one.pk for one in customers]
    return services.flag_customers(store=store, ids=ids, inputs=inputs, actor=ME, now=NOW, change_set=None)


def facts(customer: Customer) -> tuple[str, str, date | None]:
    customer.refresh_from_db()
    return customer.flag, customer.flag_reason, customer.flag_review_on


def test_a_flag_keeps_reason_and_review_with_its_history(store: Store) -> None:
    nora, max_ = make_customer(store), make_customer(store)
    outcome = flag(store, nora, max_, level="monitor", reason="Two returns", review=TODAY)
    assert outcome.done == [nora.pk, max_.pk]
    assert facts(nora) == ("monitor", "Two returns", TODAY)
    event = Event.objects.get(record_id=nora.pk, key="customer.flagged")
    assert event.before == {"flag": "none", "flag_reason": "", "flag_review_on": None}
    assert event.after == {"flag": "monitor", "flag_reason": "Two returns", "flag_review_on": "2026-03-02"}
    again = flag(store, nora, level="monitor", reason="Two returns", review=TODAY)
    assert again.skipped == {nora.pk: "is flagged so already"}


def test_a_level_needs_a_reason_and_no_level_has_none(store: Store) -> None:
    nora = make_customer(store)
    with pytest.raises(Invalid, match="Say why"):
        flag(store, nora, level="high_risk", reason="  ")
    with pytest.raises(Invalid, match="from today on"):
        flag(store, nora, level="high_risk", reason="Fraud", review=TODAY - timedelta(days=1))
    assert facts(nora) == ("none", "", None)
    flag(store, nora, level="trusted", reason="Known for years", review=TODAY)
    flag(store, nora, level="none", reason="ignored", review=TODAY)
    assert facts(nora) == ("none", "", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"flag": "monitor"},
        {"flag_reason": "why"},
        {"flag_review_on": TODAY},
        {"flag": "odd", "flag_reason": "x"},
    ],
)
def test_the_database_holds_the_rule_too(store: Store, wrong: dict[str, Any]) -> None:
    nora = make_customer(store)
    with pytest.raises(IntegrityError, match="customer_flag"), transaction.atomic():
        Customer.objects.filter(pk=nora.pk).update(**wrong)


def test_undo_brings_level_reason_and_review_back(store: Store) -> None:
    nora = make_customer(store)
    flag(store, nora, level="trusted", reason="Known for years", review=TODAY)
    outcome = flag(store, nora, level="high_risk", reason="Chargeback")
    assert outcome.change_set
    undone = undo_change_set(store=store, change_set_id=outcome.change_set, actor=ME, now=NOW)
    assert undone.done == [nora.pk]
    assert facts(nora) == ("trusted", "Known for years", TODAY)


def test_a_review_keeps_the_flag_and_says_so(store: Store) -> None:
    nora, plain = make_customer(store), make_customer(store)
    flag(store, nora, level="monitor", reason="Two returns", review=TODAY)
    later = TODAY + timedelta(days=90)
    outcome = services.mark_flags_reviewed(
        store=store, ids=[nora.pk, plain.pk], inputs={"review": later}, actor=ME, now=NOW, change_set=None
    )
    assert outcome.skipped == {plain.pk: "has no flag"}
    assert facts(nora) == ("monitor", "Two returns", later)
    event = Event.objects.get(record_id=nora.pk, key="customer.flag_reviewed")
    assert (event.before, event.after) == ({"flag_review_on": "2026-03-02"}, {"flag_review_on": "2026-05-31"})


def test_reviews_due_are_the_oldest_first_without_archived_ones(store: Store, other_store: Store) -> None:
    names = ["Late", "Today", "Later", "Archived"]
    late, today, later, archived = (make_customer(store, first_name=name) for name in names)
    foreign = make_customer(other_store)
    for one, days in ((late, -5), (today, 0), (later, 1), (archived, -9), (foreign, -9)):
        Customer.objects.filter(pk=one.pk).update(
            flag="monitor", flag_reason="why", flag_review_on=TODAY + timedelta(days=days)
        )
    Customer.objects.filter(pk=archived.pk).update(state="archived")
    due = queries.reviews_due(store=store, today=TODAY, limit=10)
    assert [(one.name, one.flag, one.reason, one.review_on) for one in due] == [
        ("Late", "monitor", "why", TODAY - timedelta(days=5)),
        ("Today", "monitor", "why", TODAY),
    ]
    assert len(queries.reviews_due(store=store, today=TODAY, limit=1)) == 1
    assert queries.count_reviews_due(store=store, today=TODAY) == 2


def test_the_points_summary_is_subscribed_to_like_the_newsletter(store: Store) -> None:
    nora, silent = make_customer(store, email="nora@example.com"), make_customer(store)
    asked: dict[str, Any] = {"store": store, "inputs": {}, "actor": ME, "now": NOW, "change_set": None}
    outcome = services.subscribe_to_summary(ids=[nora.pk, silent.pk], **asked)
    assert outcome.skipped == {silent.pk: "has no e-mail"}
    nora.refresh_from_db()
    assert (nora.points_summary, nora.accepts_marketing) == (True, False)
    assert services.unsubscribe_from_summary(ids=[nora.pk], **asked).done == [nora.pk]
    assert services.unsubscribe_from_summary(ids=[nora.pk], **asked).skipped == {nora.pk: "is not subscribed"}


def test_the_preview_says_who_would_be_changed_and_who_not(store: Store) -> None:
    people = [make_customer(store, first_name=name) for name in ("Ida", "Max", "Nora", "Olaf", "Per")]
    Customer.objects.filter(pk=people[4].pk).update(state="archived")
    said = services.archive_customers.preview(
        store=store, ids=[one.pk for one in people], count=5, inputs={}, actor=ME, now=NOW
    )
    assert said == [
        "Ida, Max, Nora and 1 more: out of the lists and cannot sign in; everything is kept and can be restored.",
        "Left as before: Per (is archived already).",
    ]
