"""Saved views in the desk: their addresses by everybody, what a list with one shows, and that no act grows wider."""

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import get_resolver

from regulars.customers.models import Customer
from regulars.kit.ids import new_id
from regulars.staff.models import User
from regulars.timeline.models import ChangeSet, Event
from regulars.views import services
from regulars.views.models import First, Pin, View
from tests.factories import make_customer
from tests.people import Someone, client_of
from tests.shared import naughty_strings
from tests.views.test_services import change, save

pytestmark = pytest.mark.django_db
URL = "/desk/shop/customers/"
HTMX = {"HX-Request": "true"}
EVERYONE = {"owner", "manager", "clerk", "viewer"}
MANAGERS = {"owner", "manager"}
PEOPLE = ("owner", "manager", "clerk", "viewer", "other_owner", "anonymous")


@dataclass
class Door:
    """One address: how it is asked, who may, and what it answers them."""

    method: str
    path: str
    allowed: set[str]
    status: int = 302
    data: dict[str, Any] = field(default_factory=dict)


def doors(shared: View) -> dict[str, Door]:
    """By the name of the route and what is done there, on a view that is shared with the store."""
    one = f"views/{shared.pk}/"
    looks = {"where": "city = Rome", "columns": "name,city", "version": "1"}
    return {
        "views": Door("get", "views/", EVERYONE, 200),
        "new_view form": Door("get", "views/new/?where=city+%3D+Rome", EVERYONE, 200),
        "new_view": Door("post", "views/new/", EVERYONE, 302, looks | {"name": "Rome", "for": "personal"}),
        "new_view shared": Door(
            "post", "views/new/", MANAGERS, 302, looks | {"name": "Rome", "for": "store"}
        ),
        "save_view": Door("post", f"{one}save/", MANAGERS, 302, looks),
        "edit_view form": Door("get", f"{one}edit/", EVERYONE, 200),
        "edit_view": Door(
            "post", f"{one}edit/", MANAGERS, 302, {"name": "New", "for": "role:clerk", "version": "1"}
        ),
        "copy_view": Door("post", f"{one}copy/", EVERYONE),
        "remove_view": Door("post", f"{one}remove/", MANAGERS),
        "pin_view": Door("post", f"{one}pin/", EVERYONE, 302, {"pinned": "true"}),
        "first_view": Door("post", f"{one}first/", EVERYONE, 302, {"first": "true"}),
        "list with it": Door("get", f"?view={shared.pk}", EVERYONE, 200),
    }


NAMES = list(doors(View(id=new_id())))


@pytest.fixture
def shared(owner: Someone) -> View:
    make_customer(owner.store, first_name="Ada", city="Paris", country="FR")
    make_customer(owner.store, first_name="Bob", city="Rome", country="IT")
    return save(owner, "Paris", scope="store", where="city = Paris", columns="name,city", sort="-spent")


def everything() -> list[Any]:
    tables = (View, Pin, First, ChangeSet, Event, Customer)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def send(client: Client, door: Door, store: str = "shop", **headers: str) -> Any:
    return getattr(client, door.method)(f"/desk/{store}/customers/{door.path}", door.data, headers=headers)


def page(who: Someone, query: str = "", **headers: str) -> str:
    answer = who.client.get(f"{URL}{query}", headers=headers)
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    return str(answer.content.decode())


def rows_on(text: str) -> int:
    return text.count('data-id="')


