"""Looking up by anything: the finders' order, and what a resource takes."""

from uuid import UUID

import pytest

from regulars.kit.actor import Actor, system
from regulars.resources.context import Context
from regulars.resources.finder import Find, Finder, Sure
from regulars.resources.look_up import look_up
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
NOBODY = Actor(kind="staff", name="Nobody", permissions=frozenset())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[UUID]]:
    """What each of four finders of customers will find."""
    found: dict[str, list[UUID]] = {"name": [], "exact": [], "secret": [], "loose": []}

    def finder(name: str, sure: Sure, *, permission: str = "") -> Finder:
        def find(text: str, context: Context, limit: int) -> list[Find]:
            return [Find(one, by=name) for one in found[name]][:limit]

        return Finder(name=name, label=name, find=find, sure=sure, permission=permission)

    known = {
        "loose": finder("loose", Sure.SOUNDS),
        "exact": finder("exact", Sure.BEGINS),
        "name": finder("name", Sure.NAMES_ONE),
        "secret": finder("secret", Sure.BEGINS, permission="never.granted"),
    }
    monkeypatch.setattr(get_resource("customers"), "_finders", known)
    return found


def test_the_surest_first_and_each_record_once(store: Store, asked: dict[str, list[UUID]]) -> None:
    one, two, three = (make_customer(store, first_name=name).pk for name in "ABC")
    asked |= {"exact": [three, one], "loose": [one, two], "secret": [two]}
    context = Context(store=store, actor=NOBODY, now=NOW)
    customers = get_resource("customers")
    found = look_up(customers, "  bea ", context, limit=10)
    assert [(find.record_id, find.by) for find in found] == [(three, "exact"), (one, "exact"), (two, "loose")]
    assert [find.record_id for find in look_up(customers, "bea", context, limit=1)] == [three]
    assert look_up(customers, " \x00 ", context, limit=2) == []


def test_nothing_is_guessed_where_something_is_named(store: Store, asked: dict[str, list[UUID]]) -> None:
    one, two = (make_customer(store, first_name=name).pk for name in "AB")
    asked |= {"name": [one], "loose": [two]}
    context = Context(store=store, actor=NOBODY, now=NOW)
    assert [find.by for find in look_up(get_resource("customers"), "x", context, limit=10)] == ["name"]


def test_a_finder_is_asked_only_for_those_who_may(store: Store, asked: dict[str, list[UUID]]) -> None:
    four = make_customer(store).pk
    asked["secret"] = [four]
    everybody = Context(store=store, actor=system("Tests"), now=NOW)
    assert [one.by for one in look_up(get_resource("customers"), "x", everybody, limit=5)] == ["secret"]
