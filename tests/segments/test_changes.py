"""Changing and deleting segments, where they are used, undo, and what happens when customers are forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from regulars.customers.erasing import Person, erase
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.segments import queries, services, uses
from regulars.segments.models import Segment, SegmentMembership, SegmentSize
from regulars.segments.services import NameTaken, SegmentInUse
from regulars.segments.uses import Use
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.undoing import Undone, undo_change_set
from tests.factories import NOW
from tests.segments.conftest import ACTOR, edit, found, inside, make_segment, put_in, refresh, take_out

People = dict[str, Customer]


def delete(segment: Segment, now: datetime = NOW) -> None:
    services.delete_segment(store=segment.store, segment_id=segment.pk, actor=ACTOR, now=now)


def undo(store: Store, key: str, **more: object) -> Undone:
    """Take the latest act of this kind back."""
    act = ChangeSet.objects.filter(key=key).order_by("-at", "-pk").first()
    assert act is not None
    return undo_change_set(
        store=store,
        change_set_id=act.pk,
        actor=ACTOR,
        now=NOW + timedelta(hours=1),
        **more,  # type: ignore[arg-type]
    )


class TestRenaming:
    def test_segments_made_of_it_follow(self, store: Store, people: People) -> None:
        french = make_segment(store, "French", "country = FR")
        both = make_segment(
            store, "Both", "in segment FRENCH or segment in (french, Both2)".replace(", Both2", "")
        )
        edit(french, name='From France, "oh là là"')
        both.refresh_from_db()
        assert found(store, both.where) == {"Ada", "Bea"} == found(store, "in segment Both")
        assert "oh là là" in both.where and both.version == 2
        assert Event.objects.filter(record_id=both.pk, key="segment.followed").count() == 1

    def test_saved_queries_of_other_parts_follow(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        french = make_segment(store, "French", "country = FR")
        saved = {french.pk: "spent > 5 and not in segment french", ACTOR_ID: "city = French"}

        def find(*, store: Store) -> list[Use]:
            return [Use("view", one, "My view", where) for one, where in saved.items()]

        def rewrite(*, store: Store, use_id: UUID, where: str, actor: Actor, now: datetime) -> None:
            saved[use_id] = where

        monkeypatch.setitem(uses._registered, "view", (find, rewrite))
        edit(french, name="Les Bleus")
        assert saved == {french.pk: 'spent > 5 and not in segment "Les Bleus"', ACTOR_ID: "city = French"}

    def test_a_query_by_id_stays_as_it_is(self, store: Store) -> None:
        french = make_segment(store, "French", "country = FR")
        other = make_segment(store, "Other", f"segment = {french.pk}")
        edit(french, name="Les Bleus")
        other.refresh_from_db()
        assert other.where == f"segment = {french.pk}"
        assert queries.uses_of(store=store, segment=french)[0].name == "Other"

    def test_a_taken_name_is_refused(self, store: Store) -> None:
        make_segment(store, "French", "country = FR")
        other = make_segment(store, "Other", "country = BE")
        with pytest.raises(NameTaken):
            edit(other, name="FRENCH")
        other.refresh_from_db()
        assert other.name == "Other"


ACTOR_ID = UUID(int=7)


class TestDeleting:
    def test_one_that_is_used_cannot_be_deleted(self, store: Store) -> None:
        french = make_segment(store, "French", "country = FR")
        both = make_segment(store, "Both", "in segment French")
        with pytest.raises(SegmentInUse) as refusal:
            delete(french)
        assert [(use.kind, use.id, use.name) for use in refusal.value.uses] == [("segment", both.pk, "Both")]
        delete(both)
        delete(french)
        assert queries.list_segments(store=store) == []

    def test_its_name_is_free_and_a_query_no_longer_knows_it(self, store: Store) -> None:
        delete(make_segment(store, "French", "country = FR"))
        with pytest.raises(Refused, match="no segment"):
            found(store, "in segment French")
        make_segment(store, "French", "country = FR")

    def test_after_a_month_it_is_gone_for_good(self, store: Store, people: People) -> None:
        vips, kept = make_segment(store, "VIPs"), make_segment(store, "Kept")
        put_in(vips, *people.values())
        put_in(kept, people["Ada"])
        delete(vips)
        assert services.purge_deleted(now=NOW + timedelta(days=30)) == 0
        assert services.purge_deleted(now=NOW + timedelta(days=32)) == 1
        assert Segment.objects.get() == kept
        assert SegmentMembership.objects.count() == 1 == SegmentSize.objects.count()


class TestKind:
    def test_frozen_it_keeps_whom_it_has_now(self, store: Store, people: People) -> None:
        segment = edit(make_segment(store, "French", "country = FR"), kind="static", where="")
        assert inside(segment) == {"Ada", "Bea"} == found(store, "in segment French")
        put_in(segment, people["Dot"])
        assert inside(segment) == {"Ada", "Bea", "Dot"}

    def test_while_it_is_used_it_is_frozen_only_when_one_knows(self, store: Store) -> None:
        french = make_segment(store, "French", "country = FR")
        make_segment(store, "Both", "in segment French")
        with pytest.raises(SegmentInUse):
            edit(french, kind="static", where="")
        assert edit(french, kind="static", where="", accept_uses=True).kind == "static"

    def test_made_dynamic_its_members_follow_the_conditions(self, store: Store, people: People) -> None:
        vips = make_segment(store, "VIPs")
        put_in(vips, people["Ada"], people["Dot"])
        edit(vips, kind="dynamic", where="country = FR")
        refresh(vips, NOW + timedelta(hours=1))
        assert inside(vips) == {"Ada", "Bea"}


class TestUndo:
    def test_making(self, store: Store) -> None:
        make_segment(store, "French", "country = FR")
        assert undo(store, "segment.created").left == {}
        assert queries.list_segments(store=store) == []

    def test_making_not_when_it_is_used_or_changed_since(self, store: Store) -> None:
        first = make_segment(store, "First", "country = FR")
        act = ChangeSet.objects.get(key="segment.created")
        make_segment(store, "Second", "in segment First")
        left = undo_change_set(store=store, change_set_id=act.pk, actor=ACTOR, now=NOW).left
        assert left == {first.pk: "This segment is used and cannot be deleted. Used by: segment “Second”."}
        edit(first, note="Changed")
        left = undo_change_set(store=store, change_set_id=act.pk, actor=ACTOR, now=NOW).left
        assert left == {first.pk: "was changed since"}

    def test_an_edit_with_those_that_followed(self, store: Store) -> None:
        french = make_segment(store, "French", "country = FR")
        both = make_segment(store, "Both", "in segment French")
        edit(french, name="Les Bleus", where="country in (FR, BE)")
        assert undo(store, "segment.edited").left == {}
        french.refresh_from_db()
        both.refresh_from_db()
        assert (french.name, french.where, both.where) == ("French", "country = FR", "in segment French")
        assert undo(store, "change_set.undone").left == {}
        both.refresh_from_db()
        assert both.where == 'in segment "Les Bleus"'

    def test_deleting_brings_the_members_back(self, store: Store, people: People) -> None:
        vips = make_segment(store, "VIPs")
        put_in(vips, people["Ada"])
        delete(vips)
        assert undo(store, "segment.deleted").left == {}
        assert found(store, "in segment VIPs") == {"Ada"}

    def test_deleting_not_when_the_name_is_taken(self, store: Store) -> None:
        vips = make_segment(store, "VIPs")
        delete(vips)
        make_segment(store, "vips", "country = FR")
        assert undo(store, "segment.deleted").left == {
            vips.pk: "Another segment of this store has this name."
        }

    def test_putting_in_and_taking_out(self, store: Store, people: People) -> None:
        vips = make_segment(store, "VIPs")
        put_in(vips, people["Ada"], people["Bea"])
        before = list(SegmentMembership.objects.order_by("pk").values())
        take_out(vips, people["Ada"], people["Bea"], now=NOW + timedelta(minutes=5))
        assert undo(store, "segment.left").left == {}
        assert list(SegmentMembership.objects.order_by("pk").values()) == before
        take_out(vips, people["Bea"], now=NOW + timedelta(minutes=9))
        undone = undo(store, "segment.entered")
        assert undone.left == {people["Bea"].pk: "is not in the segment any more"}
        vips.refresh_from_db()
        assert (inside(vips), vips.size) == (set(), 0)


class TestForgetting:
    @pytest.fixture
    def forgotten(self, store: Store, people: People) -> Person:
        return Person(
            id=people["Ada"].pk,
            emails=frozenset({"ada@example.test"}),
            phones=frozenset({"+33612345678"}),
            names=frozenset({"Ada", "Lovelace"}),
            texts=frozenset({"Ada Lovelace"}),
        )

    def test_no_membership_and_no_word_of_the_person_is_left(
        self, store: Store, people: People, forgotten: Person
    ) -> None:
        where = 'email in ("ada@example.test", "bea@example.test") or phone ends with 612345678'
        named = make_segment(store, "Friends of Ada Lovelace", where, note="Ask ada@example.test")
        vips = make_segment(store, "VIPs")
        put_in(vips, people["Ada"], people["Bea"])
        refresh(named)
        delete(make_segment(store, "Ada Lovelace", 'email = "ada@example.test"'))
        erase(store=store, people=[forgotten], now=NOW)
        assert not SegmentMembership.objects.filter(customer=people["Ada"]).exists()
        vips.refresh_from_db()
        assert (vips.size, inside(vips)) == (1, {"Bea"})
        for segment in Segment.objects.all():
            told = f"{segment.name} {segment.name_key} {segment.note} {segment.where}".lower()
            assert "ada" not in told and "lovelace" not in told and "612345678" not in told
        named.refresh_from_db()
        assert "bea@example.test" in named.where

    def test_two_that_named_only_them_keep_apart(self, store: Store, forgotten: Person) -> None:
        make_segment(store, "Ada Lovelace")
        make_segment(store, "Lovelace, Ada Lovelace")
        make_segment(store, "ada@example.test")
        erase(store=store, people=[forgotten], now=NOW)
        assert Segment.objects.values("name_key").distinct().count() == 3
