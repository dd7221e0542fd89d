"""Segments as conditions: always right, of both kinds, made of each other, and refused in words."""

import pytest

from regulars.customers.models import Customer
from regulars.kit.errors import Refused
from regulars.resources.language import QueryError
from regulars.segments import services
from regulars.segments.models import Segment
from regulars.segments.services import NameTaken
from regulars.stores.models import Store
from tests.factories import NOW, make_customer, make_store
from tests.segments.conftest import ACTOR, edit, found, make_segment, put_in, refresh

People = dict[str, Customer]
EVERYBODY = {"Ada", "Bea", "Cem", "Dot"}


def test_a_dynamic_segment_is_asked_anew_each_time(store: Store, people: People) -> None:
    make_segment(store, "The French", "country = FR")
    assert found(store, 'in segment "The French"') == {"Ada", "Bea"}
    make_customer(store, first_name="Eve", country="FR")
    assert found(store, 'segment = "the  FRENCH"') == {"Ada", "Bea", "Eve"}


def test_not_in_is_the_exact_complement(store: Store, people: People) -> None:
    make_segment(store, "French", "country = FR")
    vips = make_segment(store, "VIPs")
    put_in(vips, people["Ada"], people["Dot"])
    assert found(store, "not in segment French") == {"Cem", "Dot"}
    assert found(store, "not in segment VIPs") == {"Bea", "Cem"}
    assert found(store, "segment != VIPs") == {"Bea", "Cem"}
    assert found(store, "segment not in (VIPs, French)") == {"Cem"}
    assert found(store, "segment in (VIPs, French)") == {"Ada", "Bea", "Dot"}


def test_a_static_one_holds_whom_it_was_given(store: Store, people: People) -> None:
    vips = make_segment(store, "VIPs")
    assert found(store, "in segment VIPs") == set()
    put_in(vips, people["Ada"])
    assert found(store, "in segment VIPs and country = FR") == {"Ada"}
    assert found(store, f"segment = {vips.pk}") == {"Ada"}


def test_a_segment_can_be_made_of_others(store: Store, people: People) -> None:
    put_in(make_segment(store, "Friends"), people["Cem"])
    make_segment(store, "French", "country = FR")
    both = make_segment(store, "Both", "in segment French or in segment Friends")
    make_segment(store, "Others", "not in segment Both")
    assert found(store, "in segment Both") == {"Ada", "Bea", "Cem"}
    assert found(store, "in segment Others") == {"Dot"}
    assert refresh(both).size == 3


def test_an_unknown_segment_is_an_error_at_its_name(store: Store, people: People) -> None:
    make_segment(store, "Paris newsletter", "city = Paris")
    with pytest.raises(QueryError) as refusal:
        found(store, 'country = FR and in segment "Paris newsleter"')
    assert "Did you mean “Paris newsletter”?" in refusal.value.sentence
    assert (refusal.value.position, refusal.value.length) == (28, 17)


def test_a_segment_of_another_store_is_unknown(store: Store, people: People) -> None:
    other = make_store("other")
    theirs = make_segment(other, "Theirs", "country = FR")
    for name in ("Theirs", str(theirs.pk)):
        with pytest.raises(QueryError, match="no segment"):
            found(store, f"segment = {name}")


def test_a_segment_cannot_be_made_of_itself(store: Store) -> None:
    first = make_segment(store, "First", "country = FR")
    make_segment(store, "Second", "in segment First")
    third = make_segment(store, "Third", "in segment Second")
    with pytest.raises(Refused, match="“First” → “Third” → “Second” → “First”"):
        edit(first, where="in segment Third or country = BE")
    with pytest.raises(Refused, match="made of itself"):
        edit(third, where="in segment Third")
    first.refresh_from_db()
    assert first.where == "country = FR"


def test_five_levels_are_enough(store: Store) -> None:
    made = [make_segment(store, "Level 0", "country = FR")]
    for level in range(1, 5):
        made.append(make_segment(store, f"Level {level}", f'in segment "Level {level - 1}"'))
    with pytest.raises(Refused, match="5 levels deep"):
        make_segment(store, "Level 5", 'in segment "Level 4"')
    make_segment(store, "Ground", "country = BE")
    with pytest.raises(Refused, match="“Level 4” could not be asked any more"):
        edit(made[0], where="in segment Ground")
    assert Segment.objects.get(pk=made[0].pk).where == "country = FR"


def test_the_conditions_of_segments_count(store: Store) -> None:
    many = " or ".join(f"number = {number}" for number in range(1, 61))
    make_segment(store, "Sixty", many)
    make_segment(store, "Sixty more", many)
    with pytest.raises(Refused, match="120 conditions"):
        make_segment(store, "Both", 'in segment Sixty or in segment "Sixty more"')
    with pytest.raises(QueryError, match="120 conditions"):
        found(store, 'segment in (Sixty, "Sixty more")')


@pytest.mark.parametrize("where", ["", "   ", "country", "country = ", "planet = earth", "number > x"])
def test_a_dynamic_segment_needs_conditions_that_can_be_asked(store: Store, where: str) -> None:
    facts = services.SegmentFacts(name="Wrong", kind="dynamic", where=where)
    with pytest.raises(Refused):
        services.create_segment(store=store, facts=facts, actor=ACTOR, now=NOW)
    assert not Segment.objects.exists()


def test_names_are_unique_without_regard_to_case_and_accents(store: Store) -> None:
    make_segment(store, "Cafés", "country = FR")
    with pytest.raises(NameTaken):
        make_segment(store, "CAFES")
    make_segment(make_store("other"), "Cafés", "country = FR")


def test_a_query_names_no_more_segments_than_a_page_can_carry(store: Store, people: People) -> None:
    make_segment(store, "French", "country = FR")
    assert found(store, " or ".join(["in segment French"] * 20)) == {"Ada", "Bea"}
    for where in (
        " or ".join(["in segment French"] * 21),
        f"country = FR and segment in ({', '.join(['French'] * 21)})",
    ):
        with pytest.raises(QueryError, match="more than 20 segments"):
            found(store, where)
