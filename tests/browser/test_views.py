"""Saved views, used as a merchant uses them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from regulars.stores.models import Store
from regulars.views.models import View
from tests.browser.conftest import press
from tests.factories import make_person

URL = "/desk/shop/customers/"


def open_menu(page: Page) -> None:
    page.locator(".view-name").click()
    expect(page.locator("#views")).to_be_visible()


def save_as(page: Page, name: str, *, audience: str = "") -> None:
    open_menu(page)
    page.locator("#views").get_by_role("link", name="Save as a new view").click()
    page.locator("#dialog").get_by_label("Name").fill(name)
    if audience:
        page.locator("#dialog").get_by_label("For").select_option(audience)
    page.locator("#dialog").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".view-name")).to_contain_text(name)
    expect(page.locator("#dialog")).not_to_be_visible()
    page.wait_for_load_state()


@pytest.fixture
def paris(desk: Page, people: Store) -> Page:
    """A view of Paris, just saved."""
    desk.goto(f"{URL}?where=city+%3D+Paris&columns=name,city,spent")
    expect(desk.locator("tbody tr")).to_have_count(20)
    save_as(desk, "Paris")
    expect(desk).to_have_url(re.compile(r"\?view=[0-9a-f-]{36}$"))
    expect(desk.locator("tbody tr")).to_have_count(20)
    return desk


def test_save_change_save_again_and_reset(paris: Page) -> None:
    edited = paris.locator(".view-edited")
    expect(edited).not_to_be_visible()
    paris.locator("th[data-column=spent] a").click()
    expect(edited).to_be_visible()
    expect(paris).to_have_url(re.compile(r"view=.*&sort=-spent"))
    edited.get_by_role("link", name="Reset").click()
    expect(paris.locator("th[data-column=spent]")).to_have_attribute("aria-sort", "none")
    expect(edited).not_to_be_visible()
    paris.locator("th[data-column=spent] a").click()
    expect(edited).to_be_visible()
    edited.get_by_role("button", name="Save", exact=True).click()
    expect(paris.locator(".toast-x")).to_contain_text("View saved")
    expect(paris.locator("th[data-column=spent]")).to_have_attribute("aria-sort", "descending")
    expect(edited).not_to_be_visible()
    assert View.objects.get().sort == "-spent"


def test_drop_a_condition_and_search_within_a_view(paris: Page) -> None:
    paris.get_by_role("link", name="Remove filter: City").click()
    expect(paris.locator("tbody tr")).to_have_count(50)
    expect(paris.locator(".view-edited")).to_be_visible()
    paris.go_back()
    expect(paris.locator("tbody tr")).to_have_count(20)
    paris.locator("#q").fill("person0@")
    expect(paris.locator("tbody tr")).to_have_count(1)
    expect(paris.locator(".chip[data-chip=city]")).to_be_visible()
    paris.locator("#q").fill("")
    expect(paris.locator("tbody tr")).to_have_count(20)


def test_widths_and_row_height_belong_to_the_view(paris: Page) -> None:
    paris.locator("th[data-column=city] .edge").focus()
    paris.keyboard.press("ArrowRight")
    expect(paris.locator(".view-edited")).to_be_visible()
    paris.get_by_role("button", name="Row height").click()
    paris.locator(".view-edited").get_by_role("button", name="Save", exact=True).click()
    expect(paris.locator(".toast-x")).to_contain_text("View saved")
    view = View.objects.get()
    assert list(view.widths) == ["city"] and view.density == "cosy"
    expect(paris.locator(".view-edited")).not_to_be_visible()
    expect(paris.locator("html")).to_have_attribute("data-density", "cosy")
    paris.goto(f"{URL}?view=all")  # one's own taste is as it was
    expect(paris.locator("html")).to_have_attribute("data-density", "")


def test_pin_open_with_it_rename_and_delete_with_undo(paris: Page) -> None:
    open_menu(paris)
    paris.get_by_role("button", name="Pin to the side bar").click()
    pinned = paris.locator(".side").get_by_role("link", name="Paris")
    expect(pinned).to_be_visible()
    open_menu(paris)
    paris.get_by_role("button", name="Open the list with it").click()
    expect(paris.locator(".toast-x")).to_contain_text("opens with this view")
    paris.goto(URL)
    expect(paris.locator(".view-name")).to_contain_text("Paris")
    open_menu(paris)
    paris.locator("#views").get_by_role("link", name="All customers").click()
    expect(paris.locator("tbody tr")).to_have_count(50)
    pinned.click()
    expect(paris.locator("tbody tr")).to_have_count(20)
    open_menu(paris)
    paris.get_by_role("link", name="Rename or share").click()
    paris.locator("#dialog").get_by_label("Name").fill("Ville lumière")
    paris.locator("#dialog").get_by_role("button", name="Save", exact=True).click()
    expect(paris.locator(".view-name")).to_contain_text("Ville lumière")
    open_menu(paris)
    paris.get_by_role("button", name="Delete", exact=True).click()
    expect(paris.locator(".view-name")).to_contain_text("Customers")
    assert not View.objects.exists()
    paris.locator(".toast-x", has_text="View deleted").get_by_role("button", name="Undo").click()
    expect(paris.locator("#views").get_by_text("Ville lumière")).to_have_count(1)
    assert View.objects.get().name == "Ville lumière"


def test_the_palette_finds_views(paris: Page) -> None:
    paris.goto("/desk/shop/")
    press(paris, "Control+k")
    paris.locator("command-palette input").fill("pari")
    paris.locator("#palette-found").get_by_role("option", name="Paris", exact=True).click()
    expect(paris.locator(".view-name")).to_contain_text("Paris")


def test_of_two_people_at_one_shared_view_nothing_is_lost(
    desk: Page, people: Store, signed_in: Callable[..., Page]
) -> None:
    desk.goto(f"{URL}?where=city+%3D+Paris")
    save_as(desk, "Shared", audience="store")
    address = desk.url
    browser = desk.context.browser
    assert browser is not None
    context = browser.new_context(base_url=address.split("/desk")[0])
    other = signed_in(make_person(people, "manager"), within=context)
    other.goto(address)
    for page, column in ((desk, "email"), (other, "spent")):
        page.locator(f"th[data-column={column}] a").click()
        expect(page.locator(".view-edited")).to_be_visible()
    desk.locator(".view-edited").get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".toast-x")).to_contain_text("View saved")
    other.locator(".view-edited").get_by_role("button", name="Save", exact=True).click()
    expect(other.locator("#dialog")).to_contain_text("changed the view “Shared” meanwhile")
    assert View.objects.get().sort == "email"
    other.locator("#dialog").get_by_role("link", name="Save mine as new").click()
    other.locator("#dialog").get_by_label("Name").fill("Mine")
    other.locator("#dialog").get_by_role("button", name="Save", exact=True).click()
    expect(other.locator(".view-name")).to_contain_text("Mine")
    assert dict(View.objects.values_list("name", "sort")) == {"Shared": "email", "Mine": "-spent"}
    context.close()


def test_without_scripts(desk: Page, people: Store, signed_in: Callable[..., Page]) -> None:
    browser = desk.context.browser
    assert browser is not None
    desk.goto(URL)
    plain = browser.new_context(base_url=desk.url.split("/desk")[0], java_script_enabled=False)
    page = signed_in(within=plain)
    page.goto(f"{URL}views/new/?where=city+%3D+Paris")
    page.get_by_label("Name").fill("Paris")
    page.get_by_label("Pin to the side bar").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(20)
    page.locator("th[data-column=name] a").click()
    page.locator(".view-edited").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("th[data-column=name]")).to_have_attribute(
        "aria-sort", re.compile("ascending|descending")
    )
    page.goto(f"{URL}views/")
    page.get_by_role("button", name="Delete Paris").click()
    expect(page.get_by_text("No views yet")).to_be_visible()
    plain.close()