class TestDoors:
    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("who", PEOPLE)
    def test_each_for_everybody(
        self, shared: View, name: str, who: str, request: pytest.FixtureRequest
    ) -> None:
        door = doors(shared)[name]
        client, before = client_of(who, request), everything()
        answer = send(client, door)
        if who in door.allowed:
            assert answer.status_code == door.status, answer.content.decode()[:1500]
            return
        assert answer.status_code in (
            {404} if who == "other_owner" else {302} if who == "anonymous" else {403}
        )
        if who == "anonymous":
            assert "/accounts/login/" in answer["Location"]
        assert everything() == before

    @pytest.mark.parametrize("name", [name for name in NAMES if name not in ("views", "list with it")])
    def test_a_view_of_another_store_is_not_there(
        self, shared: View, other_owner: Someone, name: str
    ) -> None:
        door = doors(shared)[name]
        if str(shared.pk) in door.path:
            assert send(other_owner.client, door, store="other").status_code == 404
        assert View.objects.get(pk=shared.pk).version == 1

    @pytest.mark.parametrize("name", [name for name in NAMES if name not in ("views", "list with it")])
    def test_somebodys_own_view_is_not_there_for_others(
        self, shared: View, clerk: Someone, owner: Someone, name: str
    ) -> None:
        own = save(clerk, "Mine")
        door = doors(own)[name]
        if str(own.pk) in door.path:
            assert send(owner.client, door).status_code == 404
        own.refresh_from_db()
        assert own.version == 1

    def test_every_route_is_tried(self) -> None:
        routes = {pattern.name for pattern in get_resolver("regulars.desk.views.urls").url_patterns}
        assert routes == {name.partition(" ")[0] for name in NAMES} - {"list"}


