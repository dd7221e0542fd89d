"""Messages that somebody writes: who gets them, who does not and why, and when one person is not enough."""

from typing import Any

import pytest

from regulars.kit.errors import Invalid, NotAllowed
from regulars.messaging.models import Message, Settings
from regulars.messaging.services import admit_writing, preview_writing, write_to
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer
from tests.people import Someone

NEWS = {"purpose": "marketing", "subject": "Hello {{first_name}}", "body": "{{name}}, come to {{store}}"}


def people(store: Store) -> list[Any]:
    ada = make_customer(store, first_name="Ada", email="ada@example.test", accepts_marketing=True)
    bea = make_customer(store, first_name="Bea", email="bea@example.test")
    return [ada.pk, bea.pk]


def test_each_reads_their_own_and_who_did_not_agree_is_left_out(owner: Someone) -> None:
    ids = people(owner.store)
    asked: dict[str, Any] = {
        "store": owner.store,
        "ids": ids,
        "inputs": NEWS,
        "actor": owner.actor,
        "now": NOW,
    }
    told = preview_writing(count=2, **asked)
    assert (
        told[0] == "Ada: get it."
        and "has not agreed to marketing" in told[1]
        and "Ada, come to Shop" in told[2]
    )
    outcome = write_to(change_set=None, **asked)
    assert outcome.done == ids[:1] and outcome.skipped == {ids[1]: "has not agreed to marketing"}
    message = Message.objects.get(state="queued")
    assert (message.subject, message.author_name) == ("Hello Ada", owner.actor.name)
    assert Event.objects.filter(key="message.written", record_id=ids[0]).count() == 1


def test_above_the_limit_a_second_person_has_to_agree(owner: Someone, clerk: Someone) -> None:
    Settings.objects.create(store=owner.store, second_person_above=5)
    asked: dict[str, Any] = {"store": owner.store, "inputs": NEWS, "now": NOW}
    assert admit_writing(count=5, actor=owner.actor, **asked) == ""
    assert "second person" in admit_writing(count=6, actor=owner.actor, **asked)
    assert admit_writing(count=1, actor=clerk.actor, **asked) == ""
    with pytest.raises(NotAllowed):
        admit_writing(count=2, actor=clerk.actor, **asked)


@pytest.mark.parametrize(
    "words", [{"body": ""}, {"subject": ""}, {"body": "{{thing}}"}, {"subject": "{{nobody}}"}]
)
def test_what_is_wrong_is_said_before_anything_is_sent(owner: Someone, words: dict[str, str]) -> None:
    ids = people(owner.store)
    with pytest.raises(Invalid):
        write_to(store=owner.store, ids=ids, inputs=NEWS | words, actor=owner.actor, now=NOW, change_set=None)
    assert not Message.objects.exists()
