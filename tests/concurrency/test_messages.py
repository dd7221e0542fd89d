"""Two workers deliver at once: each message goes out once."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import transaction

from regulars.kit.actor import system
from regulars.messaging.models import Message
from regulars.messaging.services import delivering, write_to
from regulars.stores.models import Store
from tests.concurrency.together import together
from tests.factories import NOW, make_customer, make_store

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(transactional_db: None) -> Store:
    store = make_store("shop")
    ids = [make_customer(store, email=f"p{number}@example.test").pk for number in range(120)]
    words = {"purpose": "service", "subject": "s", "body": "b"}
    write_to(store=store, ids=ids, inputs=words, actor=system("Tests"), now=NOW, change_set=None)
    return store


def test_without_the_lock_both_take_the_same_ones(shop: Store) -> None:
    """The control: who only looks sees what the other one is sending."""
    looked = threading.Barrier(2, timeout=20)

    def look() -> set[Any]:
        with transaction.atomic():
            found = set(Message.objects.filter(state="queued").values_list("pk", flat=True)[:50])
            looked.wait()
            return found

    first, second = together(look, look)
    assert first & second


def test_each_message_goes_out_once(shop: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    went: Counter[Any] = Counter()
    monkeypatch.setattr(delivering, "_hand_over", lambda message, mailer: went.update([message.pk]))

    def deliver() -> int:
        return delivering.deliver_due(now=NOW)

    assert sum(together(deliver, deliver, deliver)) == 120
    assert len(went) == 120 and set(went.values()) == {1}