class TestList:
    def test_shows_the_view(self, shared: View, clerk: Someone) -> None:
        text = page(clerk, f"?view={shared.pk}")
        assert rows_on(text) == 1 and ">Ada" in text and "Bob" not in text
        assert re.findall(r'data-column="(\w+)"', text) == ["name", "city"]
        assert "<bdi>Paris</bdi>" in text and "Edited" in text  # there, but hidden
        assert re.search(r'class="view-edited"[^>]* hidden>', text)
        assert 'aria-sort="none"' in text

    def test_by_its_name(self, shared: View, clerk: Someone) -> None:
        assert rows_on(page(clerk, "?view=PARIS")) == 1

    def test_what_differs_stands_in_the_address_alone(self, shared: View, clerk: Someone) -> None:
        text = page(clerk, f"?view={shared.pk}&sort=name")
        assert re.search(r'class="view-edited"[^>]* data-edited>', text) and rows_on(text) == 1
        tab = re.search(r'<nav class="tabs".*?href="([^"]*tab=archived[^"]*)"', text, re.DOTALL)
        assert tab and parse_qs(urlsplit(html.unescape(tab[1])).query) == {
            "view": [str(shared.pk)],
            "tab": ["archived"],
            "sort": ["name"],
        }

    def test_a_condition_of_the_view_can_be_dropped(self, shared: View, clerk: Someone) -> None:
        text = page(clerk, f"?view={shared.pk}")
        chip = re.search(r'class="remove" href="([^"]*)"', text)
        assert chip
        dropped = html.unescape(chip[1])
        assert parse_qs(urlsplit(dropped).query, keep_blank_values=True)["where"] == [""]
        assert rows_on(page(clerk, "?" + urlsplit(dropped).query)) == 2
        assert rows_on(page(clerk, f"?view={shared.pk}&where=city+%3D+Rome")) == 1

    def test_old_links_go_on_working(self, shared: View, clerk: Someone) -> None:
        assert rows_on(page(clerk, "?where=country+%3D+IT&sort=-spent&columns=name,email")) == 1

    @pytest.mark.parametrize("wanted", ["01900000-0000-7000-8000-000000000000", "gone", "%00", "x" * 5000])
    def test_a_view_that_is_gone_says_so_and_opens_the_list(
        self, shared: View, clerk: Someone, wanted: str
    ) -> None:
        answer = clerk.client.get(f"{URL}?view={wanted}", follow=True)
        assert answer.status_code == 200 and answer.redirect_chain[-1][0] == f"{URL}?view=all"
        assert "was deleted, or it is not shared with you" in answer.content.decode()
        rest = clerk.client.get(f"{URL}?view={wanted}&where=country+%3D+IT&sort=name", follow=True)
        assert rows_on(rest.content.decode()) == 1
        part = clerk.client.get(f"{URL}?view={wanted}", headers=HTMX)
        assert part.headers["HX-Redirect"] == f"{URL}?view=all"
        customer = Customer.objects.first()
        assert customer and clerk.client.get(f"{URL}{customer.pk}/?view={wanted}").status_code == 200

    def test_a_view_of_a_field_that_is_gone_shows_what_is_wrong(self, shared: View, clerk: Someone) -> None:
        View.objects.filter(pk=shared.pk).update(where="shoe_size = 44", columns=["name", "shoe_size"])
        text = page(clerk, f"?view={shared.pk}")
        assert "shoe_size" in text and "chip wrong" in text and rows_on(text) == 0

    def test_never_breaks(self, shared: View, clerk: Someone) -> None:
        for text in naughty_strings()[:120]:
            sent = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            answer = clerk.client.get(URL, {"view": sent}, headers=HTMX)
            assert answer.status_code in (200, 204)

    def test_ones_own_columns_are_not_mixed_in(self, shared: View, clerk: Someone) -> None:
        clerk.client.post(f"{URL}layout/", {"columns": "name,email", "widths": '{"name": 300}'})
        text = page(clerk, f"?view={shared.pk}")
        assert re.findall(r'data-column="(\w+)"', text) == ["name", "city"] and 'data-width="300"' not in text
        assert clerk.client.get(f"{URL}?view={shared.pk}&size=25&keep=size").status_code == 302
        assert User.objects.get(pk=clerk.user.pk).preferences["lists"]["customers"].get("size") is None

    def test_the_first_view_opens_and_all_are_still_reached(self, shared: View, clerk: Someone) -> None:
        clerk.client.post(f"{URL}views/{shared.pk}/first/", {"first": "true"})
        answer = clerk.client.get(URL)
        assert answer.status_code == 302 and answer["Location"] == f"{URL}?view={shared.pk}"
        text = page(clerk, "?view=all")
        assert rows_on(text) == 2
        # Links of the plain list stay there: the bare address would open the view.
        tabs = [html.unescape(one) for one in re.findall(r'<nav class="tabs".*?</nav>', text, re.DOTALL)]
        assert all("view=all" in href for href in re.findall(r'href="([^"]*)"', tabs[0]))
        assert "view=all" in page(clerk, "?sort=name")
        clerk.client.post(f"{URL}views/{shared.pk}/first/", {"first": "false"})
        assert clerk.client.get(URL).status_code == 200

    def test_a_constant_number_of_queries(
        self, shared: View, owner: Someone, clerk: Someone, django_assert_max_num_queries: Any
    ) -> None:
        page(clerk, f"?view={shared.pk}")
        with django_assert_max_num_queries(60) as few:
            page(clerk, f"?view={shared.pk}")
        for at in range(12):
            services.pin_view(
                store=clerk.store,
                view_id=save(owner, f"V{at}", scope="store").pk,
                pinned=True,
                actor=clerk.actor,
            )
        with django_assert_max_num_queries(len(few)):
            text = page(clerk, f"?view={shared.pk}")
        assert text.count("?view=") > 20


