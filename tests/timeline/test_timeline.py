"""What happened: kept once, told in words, read back newest first, and only in its own store."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from regulars.kit.errors import NotFound
from regulars.kit.ids import new_id
from regulars.stores.models import Store
from regulars.timeline import queries, services
from regulars.timeline.erasing import _door
from regulars.timeline.events import all_kinds, event_kind, kind_of
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.services import Touched
from tests.factories import NOW, make_customer
from tests.people import Someone

pytestmark = pytest.mark.django_db
KIND = kind_of("customer.edited")


def tell(who: Someone, record_id: Any, *, minute: int = 0, version: int = 0, **values: Any) -> None:
    services.emit(
        store=who.store,
        actor=who.actor,
        resource="customers",
        kind=KIND,
        touched=Touched(record_id, version=version, **values),
        now=NOW + timedelta(minutes=minute),
    )


def test_newest_first_a_page_at_a_time(owner: Someone) -> None:
    record_id = new_id()
    for minute in range(5):
        tell(owner, record_id, minute=minute, after={"city": str(minute)})
    page = queries.happenings(store=owner.store, record_id=record_id, limit=2)
    assert [one.after["city"] for one in page] == ["4", "3"]
    older = queries.happenings(store=owner.store, record_id=record_id, limit=5, before=page[-1].at)
    assert [one.after["city"] for one in older] == ["2", "1", "0"]
    assert (page[0].actor_name, page[0].actor_kind, page[0].surface) == (
        owner.user.display_name,
        "staff",
        "desk",
    )


def test_another_store_sees_nothing_of_it(owner: Someone, other_store: Store) -> None:
    customer = make_customer(owner.store)
    change_set = Event.objects.get(record_id=customer.pk).change_set_id
    assert queries.happenings(store=other_store, record_id=customer.pk) == []
    with pytest.raises(NotFound):
        queries.get_act(store=other_store, change_set_id=change_set)
    act = queries.get_act(store=owner.store, change_set_id=change_set)
    assert (act.key, act.records) == ("customer.created", 1)
    touched = queries.pasts_of(store=owner.store, change_set_id=change_set, limit=5)
    assert [one.record_id for one in touched] == [customer.pk]
    assert queries.pasts_of(store=other_store, change_set_id=change_set, limit=5) == []
    assert (
        queries.last_before(store=other_store, record_ids=[customer.pk], key="customer.created", field="x")
        == {}
    )


def test_what_a_field_was_before_the_latest_event(owner: Someone) -> None:
    one, two = new_id(), new_id()
    tell(owner, one, minute=1, before={"state": "active"})
    tell(owner, one, minute=2, before={"state": "inactive"})
    tell(owner, two, before={"city": "Rome"})
    found = queries.last_before(store=owner.store, record_ids=[one, two], key=KIND.key, field="state")
    assert found == {one: "inactive"}


def test_subscribers_hear_inside_the_transaction_and_can_stop_it(
    owner: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []

    def refuse(store: Store, kind: Any, rows: list[Touched], actor: Any) -> None:
        heard.append((store, kind.key, [row.record_id for row in rows], actor.name))
        raise ZeroDivisionError

    monkeypatch.setitem(services._subscribers, KIND.key, [(refuse, frozenset())])
    record_id, before = new_id(), ChangeSet.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(owner, record_id)
    assert heard == [(owner.store, KIND.key, [record_id], owner.user.display_name)]
    assert ChangeSet.objects.count() == before and not Event.objects.filter(record_id=record_id).exists()


def test_an_event_of_a_part_that_was_taken_out_shows_its_key(owner: Someone) -> None:
    record_id = new_id()
    Event.objects.create(
        store=owner.store,
        change_set_id=services.open_change_set(store=owner.store, actor=owner.actor, kind=KIND, now=NOW).id,
        key="gone.happened",
        resource="customers",
        record_id=record_id,
    )
    assert queries.happenings(store=owner.store, record_id=record_id)[0].sentence == "gone.happened"


def test_declarations_are_complete_or_do_not_load() -> None:
    for key, sentence in (
        ("nodot", "x"),
        (".x", "x"),
        ("x.", "x"),
        ("a.b", ""),
        ("customer.edited", "again"),
    ):
        with pytest.raises(ValueError):
            event_kind(key, sentence)


def test_sentences_survive_missing_and_hostile_data() -> None:
    for kind in all_kinds():
        assert kind.say({}) and kind.say({"name": "{0.__class__}", "action": "<b>", "body": "{x}"})
    assert "__class__" in kind_of("group.created").say({"name": "{0.__class__}"})


@pytest.mark.parametrize("model", [Event, ChangeSet])
def test_the_database_refuses_to_change_or_remove_history(owner: Someone, model: Any) -> None:
    tell(owner, new_id())
    for rewrite in (lambda: model.objects.update(key="x.y"), lambda: model.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="only ever added to"), transaction.atomic():
            rewrite()
    assert model.objects.filter(key=KIND.key).exists()


@pytest.mark.parametrize("model", [Event, ChangeSet])
def test_even_forgetting_somebody_removes_no_fact_of_the_history(owner: Someone, model: Any) -> None:
    tell(owner, new_id())
    for rewrite in (
        lambda: model.objects.update(key="x.y"),
        lambda: model.objects.update(at=NOW),
        lambda: model.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError, match="only ever added to"), _door():
            rewrite()
    assert model.objects.filter(key=KIND.key).exists()
