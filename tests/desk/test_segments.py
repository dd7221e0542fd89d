"""The pages of segments, by every role."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from regulars.customers.models import Customer
from regulars.customers.resource import CUSTOMERS
from regulars.jobs.models import Run
from regulars.jobs.services import execute_run
from regulars.resources.context import Context
from regulars.segments import services
from regulars.segments.models import Segment
from regulars.segments.rules import TAB_CONDITIONS
from regulars.segments.services import refresh as refreshing
from regulars.stores.models import Store
from regulars.timeline.models import Event
from tests.factories import NOW, make_customer, make_store
from tests.people import Someone
from tests.segments.conftest import edit, inside, make_segment, put_in, refresh

BASE = "/desk/shop/segments/"


@pytest.fixture
def ada(store: Store) -> Customer:
    return make_customer(
        store, first_name="Ada", last_name="Lovelace", country="GB", email="ada@example.test"
    )


@pytest.fixture
def british(store: Store, ada: Customer) -> Segment:
    segment = make_segment(store, "The British", "country = GB and not tag = staff", note="For <b>tea</b>")
    refresh(segment)
    return segment


@pytest.fixture
def vips(store: Store) -> Segment:
    return make_segment(store, "VIPs")


def page_of(someone: Someone, path: str, **params: Any) -> str:
    answer = someone.client.get(path, params)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_any_the_list_says_what_they_are_for(owner: Someone, viewer: Someone) -> None:
    page = page_of(owner, BASE)
    assert "No segments yet" in page and f"{BASE}new/" in page
    assert f"{BASE}new/" not in page_of(viewer, BASE)


def test_the_list_shows_size_kind_and_use(owner: Someone, british: Segment, vips: Segment) -> None:
    make_segment(owner.store, "Both", 'in segment "The British" or in segment VIPs')
    page = page_of(owner, BASE)
    assert page.index("Both") < page.index("The British") < page.index("VIPs")
    assert "Dynamic" in page and "Static" in page
    assert page.count('title="Segment"><bdi>Both</bdi>') == 2


def test_a_page_says_who_belongs_to_it(owner: Someone, british: Segment) -> None:
    page = page_of(owner, f"{BASE}{british.pk}/")
    assert "Country is United Kingdom" in page
    assert "Does not have the tag staff" in page
    assert "Ada Lovelace" in page and "by its conditions" in page
    assert "&lt;b&gt;tea&lt;/b&gt;" in page
    assert quote('in segment "The British"', safe="").replace("%20", "+") in page


def test_the_members_link_finds_exactly_the_members(owner: Someone, british: Segment) -> None:
    make_customer(owner.store, first_name="Bea", country="FR")
    page = page_of(owner, f"{BASE}{british.pk}/")
    [link] = re.findall(r'class="btn" href="([^"]*)">.*?Show the members', page)
    listed = owner.client.get(link.replace("&amp;", "&")).content.decode()
    assert "Ada Lovelace" in listed and "Bea" not in listed


def test_who_left_is_listed_too(owner: Someone, british: Segment) -> None:
    edit(british, where="country = FR")
    refresh(british)
    page = page_of(owner, f"{BASE}{british.pk}/", show="left")
    assert "Ada Lovelace" in page
    assert "Nobody has left" not in page


def test_long_lists_of_who_came_have_pages(owner: Someone, vips: Segment) -> None:
    people = [make_customer(owner.store, first_name=f"P{at}") for at in range(30)]
    put_in(vips, *people)
    seen = set()
    url = f"{BASE}{vips.pk}/"
    for _page in range(2):
        page = owner.client.get(url).content.decode()
        seen |= set(re.findall(r"<bdi>(P\d+)</bdi>", page))
        more = re.findall(r'href="([^"]*)">Show earlier', page)
        url = more[0].replace("&amp;", "&") if more else ""
    assert len(seen) == 30 and not url


@pytest.mark.parametrize("params", [{"before": "x", "key": "y"}, {"show": "'"}, {"who": "\x00"}])
def test_made_up_addresses_do_no_harm(owner: Someone, british: Segment, params: dict[str, str]) -> None:
    page_of(owner, f"{BASE}{british.pk}/", **params)


def test_somebody_is_looked_up_and_told_why(owner: Someone, british: Segment, ada: Customer) -> None:
    bea = make_customer(owner.store, first_name="Bea", country="FR", tags=["staff"])
    page = page_of(owner, f"{BASE}{british.pk}/", who="bea")
    [url] = re.findall(rf'href="([^"]*/why/{bea.pk}/)"', page)
    why = page_of(owner, url)
    assert "Bea is not in “The British”" in why
    assert "is: France" in why and "is: staff" in why
    assert why.count('class="fails"') == 4  # the headline, all of them, and both conditions
    why = page_of(owner, f"{BASE}{british.pk}/why/{ada.pk}/")
    assert "Ada Lovelace is in “The British”" in why and "still in" in why


def test_why_leads_on_to_segments_inside(owner: Someone, british: Segment, ada: Customer) -> None:
    outer = make_segment(owner.store, "Outer", 'in segment "the british"')
    why = page_of(owner, f"{BASE}{outer.pk}/why/{ada.pk}/")
    assert f"{BASE}{british.pk}/why/{ada.pk}/" in why


def test_what_a_role_may_not_see_is_not_told(viewer: Someone, owner: Someone, ada: Customer) -> None:
    """Conditions on a field that the role does not show still decide, but its value is not told."""
    segment = make_segment(owner.store, "Odd ones", 'flag_reason = "" and country = GB')
    assert "United Kingdom" in page_of(owner, f"{BASE}{segment.pk}/why/{ada.pk}/")
    page = page_of(viewer, f"{BASE}{segment.pk}/why/{ada.pk}/")
    assert "Ada Lovelace is in" in page and "no field “flag_reason”" in page
    assert "no field “flag_reason”" in page_of(viewer, f"{BASE}{segment.pk}/")


def test_a_segment_is_made(owner: Someone, ada: Customer) -> None:
    answer = owner.client.post(
        f"{BASE}new/", {"name": "The British", "kind": "dynamic", "where": "country = GB", "note": ""}
    )
    made = Segment.objects.get()
    assert answer.headers["Location"] == f"{BASE}{made.pk}/"
    assert (made.size, made.created_by_id) == (1, owner.user.pk)


def test_what_the_list_shows_becomes_a_segment(owner: Someone) -> None:
    page = page_of(owner, f"{BASE}new/", where="country = FR or tag = vip", tab="active", q="ada")
    assert "(country = FR or tag = vip) and state = active and blocked = false" in page
    assert "The search for “ada” is not a condition" in page


def test_the_tabs_of_the_list_mean_their_conditions(owner: Someone, ada: Customer) -> None:
    assert {tab.name for tab in CUSTOMERS.tabs} == set(TAB_CONDITIONS)
    for state in ("active", "inactive", "archived"):
        for blocked in (True, False):
            made = make_customer(owner.store, first_name=f"{state} {blocked}")
            Customer.objects.filter(pk=made.pk).update(state=state, blocked=blocked)
    context = Context(store=owner.store, actor=owner.actor, now=NOW)
    for tab in CUSTOMERS.tabs:
        if where := TAB_CONDITIONS[tab.name]:
            segment = make_segment(owner.store, tab.name, where)
            refresh(segment)
            shown = set(Customer.objects.filter(tab.meaning(context)).values_list("first_name", flat=True))
            assert inside(segment) == shown


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"name": ""}, "Give the segment a name"),
        ({"name": "the british"}, "has this name"),
        ({"where": "planet = earth"}, "There is no field “planet”"),
        ({"where": ""}, "at least one condition"),
        ({"kind": "other"}, "dynamic or static"),
        ({"where": "in segment Nobody"}, "no segment “Nobody”"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    owner: Someone, british: Segment, facts: dict[str, str], says: str
) -> None:
    typed = {"name": "New one", "kind": "dynamic", "where": "country = GB", "note": "Keep this"} | facts
    answer = owner.client.post(f"{BASE}new/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and says in page and "Keep this" in page
    assert Segment.objects.count() == 1


def test_a_segment_is_changed(owner: Someone, british: Segment) -> None:
    url = f"{BASE}{british.pk}/edit/"
    assert "country = GB and not tag = staff" in page_of(owner, url)
    typed = {"name": "Brits", "kind": "dynamic", "where": "country = FR", "note": "", "version": "1"}
    assert owner.client.post(url, typed).status_code == 302
    british.refresh_from_db()
    assert (british.name, british.where, british.size) == ("Brits", "country = FR", 0)
    answer = owner.client.post(url, typed | {"name": "Too late"})
    assert answer.status_code == 409 and "Somebody else has changed" in answer.content.decode()
    british.refresh_from_db()
    assert british.name == "Brits"


def test_freezing_one_that_is_used_asks_first(owner: Someone, british: Segment) -> None:
    make_segment(owner.store, "Outer", 'in segment "The British"')
    url = f"{BASE}{british.pk}/edit/"
    typed = {"name": "The British", "kind": "static", "where": "", "note": "", "version": "1"}
    answer = owner.client.post(url, typed)
    assert answer.status_code == 409 and "Outer" in answer.content.decode()
    assert owner.client.post(url, typed | {"accept_uses": "1"}).status_code == 302
    british.refresh_from_db()
    assert (british.kind, inside(british)) == ("static", {"Ada"})


def test_one_is_copied(owner: Someone, british: Segment) -> None:
    page = page_of(owner, f"{BASE}new/", **{"from": str(british.pk)})
    assert "The British, copy" in page and "country = GB and not tag = staff" in page


def test_conditions_are_checked_while_one_writes(owner: Someone, ada: Customer) -> None:
    part = page_of(owner, f"{BASE}check/", where="country = GB")
    assert "Customers who meet this now" in part and ">1</a>" in part and "<html" not in part
    assert "<mark>planet</mark>" in page_of(owner, f"{BASE}check/", where="planet = earth")
    assert "no segment" in page_of(owner, f"{BASE}check/", where="in segment X")
    assert "problem" not in page_of(owner, f"{BASE}check/", where="")


def test_one_that_is_used_is_not_deleted_but_told_where(owner: Someone, british: Segment) -> None:
    outer = make_segment(owner.store, "Outer", 'in segment "The British"')
    url = f"{BASE}{british.pk}/delete/"
    page = page_of(owner, url)
    assert f"{BASE}{outer.pk}/" in page and "Delete the segment" not in page
    assert owner.client.post(url).status_code == 409
    services.delete_segment(store=owner.store, segment_id=outer.pk, actor=owner.actor, now=NOW)
    assert owner.client.post(url).status_code == 302
    assert owner.client.get(f"{BASE}{british.pk}/").status_code == 404
    assert Event.objects.filter(key="segment.deleted").count() == 2


def test_a_list_is_pasted(owner: Someone, vips: Segment, ada: Customer) -> None:
    url = f"{BASE}{vips.pk}/members/"
    answer = owner.client.post(url, {"list": "ada@example.test\nnobody@example.test\n"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Nobody was put in yet" in page
    assert "nobody@example.test" in page and inside(vips) == set()
    answer = owner.client.post(url, {"list": "ada@example.test\nnobody@example.test\n", "accept": "1"})
    assert answer.headers["Location"] == f"{BASE}{vips.pk}/"
    assert inside(vips) == {"Ada"}


def test_a_file_is_uploaded(owner: Someone, vips: Segment, ada: Customer) -> None:
    url = f"{BASE}{vips.pk}/members/"
    file = SimpleUploadedFile("list.csv", b"email;name\r\nada@example.test;Ada\r\n", "text/csv")
    assert owner.client.post(url, {"file": file}).status_code == 302
    assert inside(vips) == {"Ada"}
    huge = SimpleUploadedFile("list.csv", b"1\n" * 600_000, "text/csv")
    assert "larger than 1 MB" in owner.client.post(url, {"file": huge}).content.decode()


def test_only_static_ones_are_filled(owner: Someone, british: Segment) -> None:
    assert owner.client.get(f"{BASE}{british.pk}/members/").status_code == 404


def test_a_large_refresh_shows_how_far_it_is(
    owner: Someone, british: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "EXACT_UP_TO", 0)
    url = f"{BASE}{british.pk}/"
    assert owner.client.post(f"{url}refresh/").status_code == 302
    page = page_of(owner, url)
    assert "every 1s" in page and "Finding out who belongs to it" in page
    execute_run(run_id=Run.objects.get().pk)
    part = owner.client.get(
        url, headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    ).content.decode()
    assert "every 1s" not in part and "<html" not in part


def test_the_record_lists_the_segments(
    owner: Someone, viewer: Someone, british: Segment, ada: Customer
) -> None:
    page = page_of(owner, f"/desk/shop/customers/{ada.pk}/")
    assert f"{BASE}{british.pk}/why/{ada.pk}/" in page and "add-to-segment" in page
    seen = page_of(viewer, f"/desk/shop/customers/{ada.pk}/")
    assert "The British" in seen and "add-to-segment" not in seen


def test_segments_can_be_a_column_of_the_list(owner: Someone, british: Segment, ada: Customer) -> None:
    page = page_of(owner, "/desk/shop/customers/", columns="name,segment")
    assert "<bdi>The British</bdi>" in page


@pytest.mark.parametrize(
    ("who", "sees", "makes", "fills"),
    [
        ("owner", 200, 200, 200),
        ("manager", 200, 200, 200),
        ("clerk", 200, 403, 200),
        ("viewer", 200, 403, 403),
        ("other_owner", 404, 404, 404),
        ("anonymous", 302, 302, 302),
    ],
)
def test_who_may(
    british: Segment,
    vips: Segment,
    ada: Customer,
    who: str,
    sees: int,
    makes: int,
    fills: int,
    request: pytest.FixtureRequest,
) -> None:
    found: Someone | Client = request.getfixturevalue(who)
    client = found.client if isinstance(found, Someone) else found
    one, static = f"{BASE}{british.pk}/", f"{BASE}{vips.pk}/"
    for path in (BASE, one, f"{one}why/{ada.pk}/", f"{BASE}check/"):
        assert client.get(path).status_code == sees, path
    for path in (f"{BASE}new/", f"{one}edit/", f"{one}delete/"):
        assert client.get(path).status_code == makes, path
    assert client.get(f"{static}members/").status_code == fills
    refreshed = 302 if sees in (200, 302) else sees
    assert client.post(f"{one}refresh/").status_code == refreshed
    if makes != 200:
        facts = {"name": "Mine", "kind": "static", "where": "", "note": ""}
        for path in (f"{BASE}new/", f"{one}edit/", f"{one}delete/"):
            assert client.post(path, facts).status_code == makes, path
        assert set(Segment.objects.values_list("name", "deleted_at")) == {
            ("The British", None),
            ("VIPs", None),
        }
    if fills != 200:
        assert client.post(f"{static}members/", {"list": "1"}).status_code == fills
        assert inside(vips) == set()


def test_a_segment_of_another_store_is_not_found(
    owner: Someone, british: Segment, other_owner: Someone
) -> None:
    for path in ("", "edit/", "delete/", "members/"):
        assert other_owner.client.get(f"/desk/other/segments/{british.pk}/{path}").status_code == 404
    theirs = make_segment(make_store("third"), "Theirs")
    assert owner.client.get(f"{BASE}{theirs.pk}/").status_code == 404


def test_the_queries_stay_few(
    owner: Someone, british: Segment, vips: Segment, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        make_segment(owner.store, f"S{number}", f"number = {number}")
    put_in(vips, *[make_customer(owner.store, first_name=f"P{at}") for at in range(10)])
    with django_assert_max_num_queries(18):
        page_of(owner, BASE)
    with django_assert_max_num_queries(26):
        page_of(owner, f"{BASE}{vips.pk}/")


def test_the_list_offers_to_save_what_it_shows(owner: Someone, clerk: Someone, ada: Customer) -> None:
    page = page_of(owner, "/desk/shop/customers/", where="country = GB", q="ada")
    [link] = set(re.findall(r'href="([^"]*segments/new/[^"]*)"', page))
    form = owner.client.get(link.replace("&amp;", "&")).content.decode()
    assert "country = GB and state = active and blocked = false" in form
    assert "segments/new/" not in page_of(clerk, "/desk/shop/customers/", where="country = GB")