class TestActing:
    """A view must never let an act reach more than its conditions."""

    def test_everything_means_the_view(self, shared: View, owner: Someone) -> None:
        text = page(owner, f"?view={shared.pk}")
        form = re.search(r'<form class="bulk".*?</form>', text, re.DOTALL)
        assert form
        hidden = {
            name: html.unescape(value)
            for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0])
        }
        assert hidden["where"] == "city = Paris"
        owner.client.post(f"{URL}actions/archive/", hidden | {"everything": "1", "confirmed": "1"})
        assert set(Customer.objects.filter(state="archived").values_list("first_name", flat=True)) == {"Ada"}

    def test_also_when_only_the_view_is_named(self, shared: View, owner: Someone) -> None:
        everything = {"everything": "1", "confirmed": "1"}
        owner.client.post(f"{URL}actions/archive/", everything | {"view": str(shared.pk)})
        assert set(Customer.objects.filter(state="archived").values_list("first_name", flat=True)) == {"Ada"}

    def test_and_nobody_when_the_view_is_gone(self, shared: View, owner: Someone) -> None:
        posted = {"everything": "1", "confirmed": "1", "view": str(new_id())}
        assert owner.client.post(f"{URL}actions/archive/", posted).status_code == 404
        assert owner.client.get(f"{URL}export/?view={new_id()}").status_code == 422
        assert not Customer.objects.filter(state="archived").exists()

    def test_the_export_is_the_view(self, shared: View, owner: Someone) -> None:
        answer = owner.client.post(
            f"{URL}export/?view={shared.pk}", {"view": str(shared.pk), "download": "1"}
        )
        text = b"".join(answer.streaming_content).decode()
        assert "Ada" in text and "Bob" not in text


class TestSaving:
    def test_as_a_page_and_as_a_dialog(self, shared: View, clerk: Someone) -> None:
        query = f"views/new/?view={shared.pk}&where=city+%3D+Rome&size=100"
        text = page(clerk, query)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
        assert (hidden["where"], hidden["columns"], hidden["size"]) == ("city = Rome", "name,city", "100")
        assert "<html" in text and "<html" not in page(clerk, query, **HTMX)
        answer = clerk.client.post(
            f"{URL}views/new/", hidden | {"name": "Rome", "for": "personal", "pin": "true"}
        )
        view = View.objects.get(name="Rome")
        assert answer["Location"] == f"{URL}?view={view.pk}"
        assert (view.where, view.columns, view.size, view.sort) == (
            "city = Rome",
            ["name", "city"],
            100,
            "-spent",
        )
        assert Pin.objects.get().view_id == view.pk
        assert ">Rome<" in page(clerk).split("Pinned views")[1]

    def test_a_refusal_keeps_what_was_typed(self, shared: View, clerk: Someone) -> None:
        save(clerk, "Rome")
        answer = clerk.client.post(
            f"{URL}views/new/", {"name": "rome", "for": "personal", "where": "city = Rome"}, headers=HTMX
        )
        text = answer.content.decode()
        assert answer.status_code == 409 and "is there already" in text and 'value="rome"' in text

    def test_of_two_people_the_second_is_asked(self, shared: View, owner: Someone, manager: Someone) -> None:
        change(owner, shared, 1, name="Paris first")
        mine = {"where": "city = Oslo", "columns": "name", "version": "1", "widths": json.dumps({"name": 99})}
        answer = manager.client.post(f"{URL}views/{shared.pk}/save/", mine, headers=HTMX)
        text = answer.content.decode()
        assert answer.status_code == 409 and owner.actor.name in text
        shared.refresh_from_db()
        assert shared.where == "city = Paris"
        hidden = {
            name: html.unescape(value)
            for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text)
        }
        manager.client.post(f"{URL}views/{shared.pk}/save/", hidden)
        shared.refresh_from_db()
        assert (shared.where, shared.widths, shared.name) == ("city = Oslo", {"name": 99}, "Paris first")

    def test_deleted_with_a_way_back(self, shared: View, owner: Someone) -> None:
        answer = owner.client.post(f"{URL}views/{shared.pk}/remove/", follow=True)
        undo = re.search(r'data-undo="([^"]+)"', answer.content.decode())
        assert undo and not View.objects.exists()
        owner.client.post(undo[1])
        assert View.objects.get().name == "Paris"

    def test_a_colleague_sees_no_menu_entries_that_would_be_refused(
        self, shared: View, clerk: Someone
    ) -> None:
        text = page(clerk, f"?view={shared.pk}&sort=name")
        assert "/remove/" not in text and "Save as" in text and ">Save</button>" not in text
        assert "Everybody in the store" not in page(clerk, "views/new/")
