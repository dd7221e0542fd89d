"""Items made ahead by a thread: in order, never many at once, with their failures, and without leftovers."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, connections

from regulars.kit.ahead import made_ahead


def threads() -> set[str]:
    return {thread.name.partition("_")[0] for thread in threading.enumerate()}


def test_gives_the_items_in_their_order() -> None:
    with made_ahead(iter(range(100))) as items:
        assert list(items) == list(range(100))
    assert "made-ahead" not in threads()


def test_makes_few_more_than_were_asked_for() -> None:
    made = []

    def source() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    with made_ahead(source()) as items:
        assert next(items) == 0
        assert next(items) == 1
    assert len(made) <= 4


def test_raises_what_the_source_raises_in_its_place() -> None:
    def source() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("broken")

    found: list[int] = []
    with pytest.raises(ValueError, match="broken"), made_ahead(source()) as items:
        found.extend(items)
    assert found == [1, 2]
    assert "made-ahead" not in threads()


def test_ends_with_a_failure_of_the_block() -> None:
    endless = iter(int, 1)
    with pytest.raises(KeyError), made_ahead(endless) as items:
        next(items)
        raise KeyError
    assert "made-ahead" not in threads()


@pytest.mark.django_db(transaction=True)
def test_leaves_no_connection_behind() -> None:
    used = []

    def source() -> Iterator[int]:
        connection.ensure_connection()
        used.append(connections["default"])
        yield 1

    with made_ahead(source()) as items:
        assert list(items) == [1]
    assert used[0] is not connections["default"]
    assert used[0].connection is None
