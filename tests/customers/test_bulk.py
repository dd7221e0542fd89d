"""Verbs on many customers: each is done or skipped with a reason, one act, one event per customer."""

from typing import Any

import pytest

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.customers.resource.actions import ACTIONS
from regulars.kit.actor import system
from regulars.kit.errors import Invalid
from regulars.kit.ids import new_id
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.undoing import undo_change_set
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
ME = system("Tests")


def do(service: Any, store: Store, *customers: Any, **inputs: Any) -> Outcome:
    ids = [one.pk if isinstance(one, Customer) else one for one in customers]
    return service(store=store, ids=ids, inputs=inputs, actor=ME, now=NOW, change_set=None)


def states(store: Store) -> list[str]:
    return list(Customer.objects.filter(store=store).order_by("number").values_list("state", flat=True))


def test_done_and_skipped_with_reasons_in_one_act(store: Store, other_store: Store) -> None:
    active, again = make_customer(store), make_customer(store)
    archived = make_customer(store, state="archived")
    forgotten = make_customer(store, state="anonymised")
    foreign, nobody = make_customer(other_store), new_id()
    before = ChangeSet.objects.count()
    outcome = do(services.archive_customers, store, active, archived, forgotten, foreign, nobody, again)
    assert outcome.done == [active.pk, again.pk]
    assert outcome.skipped == {
        archived.pk: "is archived already",
        forgotten.pk: "is anonymised",
        foreign.pk: "does not exist in this store",
        nobody: "does not exist in this store",
    }
    assert states(store) == ["archived", "archived", "archived", "anonymised"] and states(other_store) == [
        "active"
    ]
    assert ChangeSet.objects.count() == before + 1
    events = Event.objects.filter(change_set_id=outcome.change_set)
    assert {event.record_id for event in events} == {active.pk, again.pk}
    assert {(event.key, event.version) for event in events} == {("customer.archived", 2)}


def test_nothing_done_is_no_act(store: Store) -> None:
    outcome = do(services.restore_customers, store, make_customer(store))
    assert (outcome.done, outcome.change_set) == ([], None)
    assert not Event.objects.filter(key="customer.restored").exists()


@pytest.mark.parametrize(
    ("service", "start", "end"),
    [
        (services.archive_customers, "active", "archived"),
        (services.archive_customers, "inactive", "archived"),
        (services.restore_customers, "archived", "active"),
        (services.deactivate_customers, "active", "inactive"),
        (services.activate_customers, "inactive", "active"),
        (services.deactivate_customers, "archived", None),
        (services.activate_customers, "archived", None),
        (services.restore_customers, "inactive", None),
    ],
)
def test_from_state_to_state(store: Store, service: Any, start: str, end: str | None) -> None:
    customer = make_customer(store, state=start)
    outcome = do(service, store, customer)
    assert states(store) == [end or start]
    assert bool(outcome.done) == (end is not None)


def test_nothing_touches_an_anonymised_customer(store: Store) -> None:
    customer = make_customer(store, state="anonymised", email="a@b.de", tags=["x"])
    before = Customer.objects.filter(pk=customer.pk).values().get()
    verbs = [action for action in ACTIONS if action.name != "delete"]
    for action in verbs:
        outcome = action.perform(
            store=store,
            ids=[customer.pk],
            inputs={
                "tags": ["y"],
                "group": None,
                "language": "fr",
                "level": "monitor",
                "reason": "why",
                "review": None,
            },
            actor=ME,
            now=NOW,
            change_set=None,
        )
        assert outcome.skipped == {customer.pk: "is anonymised"}, action.name
    assert Customer.objects.filter(pk=customer.pk).values().get() == before


def test_tags(store: Store) -> None:
    one, two = make_customer(store, tags=["vip"]), make_customer(store)
    added = do(services.add_tags, store, one, two, tags=["vip", ["new", " old"][0]])
    assert added.done == [one.pk, two.pk]
    assert [c.tags for c in Customer.objects.order_by("number")] == [["vip", "new"], ["vip", "new"]]
    assert do(services.add_tags, store, one, tags=["vip"]).skipped == {one.pk: "has the tags already"}
    do(services.remove_tags, store, one, two, tags=["vip"])
    assert [c.tags for c in Customer.objects.order_by("number")] == [["new"], ["new"]]
    for service in (services.add_tags, services.remove_tags):
        with pytest.raises(Invalid):
            do(service, store, one, tags=[])


def test_too_many_tags_skip_the_one_customer_and_do_the_rest(store: Store) -> None:
    full = make_customer(store, tags=[f"t{number}" for number in range(250)])
    other = make_customer(store)
    outcome = do(services.add_tags, store, full, other, tags=["one more"])
    assert outcome.done == [other.pk] and "250 tags" in outcome.skipped[full.pk]


def test_languages(store: Store) -> None:
    one, two = make_customer(store, language="fr"), make_customer(store)
    outcome = do(services.set_language, store, one, two, language="fr")
    assert outcome.done == [two.pk] and outcome.skipped == {one.pk: "has this language already"}
    assert [c.language for c in Customer.objects.order_by("number")] == ["fr", "fr"]
    with pytest.raises(Invalid, match="Choose a language"):
        do(services.set_language, store, one, language="")
    assert outcome.change_set is not None
    undo_change_set(store=store, change_set_id=outcome.change_set, actor=ME, now=NOW)
    assert [c.language for c in Customer.objects.order_by("number")] == ["fr", ""]


def test_groups(store: Store, other_store: Store) -> None:
    """P-22."""
    group = services.create_group(store=store, name="Trade", actor=ME, now=NOW)
    foreign = services.create_group(store=other_store, name="Trade", actor=ME, now=NOW)
    customer = make_customer(store)
    assert do(services.set_group, store, customer, group=group.pk).done == [customer.pk]
    assert do(services.set_group, store, customer, group=str(group.pk)).skipped == {
        customer.pk: "is in the group already"
    }
    with pytest.raises(Invalid):
        do(services.set_group, store, customer, group=foreign.pk)
    assert do(services.set_group, store, customer, group=None).done == [customer.pk]
    assert Customer.objects.get().group_id is None


def test_nobody_is_subscribed_without_an_email(store: Store) -> None:
    mute, ada = make_customer(store), make_customer(store, email="a@b.de")
    outcome = do(services.subscribe_customers, store, mute, ada)
    assert (outcome.done, outcome.skipped) == ([ada.pk], {mute.pk: "has no e-mail"})
    assert do(services.unsubscribe_customers, store, mute, ada).done == [ada.pk]


def test_the_same_id_twice_is_done_once(store: Store) -> None:
    customer = make_customer(store)
    outcome = do(services.archive_customers, store, customer, customer)
    assert Customer.objects.get().version == 2
    assert Event.objects.filter(change_set_id=outcome.change_set).count() == 1
