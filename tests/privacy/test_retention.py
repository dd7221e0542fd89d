"""Rules of keeping: whom they mean, what switching them on asks, and what a night does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from regulars.accounts.models import Account
from regulars.customers.models import Customer
from regulars.invoices.models import Invoice
from regulars.jobs.models import Run
from regulars.jobs.services import execute_run
from regulars.kit.errors import Invalid, InvalidRecord, NotAllowed, NotFound
from regulars.messaging.models import Message
from regulars.orders.models import Order
from regulars.privacy import queries, services
from regulars.privacy.models import Request, RetentionRule, Warned
from regulars.privacy.rules import Facts, is_forgettable
from regulars.privacy.services import NumberChanged, RuleFacts, RuleTaken, retention
from regulars.segments.models import Segment
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.tradeins.models import TradeIn
from tests.factories import NOW, make_customer, make_store
from tests.people import Someone
from tests.privacy.people import DAY, ME, ada_of, age, ask, buy, give_credit
from tests.segments.conftest import make_segment

LONG_AGO = NOW - timedelta(days=1000)


def make_rule(store: Store, **facts: Any) -> RetentionRule:
    known: dict[str, Any] = {"name": "Two years", "months": 24}
    given = RuleFacts(**(known | facts))
    return services.save_rule(store=store, facts=given, rule_id=None, actor=ME, now=NOW)


def switch_on(rule: RetentionRule, expected: int | None = None) -> RetentionRule:
    means = queries.rehearse(store=rule.store, rule=rule, now=NOW).count if expected is None else expected
    return services.switch_on(store=rule.store, rule_id=rule.pk, expected=means, actor=ME, now=NOW)


def old_customer(store: Store, **facts: Any) -> Customer:
    customer = make_customer(store, **facts)
    age(customer, LONG_AGO)
    return customer


def night(now: datetime, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """One night of every rule that is on, and what it counted."""
    monkeypatch.setattr("regulars.jobs.services.timezone.now", lambda: now)
    runs = services.start_sweeps(now=now)
    return execute_run(run_id=runs[0].pk).counts if runs else {}


@pytest.mark.django_db
class TestSwitchingOn:
    def test_asks_with_the_number(self, store: Store) -> None:
        old_customer(store)
        rule = make_rule(store)
        with pytest.raises(NumberChanged):
            switch_on(rule, expected=0)
        assert not RetentionRule.objects.get().active
        assert switch_on(rule, expected=1).expected == 1

    def test_a_changed_rule_is_off_until_somebody_saw_its_new_number(self, store: Store) -> None:
        rule = switch_on(make_rule(store))
        facts = RuleFacts(name="Two years", months=12)
        services.save_rule(store=store, facts=facts, rule_id=rule.pk, actor=ME, now=NOW)
        assert not RetentionRule.objects.get().active
        rule = switch_on(RetentionRule.objects.get())
        services.save_rule(store=store, facts=facts, rule_id=rule.pk, actor=ME, now=NOW)
        assert RetentionRule.objects.get().active, "nothing was changed"

    def test_needs_the_permission_and_the_store(
        self, store: Store, other_store: Store, clerk: Someone
    ) -> None:
        rule = make_rule(store)
        with pytest.raises(NotAllowed):
            services.switch_on(store=store, rule_id=rule.pk, expected=0, actor=clerk.actor, now=NOW)
        with pytest.raises(NotFound):
            services.switch_on(store=other_store, rule_id=rule.pk, expected=0, actor=ME, now=NOW)
        assert not RetentionRule.objects.get().active

    @pytest.mark.parametrize("wrong", [{"months": 0}, {"months": 601}, {"grace_days": 0}, {"name": " "}])
    def test_says_what_a_rule_cannot_be(self, store: Store, wrong: dict[str, Any]) -> None:
        with pytest.raises(InvalidRecord) as refused:
            make_rule(store, **wrong)
        assert set(refused.value.errors) == set(wrong)

    def test_two_rules_have_two_names(self, store: Store) -> None:
        make_rule(store)
        with pytest.raises(RuleTaken):
            make_rule(store)

    def test_a_rule_whose_segment_is_gone_does_nothing(self, store: Store) -> None:
        old_customer(store)
        segment = make_segment(store, "Press", "city = Paris")
        rule = make_rule(store, segment_id=segment.pk)
        Segment.objects.update(deleted_at=NOW)
        rule = queries.get_rule(store=store, rule_id=rule.pk)
        assert queries.rehearse(store=store, rule=rule, now=NOW).count == 0
        with pytest.raises(Invalid):
            switch_on(rule, expected=0)


@pytest.mark.django_db
class TestNights:
    def test_nothing_happens_while_no_rule_is_on(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        old_customer(store)
        make_rule(store)
        assert night(NOW, monkeypatch) == {} and not Run.objects.exists()

    def test_they_are_told_and_forgotten_when_the_grace_is_over(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ada, silent = old_customer(store, email="ada@example.com"), old_customer(store)
        recent = ada_of(store)
        switch_on(make_rule(store, grace_days=30))
        assert night(NOW, monkeypatch) == {"warned": 2, "forgotten": 0, "spared": 0, "failed": 0}
        assert Message.objects.get(customer=ada).kind == "privacy.retention_warning"
        assert night(NOW + DAY, monkeypatch)["warned"] == 0, "nobody is told twice"
        assert night(NOW + 29 * DAY, monkeypatch)["forgotten"] == 0
        assert night(NOW + 30 * DAY, monkeypatch)["forgotten"] == 2
        states = dict(Customer.objects.values_list("pk", "state"))
        assert states == {ada.pk: "anonymised", silent.pk: "anonymised", recent.pk: "active"}
        assert not Warned.objects.exists()
        keys = Event.objects.filter(record_id=ada.pk).order_by("pk").values_list("key", flat=True)
        assert list(keys)[-2:] == ["privacy.warned", "customer.anonymised"]

    def test_who_comes_back_is_spared(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        ada = old_customer(store, email="ada@example.com")
        switch_on(make_rule(store))
        night(NOW, monkeypatch)
        buy(ada, NOW + 5 * DAY)
        assert night(NOW + 40 * DAY, monkeypatch)["spared"] == 1
        assert Customer.objects.get(pk=ada.pk).state == "active" and not Warned.objects.exists()

    def test_a_rule_that_is_switched_off_stops_at_once(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old_customer(store)
        rule = switch_on(make_rule(store))
        night(NOW, monkeypatch)
        runs = services.start_sweeps(now=NOW + 40 * DAY)
        services.switch_off(store=store, rule_id=rule.pk, actor=ME, now=NOW)
        execute_run(run_id=runs[0].pk)
        assert Customer.objects.get().state == "active"

    def test_killed_anywhere_it_goes_on_and_tells_nobody_twice(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention, "BATCH", 2)
        for number in range(7):
            old_customer(store, email=f"ada{number}@example.com")
        switch_on(make_rule(store))
        run = services.start_sweeps(now=NOW)[0]
        save, calls = retention.Progress.save, []

        def killed(*args: Any, **facts: Any) -> None:
            calls.append(1)
            save(*args, **facts)
            if len(calls) == 5:
                raise KeyboardInterrupt

        monkeypatch.setattr(retention.Progress, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            execute_run(run_id=run.pk)
        assert 0 < Warned.objects.count() < 7
        assert execute_run(run_id=run.pk).counts["warned"] == 7
        assert Message.objects.count() == Warned.objects.count() == 7

    def test_one_night_at_a_time(self, store: Store) -> None:
        switch_on(make_rule(store))
        assert len(services.start_sweeps(now=NOW)) == 1
        assert services.start_sweeps(now=NOW) == []


@pytest.mark.django_db
class TestWhomARuleMeans:
    def means(self, store: Store, rule: RetentionRule) -> int:
        return queries.rehearse(store=store, rule=rule, now=NOW).count

    def test_what_is_open_keeps_a_customer(self, store: Store) -> None:
        rule = make_rule(store)
        ada = old_customer(store, email="ada@example.com")
        assert self.means(store, rule) == 1
        order = buy(ada, LONG_AGO, status="open")
        assert self.means(store, rule) == 0
        Order.objects.filter(pk=order.pk).update(status="completed")
        assert self.means(store, rule) == 1
        give_credit(ada)
        assert self.means(store, rule) == 0

    def test_a_request_that_waits_keeps_them(self, store: Store) -> None:
        ada, rule = old_customer(store), make_rule(store)
        ask(ada)
        assert self.means(store, rule) == 0

    def test_what_the_store_excepts(self, store: Store) -> None:
        old_customer(store, email="a@example.com", tags=["press"])
        old_customer(store, email="b@example.com", city="Paris")
        flagged = old_customer(store, email="c@example.com")
        Customer.objects.filter(pk=flagged.pk).update(flag="trusted", flag_reason="friend")
        segment = make_segment(store, "Parisians", "city = Paris")
        assert self.means(store, make_rule(store, name="all", keep_flagged=False)) == 3
        assert self.means(store, make_rule(store, name="flag")) == 2
        assert self.means(store, make_rule(store, name="tag", tags=("press",))) == 1
        assert self.means(store, make_rule(store, name="both", tags=("press",), segment_id=segment.pk)) == 0


_DAYS = st.integers(min_value=0, max_value=900)
_PEOPLE = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["active", "inactive", "archived", "anonymised"]),
        "created": _DAYS,
        "orders": st.lists(st.tuples(_DAYS, st.sampled_from(["open", "completed", "cancelled"])), max_size=2),
        "tradeins": st.lists(st.tuples(_DAYS, st.sampled_from(["pending", "cancelled"])), max_size=1),
        "invoices": st.lists(st.sampled_from(["draft", "open"]), max_size=1),
        "signed_in": st.none() | _DAYS,
        "credit": st.sampled_from([0, 0, 0, 5]),
        "flag": st.sampled_from(["none", "none", "monitor"]),
        "tags": st.sets(st.sampled_from(["press", "vip", "other"]), max_size=2),
        "requests": st.lists(st.tuples(_DAYS, st.sampled_from(["open", "done"])), max_size=1),
    }
)


class TestAnyCustomers(TestCase):
    """Whatever customers there are, the database means those whom the plain rule means."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        people=st.lists(_PEOPLE, min_size=1, max_size=8),
        months=st.integers(min_value=1, max_value=24),
        tags=st.sets(st.sampled_from(["press", "vip"])),
        keep_flagged=st.booleans(),
    )
    def test_database_and_rule_agree(
        self, people: list[dict[str, Any]], months: int, tags: set[str], keep_flagged: bool
    ) -> None:
        store = make_store("any")
        rule = RetentionRule(store=store, months=months, tags=sorted(tags), keep_flagged=keep_flagged)
        expected = set()
        for number, person in enumerate(people, 1):
            customer, facts = self.write(store, number, person)
            if is_forgettable(facts, now=NOW, months=months, tags=frozenset(tags), keep_flagged=keep_flagged):
                expected.add(customer.pk)
        found = queries.forgettable(store=store, rule=rule, now=NOW)
        assert set(found.values_list("pk", flat=True)) == expected

    def write(self, store: Store, number: int, person: dict[str, Any]) -> tuple[Customer, Facts]:
        def at(days: int) -> datetime:
            return NOW - days * DAY

        customer = Customer.objects.create(
            store=store,
            number=number,
            first_name="Somebody",
            state=person["state"],
            created_at=at(person["created"]),
            credit_minor=person["credit"],
            flag=person["flag"],
            flag_reason="so" if person["flag"] != "none" else "",
            tags=sorted(person["tags"]),
        )
        about: dict[str, Any] = {"store": store, "customer": customer}
        for one, (days, status) in enumerate(person["orders"]):
            Order.objects.create(
                number=f"{number}-{one}",
                placed_at=at(days),
                status=status,
                total_minor=0,
                currency="EUR",
                **about,
            )
        for days, status in person["tradeins"]:
            TradeIn.objects.create(
                number=number, created_at=at(days), status=status, way="in_store", currency="EUR",
                author_name="", **about,
            )  # fmt: skip
        for state in person["invoices"]:
            issued = {"sequence": number, "number": f"R{number}"} if state != "draft" else {}
            Invoice.objects.create(state=state, currency="EUR", **issued, **about)
        if person["signed_in"] is not None:
            email = f"{number}@example.com"
            Account.objects.create(
                email=email, email_key=email, signed_in_at=at(person["signed_in"]), **about
            )
        for days, state in person["requests"]:
            Request.objects.create(
                customer_number=number, kind="access", state=state, way="mail", received_at=at(days), due_at=NOW,
                created_at=at(days), closed_at=NOW if state == "done" else None, **about,
            )  # fmt: skip
        heard = [person["created"], *(days for days, _status in person["orders"])]
        heard += [days for days, _status in person["tradeins"]] + [
            days for days, _state in person["requests"]
        ]
        heard += [person["signed_in"]] if person["signed_in"] is not None else []
        return customer, Facts(
            state=person["state"],
            heard=tuple(at(days) for days in heard),
            open_orders=sum(status == "open" for _days, status in person["orders"]),
            unpaid_invoices=person["invoices"].count("open"),
            open_tradeins=sum(status == "pending" for _days, status in person["tradeins"]),
            open_requests=sum(state == "open" for _days, state in person["requests"]),
            credit_minor=person["credit"],
            flagged=person["flag"] != "none",
            tags=frozenset(person["tags"]),
        )
