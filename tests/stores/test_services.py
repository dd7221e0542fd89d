"""Opening stores and changing their settings."""

import pytest

from regulars.kit.actor import system
from regulars.kit.errors import InvalidRecord, NotAllowed
from regulars.stores import services
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests import factories
from tests.factories import NOW
from tests.people import Someone


def test_an_edit_keeps_before_and_after(owner: Someone) -> None:
    changed = services.edit_store(
        store=owner.store, changes={"name": "New name", "currency": "EUR"}, actor=owner.actor, now=NOW
    )
    assert changed.name == "New name"
    event = Event.objects.get(key="store.edited")
    assert (event.before, event.after) == ({"name": "Shop"}, {"name": "New name"})


def test_an_edit_that_changes_nothing_writes_nothing(owner: Someone) -> None:
    services.edit_store(store=owner.store, changes={"currency": "EUR"}, actor=owner.actor, now=NOW)
    assert not Event.objects.filter(key="store.edited").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "  "),
        ("currency", "EURO"),
        ("time_zone", "Mars/Base"),
        ("language", "klingon-xx"),
        ("country", "XQ"),
        ("delete_policy", "sometimes"),
        ("loyal_orders", 0),
        ("slug", "new-slug"),
    ],
)
def test_refuses_wrong_settings_by_name(owner: Someone, name: str, value: object) -> None:
    with pytest.raises(InvalidRecord) as caught:
        services.edit_store(store=owner.store, changes={name: value}, actor=owner.actor, now=NOW)
    assert set(caught.value.errors) == {name}
    assert Store.objects.get(pk=owner.store.pk) == owner.store
    assert not Event.objects.filter(key="store.edited").exists()


def test_only_owners_edit(manager: Someone) -> None:
    with pytest.raises(NotAllowed):
        services.edit_store(store=manager.store, changes={"name": "Mine"}, actor=manager.actor, now=NOW)
    assert Store.objects.get().name == "Shop"


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["New", "a b", "", "api", "start", "x" * 51])
def test_refuses_slugs_that_would_break_links(slug: str) -> None:
    with pytest.raises(InvalidRecord):
        services.create_store(slug=slug, name="Shop", actor=system(), now=NOW)
    assert not Store.objects.exists()


@pytest.mark.django_db
def test_a_slug_belongs_to_one_store() -> None:
    factories.make_store("shop")
    with pytest.raises(services.SlugTaken):
        factories.make_store("shop")
    assert Store.objects.count() == 1
