"""Putting customers into static segments and taking them out: by hand, by action, from a list."""

from datetime import timedelta

import pytest

from regulars.customers.models import Customer
from regulars.kit.errors import InvalidRecord, NotAllowed, Refused
from regulars.resources.context import Context
from regulars.resources.execute import Performed, Selection, perform
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.segments import queries, services
from regulars.segments.models import Segment, SegmentMembership
from regulars.segments.services import NotByHand
from regulars.staff.choices import Role
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer, make_store
from tests.people import Someone, sign_in
from tests.segments.conftest import ACTOR, inside, make_segment, put_in, take_out

People = dict[str, Customer]


def act(store: Store, name: str, where: str, actor: object = ACTOR, **inputs: str) -> Performed:
    context = Context(store=store, actor=actor, now=NOW)  # type: ignore[arg-type]
    resource = get_resource("customers")
    query = query_from_params(resource, {"where": where, "tab": "all"}, context, strict=True)
    return perform(
        resource=resource,
        name=name,
        selection=Selection(query=query),
        raw_inputs=inputs,
        context=context,
        wait=True,
    )


def test_a_selection_is_put_in_and_taken_out(store: Store, people: People) -> None:
    vips = make_segment(store, "VIPs")
    done = act(store, "add-to-segment", "country = FR", segment=str(vips.pk))
    assert (len(done.done), done.skipped) == (2, {})
    again = act(store, "add-to-segment", "number >= 1", segment="vips")
    assert len(again.done) == 2
    assert set(again.skipped.values()) == {"is in the segment already"}
    gone = act(store, "remove-from-segment", "country = FR", segment="VIPs")
    assert len(gone.done) == 2 and inside(vips) == {"Cem", "Dot"}
    none = act(store, "remove-from-segment", "country = FR", segment="VIPs")
    assert set(none.skipped.values()) == {"is not in the segment"}
    vips.refresh_from_db()
    assert vips.size == 2
    assert SegmentMembership.objects.filter(segment=vips).count() == 4


def test_a_new_segment_can_be_named_on_the_way(store: Store, people: People) -> None:
    act(store, "add-to-segment", "country = FR", new_segment="Summer fair")
    made = Segment.objects.get()
    assert (made.name, made.kind, made.size) == ("Summer fair", "static", 2)
    act(store, "add-to-segment", "country = TR", new_segment="summer FAIR")
    assert inside(made) == {"Ada", "Bea", "Cem"} and Segment.objects.count() == 1


def test_a_clerk_fills_segments_but_makes_none(store: Store, people: People) -> None:
    clerk = sign_in(store, Role.CLERK)
    vips = make_segment(store, "VIPs")
    assert len(act(store, "add-to-segment", "country = FR", clerk.actor, segment=str(vips.pk)).done) == 2
    with pytest.raises(NotAllowed):
        act(store, "add-to-segment", "country = FR", clerk.actor, new_segment="Another")
    assert Segment.objects.count() == 1
    viewer = sign_in(store, Role.VIEWER)
    with pytest.raises(NotAllowed):
        act(store, "add-to-segment", "country = TR", viewer.actor, segment=str(vips.pk))


@pytest.mark.parametrize("inputs", [{}, {"segment": "VIPs", "new_segment": "Both"}])
def test_it_must_be_said_which(store: Store, people: People, inputs: dict[str, str]) -> None:
    make_segment(store, "VIPs")
    with pytest.raises(Refused, match="Choose a segment"):
        act(store, "add-to-segment", "country = FR", **inputs)


def test_only_static_segments_of_this_store_are_filled(store: Store, people: People) -> None:
    dynamic = make_segment(store, "French", "country = FR")
    theirs = make_segment(make_store("other"), "Theirs")
    for segment in (dynamic, theirs):
        with pytest.raises(InvalidRecord):
            act(store, "add-to-segment", "country = FR", segment=str(segment.pk))
    with pytest.raises(NotByHand):
        put_in(dynamic, people["Dot"])
    assert not SegmentMembership.objects.exists()


def test_strangers_and_anonymised_people_stay_out(store: Store, people: People) -> None:
    vips = make_segment(store, "VIPs")
    stranger = make_customer(make_store("other"), first_name="Zoe")
    Customer.objects.filter(pk=people["Dot"].pk).update(state="anonymised")
    outcome = services.add_to_segment(
        store=store,
        ids=[stranger.pk, people["Dot"].pk, people["Ada"].pk],
        inputs={"segment": str(vips.pk)},
        actor=ACTOR,
        now=NOW,
        change_set=None,
    )
    assert outcome.done == [people["Ada"].pk]
    assert sorted(outcome.skipped.values()) == ["does not exist in this store", "is anonymised"]


def test_customers_are_not_changed_by_it_and_their_history_tells(store: Store, people: People) -> None:
    ada = people["Ada"]
    vips = make_segment(store, "VIPs")
    put_in(vips, ada)
    take_out(vips, ada, now=NOW + timedelta(hours=1))
    before = (ada.version, ada.updated_at)
    ada.refresh_from_db()
    assert (ada.version, ada.updated_at) == before
    told = list(Event.objects.filter(record_id=ada.pk, key__startswith="segment.").order_by("at"))
    assert [(one.key, one.data["segment"]) for one in told if one.data] == [
        ("segment.entered", "VIPs"),
        ("segment.left", "VIPs"),
    ]


LIST = """e-mail;name
ADA@example.test;Ada
"Bea" ; <bea@example.test>

nobody@example.test
#3
99
"""


def test_a_list_is_all_or_nothing(store: Store, people: People) -> None:
    vips = make_segment(store, "VIPs")
    put_in(vips, people["Bea"])
    found = services.fill_segment(
        store=store, segment_id=vips.pk, text=LIST, accept_missing=False, actor=ACTOR, now=NOW
    )
    assert not found.written
    assert [(one.line, one.text) for one in found.missing] == [(5, "nobody@example.test"), (7, "99")]
    assert (found.found, found.already) == (2, 1)
    assert inside(vips) == {"Bea"}
    done = services.fill_segment(
        store=store, segment_id=vips.pk, text=LIST, accept_missing=True, actor=ACTOR, now=NOW
    )
    assert done.written and inside(vips) == {"Ada", "Bea", "Cem"}
    assert SegmentMembership.objects.get(customer=people["Ada"]).how == "import"


@pytest.mark.parametrize("text", ["", "\n \n", "e-mail\n"])
def test_an_empty_list_is_refused(store: Store, text: str) -> None:
    vips = make_segment(store, "VIPs")
    with pytest.raises(Refused, match="one on each line"):
        services.fill_segment(
            store=store, segment_id=vips.pk, text=text, accept_missing=True, actor=ACTOR, now=NOW
        )


def test_a_very_long_list_is_refused(store: Store) -> None:
    with pytest.raises(Refused, match="At most 50,000 lines"):
        services.read_lines(text="1\n" * 50_001)


def test_the_record_knows_where_the_customer_is(store: Store, people: People, owner: Someone) -> None:
    put_in(make_segment(store, "VIPs"), people["Ada"])
    french = make_segment(store, "A French", "country = FR")
    services.refresh_segment(store=store, segment_id=french.pk, now=NOW)
    stays = queries.segments_with(store=store, customer_id=people["Ada"].pk)
    assert [(stay.segment.name, stay.how) for stay in stays] == [("A French", "rule"), ("VIPs", "hand")]
    services.delete_segment(store=store, segment_id=french.pk, actor=ACTOR, now=NOW)
    assert len(queries.segments_with(store=store, customer_id=people["Ada"].pk)) == 1
