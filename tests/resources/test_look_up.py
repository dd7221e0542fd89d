"""Looking up by anything: the finders' order, and what a resource takes."""

from uuid import UUID

import pytest

from regulars.kit.actor import Actor, system
from regulars.resources.context import Context
from regulars.resources.finder import Find, Finder
from regulars.resources.look_up import look_up
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db
NOBODY = Actor(kind="staff", name="Nobody", permissions=frozenset())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[UUID]]:
    """What each of three finders of customers will find."""
    found: dict[str, list[UUID]] = {"exact": [], "secret": [], "loose": []}

    def finder(name: str, *, permission: str = "", loose: bool = False) -> Finder:
        def find(text: str, context: Context, limit: int) -> list[Find]:
            return [Find(one, by=name) for one in found[name]][:limit]

        return Finder(name=name, label=name, find=find, permission=permission, loose=loose)

    known = {
        "loose": finder("loose", loose=True),
        "exact": finder("exact"),
        "secret": finder("secret", permission="never.granted"),
    }
    monkeypatch.setattr(get_resource("customers"), "_finders", known)
    return found


def test_finders_first_then_the_search_then_guesses(store: Store, asked: dict[str, list[UUID]]) -> None:
    one, two, three, four = (make_customer(store, first_name=name).pk for name in ("A", "Bea", "C", "D"))
    asked |= {"exact": [three], "loose": [one, two], "secret": [four]}
    context = Context(store=store, actor=NOBODY, now=NOW)
    found = look_up(get_resource("customers"), "  bea ", context, limit=10)
    assert [(find.record_id, find.by) for find in found] == [(three, "exact"), (two, ""), (one, "loose")]
    assert [find.record_id for find in look_up(get_resource("customers"), "bea", context, limit=2)] == [
        three,
        two,
    ]
    assert look_up(get_resource("customers"), " \x00 ", context, limit=2) == []


def test_a_finder_is_asked_only_for_those_who_may(store: Store, asked: dict[str, list[UUID]]) -> None:
    four = make_customer(store).pk
    asked["secret"] = [four]
    everybody = Context(store=store, actor=system("Tests"), now=NOW)
    assert [one.by for one in look_up(get_resource("customers"), "x", everybody, limit=5)] == ["secret"]
