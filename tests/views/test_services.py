"""Saving, changing, sharing, copying and deleting views; and that each person sees only what is for them."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from regulars.kit.errors import Invalid, NotAllowed
from regulars.resources.context import Context
from regulars.resources.language import QueryError
from regulars.resources.query import Query, query_from_params
from regulars.resources.resource import get_resource
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.undoing import undo_change_set
from regulars.views import queries, rules, services
from regulars.views.models import First, Pin, View
from regulars.views.queries import ViewGone
from tests.factories import NOW
from tests.people import Someone

pytestmark = pytest.mark.django_db


def query_of(who: Someone, **params: str) -> Query:
    context = Context(store=who.store, actor=who.actor, now=NOW)
    return query_from_params(get_resource("customers"), params, context)


def save(who: Someone, name: str = "Paris", **more: str) -> View:
    params = {key: more.pop(key) for key in ("where", "q", "tab", "sort", "columns", "size") if key in more}
    return services.save_view(
        store=who.store, query=query_of(who, **params), name=name, actor=who.actor, now=NOW, **more
    )


def change(who: Someone, view: View, base_version: int | None = None, **what: object) -> View:
    return services.change_view(
        store=who.store, view_id=view.pk, base_version=base_version, actor=who.actor, now=NOW, **what
    )


def names(who: Someone) -> list[str]:
    return [view.name for view in queries.views_of(store=who.store, actor=who.actor, resource="customers")]


class TestSaving:
    def test_keeps_what_the_list_shows(self, clerk: Someone) -> None:
        view = save(
            clerk,
            " Best   of Paris ",
            where="city=Paris  and spent>200",
            q="ada",
            tab="archived",
            sort="-spent",
            columns="name,spent",
            size="100",
        )
        assert (view.name, view.where, view.q) == ("Best of Paris", "city = Paris and spent > 200", "ada")
        assert (view.tab, view.sort, view.columns, view.size) == (
            "archived",
            "-spent",
            ["name", "spent"],
            100,
        )
        assert queries.params_of(view=view)["columns"] == "name,spent"
        event = Event.objects.get(record_id=view.pk)
        assert event.key == "view.saved" and event.after["where"] == view.where

    def test_widths_of_columns_it_shows_within_reason(self, clerk: Someone) -> None:
        view = services.save_view(
            store=clerk.store,
            query=query_of(clerk, columns="name,email"),
            name="Wide",
            widths={"name": 9000, "email": 3, "city": 100, "spent": True},
            density="cosy",
            actor=clerk.actor,
            now=NOW,
        )
        assert view.widths == {"name": 800, "email": 40} and view.density == "cosy"

    @pytest.mark.parametrize("name", ["", "   ", "\x00", "x" * 81])
    def test_refuses_names_that_are_none(self, clerk: Someone, name: str) -> None:
        with pytest.raises(Invalid):
            save(clerk, name)
        assert not View.objects.exists() and not ChangeSet.objects.filter(key="view.saved").exists()

    def test_refuses_conditions_that_cannot_be_asked(self, clerk: Someone) -> None:
        for where in ("city = ", "nonsense = 1", "spent > many"):
            with pytest.raises(QueryError):
                save(clerk, where=where)
        assert not View.objects.exists()

    def test_names_are_unique_for_each_audience_in_any_case(self, clerk: Someone, manager: Someone) -> None:
        save(clerk, "Paris")
        save(manager, "PARIS")
        save(manager, "paris", scope="store")
        save(manager, "paris", scope="role", role="clerk")
        save(manager, "paris", scope="role", role="viewer")
        with pytest.raises(services.NameTaken):
            save(clerk, "pARIS")
        with pytest.raises(services.NameTaken):
            save(manager, "pARIS", scope="store")
        with pytest.raises(services.NameTaken):
            save(manager, "pARIS", scope="role", role="clerk")
        assert View.objects.count() == 5

    def test_the_database_holds_the_rules_too(self, clerk: Someone) -> None:
        row = {"store": clerk.store, "resource": "customers", "owner_id": clerk.user.pk}
        View.objects.create(**row, name="a")
        for wrong in (
            {"name": "A"},
            {"name": ""},
            {"name": "b", "role": "clerk"},
            {"name": "b", "scope": "role"},
            {"name": "b", "scope": "role", "role": "king"},
            {"name": "b", "owner_id": None},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                View.objects.create(**row | wrong)

    def test_at_most_two_hundred_for_a_person(self, clerk: Someone, viewer: Someone) -> None:
        View.objects.bulk_create(
            View(store=clerk.store, resource="customers", name=str(at), owner_id=clerk.user.pk)
            for at in range(rules.MOST_VIEWS)
        )
        with pytest.raises(services.TooManyViews, match="200"):
            save(clerk)
        assert save(viewer).pk

    def test_only_those_who_may_share_can(self, clerk: Someone) -> None:
        for share in ({"scope": "store"}, {"scope": "role", "role": "clerk"}):
            with pytest.raises(NotAllowed):
                save(clerk, **share)
        assert not View.objects.exists()


class TestSeeing:
    def test_each_sees_what_is_for_them(
        self, owner: Someone, manager: Someone, clerk: Someone, viewer: Someone, other_owner: Someone
    ) -> None:
        save(clerk, "mine")
        save(manager, "managers only", scope="role", role="manager")
        save(manager, "clerks", scope="role", role="clerk")
        save(manager, "all", scope="store")
        assert names(clerk) == ["mine", "clerks", "all"]
        assert names(viewer) == ["all"]
        # Who shares looks after what is shared, also with other roles.
        assert names(owner) == names(manager) == ["clerks", "managers only", "all"]
        assert names(other_owner) == []

    def test_by_name_the_nearest_one(self, clerk: Someone, manager: Someone) -> None:
        everybodys = save(manager, "Élan", scope="store")

        def find(wanted: str) -> View:
            return queries.find_view(
                store=clerk.store, actor=clerk.actor, resource="customers", wanted=wanted
            )

        assert find("elan").pk == everybodys.pk
        own = save(clerk, "Élan")
        assert find("ÉLAN").pk == own.pk
        assert find(str(everybodys.pk)).pk == everybodys.pk
        with pytest.raises(ViewGone):
            find("nobody's")


class TestChanging:
    def test_counts_versions_and_says_who(self, manager: Someone, owner: Someone) -> None:
        view = save(manager, scope="store", where="city = Paris")
        changed = change(owner, view, 1, query=query_of(owner, where="city = Rome"))
        assert (changed.version, changed.where, changed.changed_by) == (2, "city = Rome", owner.actor.name)
        event = Event.objects.get(key="view.changed")
        assert (event.before, event.after) == ({"where": "city = Paris"}, {"where": "city = Rome"})

    def test_the_same_again_is_no_change(self, manager: Someone) -> None:
        view = save(manager, where="city = Paris")
        assert (
            change(manager, view, 1, name="Paris", query=query_of(manager, where="city=Paris")).version == 1
        )
        assert not Event.objects.filter(key="view.changed").exists()

    def test_nothing_of_others_is_overwritten_unasked(self, manager: Someone, owner: Someone) -> None:
        view = save(manager, scope="store", where="city = Paris")
        change(owner, view, 1, query=query_of(owner, where="city = Rome"))
        with pytest.raises(services.ViewChanged) as refusal:
            change(manager, view, 1, query=query_of(manager, where="city = Oslo"))
        assert refusal.value.version == 2 and owner.actor.name in refusal.value.sentence
        view.refresh_from_db()
        assert view.where == "city = Rome"
        assert change(manager, view, 2, query=query_of(manager, where="city = Oslo")).version == 3

    def test_shared_views_belong_to_those_who_may_share(self, manager: Someone, clerk: Someone) -> None:
        view = save(manager, scope="store")
        with pytest.raises(NotAllowed):
            change(clerk, view, name="Mine now")
        with pytest.raises(NotAllowed):
            services.remove_view(store=clerk.store, view_id=view.pk, actor=clerk.actor, now=NOW)
        own = save(clerk)
        with pytest.raises(NotAllowed):
            change(clerk, own, scope="store")
        with pytest.raises(ViewGone):  # even an owner does not know of it
            change(manager, own, name="Theirs")

    def test_from_personal_to_shared_and_back(self, manager: Someone, owner: Someone) -> None:
        view = save(manager)
        change(manager, view, scope="role", role="clerk")
        assert names(owner) == ["Paris"]
        change(owner, view, scope="personal")
        assert (names(owner), names(manager)) == (["Paris"], [])

    def test_copies_are_personal_with_a_free_name(self, manager: Someone, clerk: Someone) -> None:
        view = save(manager, "Paris", scope="store", where="city = Paris", columns="name,city")
        copies = [
            services.copy_view(store=clerk.store, view_id=view.pk, actor=clerk.actor, now=NOW)
            for _ in range(2)
        ]
        assert [copy.name for copy in copies] == ["Paris 2", "Paris 3"]
        assert {(copy.scope, copy.owner_id, copy.where) for copy in copies} == {
            ("personal", clerk.user.pk, "city = Paris")
        }
        long = save(manager, "y" * 80, scope="store")
        copied = services.copy_view(store=clerk.store, view_id=long.pk, actor=clerk.actor, now=NOW)
        assert copied.name == "y" * 78 + " 2"


class TestTaste:
    def test_pins_in_an_order_of_ones_own(self, manager: Someone, clerk: Someone) -> None:
        views = [save(manager, name, scope="store") for name in "abc"]
        here = {"store": clerk.store, "actor": clerk.actor}
        for view in views:
            services.pin_view(view_id=view.pk, pinned=True, **here)
            services.pin_view(view_id=view.pk, pinned=True, **here)

        def pinned() -> str:
            return "".join(view.name for view in queries.pinned_views(**here))

        assert pinned() == "abc"
        services.move_pin(view_id=views[2].pk, step=-1, **here)
        services.move_pin(view_id=views[0].pk, step=-1, **here)
        assert pinned() == "acb"
        services.pin_view(view_id=views[0].pk, pinned=False, **here)
        assert pinned() == "cb"
        assert queries.pinned_views(store=manager.store, actor=manager.actor) == []
        change(manager, views[1], scope="personal")
        assert pinned() == "c"  # kept, but no longer shown to who may not open it

    def test_the_list_opens_with_one(self, manager: Someone, clerk: Someone) -> None:
        first, second = (save(manager, name, scope="store") for name in "ab")
        here = {"store": clerk.store, "actor": clerk.actor, "resource": "customers"}
        for view in (first, second):
            services.open_first(view_id=view.pk, **here)
        assert [view.pk for view in queries.views_of(**here) if view.is_first] == [second.pk]
        services.open_first(view_id=None, **here)
        assert not any(view.is_first for view in queries.views_of(**here))


class TestUndo:
    def act(self, key: str) -> ChangeSet:
        return ChangeSet.objects.filter(key=key).latest("pk")

    def undo(self, who: Someone, key: str) -> dict[object, str]:
        undone = undo_change_set(store=who.store, change_set_id=self.act(key).pk, actor=who.actor, now=NOW)
        return undone.left

    def test_a_deleted_view_comes_back_with_its_pins(self, manager: Someone, clerk: Someone) -> None:
        view = save(manager, scope="store", where="city = Paris", columns="name,city", sort="-spent")
        before = View.objects.values().get()
        services.pin_view(store=clerk.store, view_id=view.pk, pinned=True, actor=clerk.actor)
        services.open_first(store=clerk.store, resource="customers", view_id=view.pk, actor=clerk.actor)
        services.remove_view(store=manager.store, view_id=view.pk, actor=manager.actor, now=NOW)
        assert not Pin.objects.exists() and not First.objects.exists()
        assert self.undo(manager, "view.removed") == {}
        after = View.objects.values().get()
        assert after | {"version": 1} == before and after["version"] == 2
        assert Pin.objects.get().user_id == First.objects.get().user_id == clerk.user.pk
        assert self.undo(manager, "change_set.undone") == {}  # and away again
        assert not View.objects.exists()

    def test_a_change_is_put_back_unless_it_changed_since(self, manager: Someone) -> None:
        view = save(manager, where="city = Paris")
        change(manager, view, query=query_of(manager, where="city = Rome"))
        assert self.undo(manager, "view.changed") == {}
        view.refresh_from_db()
        assert view.where == "city = Paris"
        change(manager, view, query=query_of(manager, where="city = Rome"))
        act = self.act("view.changed")
        change(manager, view, query=query_of(manager, where="city = Oslo"))
        undone = undo_change_set(store=manager.store, change_set_id=act.pk, actor=manager.actor, now=NOW)
        assert undone.left == {view.pk: "was changed since"}

    def test_the_name_may_be_taken_by_now(self, manager: Someone) -> None:
        view = save(manager)
        services.remove_view(store=manager.store, view_id=view.pk, actor=manager.actor, now=NOW)
        save(manager)
        assert self.undo(manager, "view.removed") == {view.pk: "another view has this name by now"}

    def test_nobody_undoes_for_others(self, manager: Someone, clerk: Someone) -> None:
        view = save(clerk)
        services.remove_view(store=clerk.store, view_id=view.pk, actor=clerk.actor, now=NOW)
        assert list(self.undo(manager, "view.removed").values()) == [
            "only its owner, or who may share views, can do this"
        ]
        assert not View.objects.exists()

    def test_who_may_not_share_any_more_does_not_share_by_undoing(
        self, manager: Someone, clerk: Someone
    ) -> None:
        view = save(manager, scope="store")
        change(manager, view, scope="personal")
        act = self.act("view.changed")
        demoted = replace(manager.actor, role=clerk.actor.role, permissions=clerk.actor.permissions)
        undone = undo_change_set(store=manager.store, change_set_id=act.pk, actor=demoted, now=NOW)
        assert undone.done == [] and View.objects.get().scope == "personal"
