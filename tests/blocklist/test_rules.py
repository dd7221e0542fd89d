"""Adding, changing, removing rules; the mark beside customers follows; everything can be undone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from regulars.blocklist import queries, services
from regulars.blocklist.models import Key, Rule
from regulars.blocklist.services import NeedsSecondYes, NewRule, RuleExists, may_order
from regulars.customers import services as customer_services
from regulars.customers.models import Customer
from regulars.kit.errors import InvalidRecord, NotFound
from regulars.resources.conflicts import EditConflict
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.undoing import undo_change_set
from tests.blocklist.conftest import ME, make_rule
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
Add = Callable[..., Rule]


def marked(store: Store) -> set[str]:
    return set(Customer.objects.filter(store=store, blocked=True).values_list("email", flat=True))


def undo_last(store: Store) -> Any:
    act = ChangeSet.objects.filter(store=store).order_by("-pk").first()
    assert act is not None
    return undo_change_set(store=store, change_set_id=act.pk, actor=ME, now=NOW)


def people(store: Store, *emails: str) -> list[Customer]:
    return [make_customer(store, email=email) for email in emails]


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        ("email", "JaneDoe@gmail.com", {"jane.doe@gmail.com", "JANEDOE+x@googlemail.com"}),
        ("email", "ann@outlook.com", {"Ann@outlook.com", "ann+shop@outlook.com"}),
        ("email", "ada@spam.test", {"ada@spam.test"}),
        ("domain", "spam.test", {"ada@spam.test", "bob@SPAM.test"}),
        ("domain", "*.spam.test", {"ada@spam.test", "bob@SPAM.test", "eve@mail.spam.test"}),
        ("domain", "münchen.example", {"max@münchen.example"}),
        ("phone", "06 12 34 56 78", {"phone@x.test"}),
        ("ip", "203.0.113.0/24", set()),
    ],
)
def test_the_mark_follows_a_rule(store: Store, kind: str, value: str, meant: set[str]) -> None:
    people(
        store, "jane.doe@gmail.com", "JANEDOE+x@googlemail.com", "janedoes@gmail.com", "janedoe@example.com",
        "Ann@outlook.com", "ann+shop@outlook.com", "anna+shop@outlook.com", "ada@spam.test", "bob@SPAM.test",
        "eve@mail.spam.test", "joe@notspam.test", "max@münchen.example",
    )  # fmt: skip
    make_customer(store, email="phone@x.test", phone="+33612345678")
    before = {c.pk: (c.version, c.updated_at) for c in Customer.objects.all()}
    rule = make_rule(store, kind, value)
    assert marked(store) == meant
    services.remove_rules(store=store, ids=[rule.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    assert marked(store) == set()
    assert {c.pk: (c.version, c.updated_at) for c in Customer.objects.all()} == before


def test_who_comes_later_is_marked_too(store: Store, add: Add) -> None:
    add("domain", "spam.test")
    customer = make_customer(store, email="x@spam.test")
    assert marked(store) == {"x@spam.test"}
    for email, expected in (("x@fine.test", set()), ("x@spam.test", {"x@spam.test"})):
        customer_services.edit_customer(
            store=store,
            customer_id=customer.pk,
            values={"email": email},
            base_version=None,
            actor=ME,
            now=NOW,
        )
        assert marked(store) == expected
    assert undo_last(store).left == {}
    assert marked(store) == set()


def test_shadow_and_trust_mark_nobody(store: Store, add: Add) -> None:
    people(store, "a@spam.test", "b@spam.test")
    shadow = add("domain", "spam.test", mode="shadow")
    assert marked(store) == set()
    services.edit_rule(
        store=store, rule_id=shadow.pk, values={"mode": "active"}, base_version=None, actor=ME, now=NOW
    )
    assert marked(store) == {"a@spam.test", "b@spam.test"}
    trust = add("email", "a@spam.test", list="trust")
    assert marked(store) == {"b@spam.test"}
    services.remove_rules(store=store, ids=[trust.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    assert marked(store) == {"a@spam.test", "b@spam.test"}


def test_a_rule_ends_by_itself(store: Store, add: Add) -> None:
    people(store, "a@spam.test")
    rule = add("domain", "spam.test", expires_at=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=1)
    assert services.settle_due(store=store, now=later) == 1
    rule.refresh_from_db()
    assert marked(store) == set() and not rule.in_force
    assert services.settle_due(store=store, now=later) == 0
    again = add("domain", "spam.test", now=later)  # an expired rule makes room
    assert marked(store) == {"a@spam.test"} and again.pk != rule.pk


def test_a_longer_end_brings_an_expired_rule_back(store: Store, add: Add) -> None:
    people(store, "a@spam.test")
    rule = add("domain", "spam.test", expires_at=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    services.settle_due(store=store, now=later)
    values = {"expires_at": later + timedelta(days=1)}
    services.edit_rule(store=store, rule_id=rule.pk, values=values, base_version=None, actor=ME, now=later)
    assert marked(store) == {"a@spam.test"}
    assert not may_order(store=store, email="a@spam.test", now=later).allowed


def test_the_same_rule_is_kept_once(store: Store, add: Add) -> None:
    rule = add("email", "jane.doe@gmail.com")
    with pytest.raises(RuleExists) as refusal:
        add("email", "JANEDOE+1@googlemail.com")
    assert refusal.value.rule_id == rule.pk
    add("email", "jane.doe@gmail.com", list="trust")
    assert Rule.objects.count() == 2


def test_a_whole_provider_wants_a_second_yes(store: Store, add: Add) -> None:
    with pytest.raises(NeedsSecondYes):
        add("domain", "gmail.com", confirmed=False)
    assert not Rule.objects.exists()
    add("domain", "gmail.com", confirmed=True)
    add("domain", "qq.com", confirmed=False, list="trust")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "email", "value": "nothing"}, "value"),
        ({"kind": "ip", "value": "0.0.0.0/0"}, "value"),
        ({"kind": "moon", "value": "x"}, "kind"),
        ({"kind": "email", "value": "a@b.test", "list": "grey"}, "list"),
        ({"kind": "email", "value": "a@b.test", "list": "trust", "mode": "shadow"}, "mode"),
        ({"kind": "email", "value": "a@b.test", "expires_at": NOW}, "expires"),
        ({"kind": "customer", "value": "#99999"}, "value"),
        ({"kind": "customer", "value": "Jane"}, "value"),
    ],
)
def test_a_wrong_rule_is_refused_at_its_field(store: Store, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        services.add_rule(store=store, rule=NewRule(**values), actor=ME, now=NOW)
    assert field in refusal.value.errors
    assert not Rule.objects.exists() and not Event.objects.filter(resource="blocks").exists()


def test_what_a_rule_is_about_cannot_be_changed(store: Store, add: Add) -> None:
    rule = add("email", "a@b.test")
    with pytest.raises(InvalidRecord):
        services.edit_rule(
            store=store, rule_id=rule.pk, values={"value": "c@d.test"}, base_version=None, actor=ME, now=NOW
        )


def test_two_people_change_a_rule(store: Store, add: Add) -> None:
    rule = add("email", "a@b.test", reason="one")

    def edit(base: int, **values: Any) -> Rule:
        return services.edit_rule(
            store=store, rule_id=rule.pk, values=values, base_version=base, actor=ME, now=NOW
        )

    edit(1, reason="two")
    assert edit(1, reason_shown="call us", reason="one").reason == "two"
    with pytest.raises(EditConflict):
        edit(1, reason="three")
    rule.refresh_from_db()
    assert (rule.reason, rule.reason_shown, rule.version) == ("two", "call us", 3)


def test_everything_can_be_undone_and_done_again(store: Store, add: Add) -> None:
    people(store, "a@spam.test")
    rule = add("domain", "spam.test")
    for expected in (set(), {"a@spam.test"}, set(), {"a@spam.test"}):
        assert undo_last(store).left == {}
        assert marked(store) == expected
    services.edit_rule(
        store=store,
        rule_id=rule.pk,
        values={"mode": "shadow", "reason": "why"},
        base_version=None,
        actor=ME,
        now=NOW,
    )
    assert marked(store) == set()
    assert undo_last(store).left == {}
    rule.refresh_from_db()
    assert (rule.mode, rule.reason) == ("active", "") and marked(store) == {"a@spam.test"}


def test_undo_leaves_alone_what_was_changed_since(store: Store, add: Add) -> None:
    rule = add("domain", "spam.test")
    act = ChangeSet.objects.filter(store=store).order_by("-pk").first()
    assert act is not None
    services.edit_rule(
        store=store, rule_id=rule.pk, values={"reason": "x"}, base_version=None, actor=ME, now=NOW
    )
    assert undo_change_set(store=store, change_set_id=act.pk, actor=ME, now=NOW).left == {
        rule.pk: "was changed since"
    }
    services.remove_rules(store=store, ids=[rule.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    removal = ChangeSet.objects.filter(store=store).order_by("-pk").first()
    assert removal is not None
    add("domain", "spam.test")
    left = undo_change_set(store=store, change_set_id=removal.pk, actor=ME, now=NOW).left
    assert left == {rule.pk: "is on the list again already"}
    assert queries.rules_of(store).count() == 1


def test_a_rule_of_another_store_does_not_exist(store: Store, other_store: Store, add: Add) -> None:
    rule = add("email", "a@b.test")
    with pytest.raises(NotFound):
        queries.get_rule(store=other_store, rule_id=rule.pk)
    outcome = services.remove_rules(
        store=other_store, ids=[rule.pk], inputs={}, actor=ME, now=NOW, change_set=None
    )
    assert outcome.done == [] and queries.rules_of(store).count() == 1
    with pytest.raises(NotFound):
        services.edit_rule(
            store=other_store, rule_id=rule.pk, values={"reason": "x"}, base_version=None, actor=ME, now=NOW
        )


def test_the_history_holds_no_whole_value(store: Store, add: Add) -> None:
    add("email", "jane.private@spam.test")
    add("phone", "+33612345678")
    for event in Event.objects.filter(resource="blocks"):
        assert "private" not in str(event.after) and "345" not in str(event.after)


def test_marks_are_right_after_a_recount(store: Store, add: Add) -> None:
    people(store, "a@spam.test", "b@fine.test")
    add("domain", "spam.test")
    Customer.objects.filter(email="a@spam.test").update(blocked=False)
    Customer.objects.filter(email="b@fine.test").update(blocked=True)
    assert services.recount_marks(store=store) == 2
    assert marked(store) == {"a@spam.test"}
    assert services.recount_marks(store=store) == 0


def test_very_many_are_marked_by_the_worker(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from regulars.blocklist.services import marks

    monkeypatch.setattr(marks, "AT_ONCE", 3)
    monkeypatch.setattr(marks, "BATCH", 4)
    people(store, *(f"p{number}@spam.test" for number in range(10)))
    make_rule(store, "domain", "spam.test")
    assert len(marked(store)) == 3
    services.settle_due(store=store, now=NOW + timedelta(minutes=1))
    assert len(marked(store)) == 10


def test_old_hits_and_removed_rules_go(store: Store, add: Add) -> None:
    gone, kept = add("email", "a@b.test"), add("email", "c@d.test")
    may_order(store=store, email="c@d.test", now=NOW)
    services.remove_rules(store=store, ids=[gone.pk], inputs={}, actor=ME, now=NOW, change_set=None)
    services.settle_due(store=store, now=NOW + timedelta(minutes=1))
    assert services.purge_old(store=store, now=NOW + timedelta(days=29)) == 0
    services.purge_old(store=store, now=NOW + timedelta(days=31))
    assert list(Rule.objects.values_list("pk", flat=True)) == [kept.pk] and kept.hits.count() == 1
    assert Key.objects.count() == 1
    services.purge_old(store=store, now=NOW + timedelta(days=91))
    assert kept.hits.count() == 0
