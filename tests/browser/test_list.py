"""The list, used as a merchant uses it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.stores.models import Store
from tests.browser.conftest import press
from tests.factories import NOW

URL = "/desk/shop/customers/"


@pytest.fixture
def listed(desk: Page, people: Store) -> Page:
    desk.goto(URL)
    expect(desk.locator("tbody tr")).to_have_count(50)
    return desk


def test_search_while_typing(listed: Page) -> None:
    press(listed, "/")
    expect(listed.locator("#q")).to_be_focused()
    listed.keyboard.type("person17@")
    expect(listed.locator("tbody tr")).to_have_count(1)
    expect(listed).to_have_url(re.compile(r"q=person17%40"))
    listed.locator("#q").fill("zzzz")
    expect(listed.get_by_text("Nothing matches")).to_be_visible()
    expect(listed.locator("#q")).to_be_focused()
    listed.get_by_role("link", name="Clear everything").click()
    expect(listed.locator("tbody tr")).to_have_count(50)
    listed.go_back()
    expect(listed.get_by_text("Nothing matches")).to_be_visible()


def test_add_change_and_remove_a_filter(listed: Page) -> None:
    listed.get_by_role("button", name="Filter", exact=True).click()
    listed.get_by_role("searchbox", name="Find a field").fill("city")
    listed.locator("#filter-editor [data-field=city]").click()
    listed.locator("#filter-editor [name=o]").select_option("=")
    listed.locator("#filter-editor .value input").fill("Łódź")
    listed.get_by_role("button", name="Apply").first.click()
    chip = listed.locator(".chip[data-chip=city]")
    expect(chip).to_be_visible()
    expect(listed.locator("tbody tr")).to_have_count(20)
    expect(listed).to_have_url(re.compile("where=city"))
    chip.locator("[data-chip-part=value]").click()
    listed.locator("#filter-editor .value input").fill("Paris")
    listed.keyboard.press("Enter")
    expect(listed.locator(".chip[data-chip=city] .chip-value")).to_have_text("Paris")
    expect(listed.locator(".chip")).to_have_count(1)
    listed.reload()
    expect(listed.locator(".chip[data-chip=city] .chip-value")).to_have_text("Paris")
    listed.get_by_role("link", name="Remove filter: City").click()
    expect(listed.locator(".chip")).to_have_count(0)
    expect(listed.locator("tbody tr")).to_have_count(50)


def test_sort_by_a_head_and_page_on(listed: Page) -> None:
    head = listed.locator("th[data-column=email]")
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(listed.locator("tbody tr").first).to_contain_text("person0@example.com")
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(listed.locator("tbody tr").first).to_contain_text("person9@example.com")
    listed.get_by_role("link", name="Next page").click()
    expect(listed.locator("tbody tr")).to_have_count(10)
    listed.get_by_role("link", name="Previous page").click()
    expect(listed.locator("tbody tr").first).to_contain_text("person9@example.com")


def test_columns_on_and_off_in_order_and_back(listed: Page) -> None:
    def heads() -> list[str | None]:
        return [one.get_attribute("data-column") for one in listed.locator("thead th[data-column]").all()]

    before = heads()
    listed.get_by_role("button", name="Columns").click()
    listed.locator("#columns input[value=region]").check()
    expect(listed.locator("th[data-column=region]")).to_be_visible()
    listed.locator("#columns input[value=email]").uncheck()
    expect(listed.locator("th[data-column=email]")).to_have_count(0)
    item = listed.locator("#columns [data-column-item]", has=listed.locator("input[value=region]"))
    item.locator(".grip").focus()
    listed.keyboard.press("Alt+ArrowUp")
    expect(listed.locator("th[data-column=region] ~ th").first).to_be_visible()
    listed.goto(URL)
    expect(listed.locator("th[data-column=region]")).to_be_visible()  # the server remembers
    listed.get_by_role("button", name="Columns").click()
    listed.get_by_role("link", name="Back to default").click()
    expect(listed.locator("th[data-column=email]")).to_be_visible()
    assert heads() == before


def test_pick_rows_archive_and_undo(listed: Page) -> None:
    boxes = listed.locator("tbody .pick input")
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    bar = listed.locator("#bulk")
    expect(bar).to_contain_text("3 selected")
    bar.get_by_role("button", name="Archive").click()
    notice = listed.locator(".toast-x")
    expect(notice).to_contain_text("Archived: 3")
    expect(listed.locator("#results .head .count")).to_contain_text("57")
    expect(bar).not_to_contain_text("3 selected")
    notice.get_by_role("button", name="Undo").click()
    expect(listed.locator(".toast-x").last).to_contain_text("Put back: 3")
    expect(listed.locator("#results .head .count")).to_contain_text("60")
    assert Customer.objects.filter(state="active").count() == 60


def test_pick_everything_that_matches_and_tag_it(listed: Page) -> None:
    listed.locator("thead .pick input").check()
    listed.locator("#bulk .all").click()
    expect(listed.locator("#bulk")).to_contain_text("60 selected")
    listed.locator("#bulk").get_by_role("button", name="Add tag").click()
    dialog = listed.locator("#dialog")
    expect(dialog).to_contain_text("For 60 customers")
    dialog.get_by_label("Tags").fill("spring")
    dialog.get_by_role("button", name="Add tag").click()
    expect(listed.locator(".toast-x")).to_contain_text("Tagged: 60")
    assert Customer.objects.filter(tags__contains=["spring"]).count() == 60


def test_edit_a_cell_in_place_with_a_problem_first(listed: Page) -> None:
    row = listed.locator("tbody tr").nth(1)
    at = [one.get_attribute("data-column") for one in listed.locator("thead th[data-column]").all()].index(
        "email"
    ) + 1
    cell = row.locator(":scope > *").nth(at)
    cell.dblclick()
    form = cell.locator(".cell-form input.input")
    expect(form).to_be_focused()
    form.fill("nonsense")
    listed.keyboard.press("Enter")
    expect(cell.locator(".problem")).to_contain_text("is not an e-mail address")
    expect(cell.locator("input.input")).to_be_focused()
    cell.locator("input.input").fill("new@example.com")
    listed.keyboard.press("Enter")
    expect(cell.locator(".cell-form")).to_have_count(0)
    expect(cell).to_have_text("new@example.com")
    cell.dblclick()
    expect(cell.locator("input.input")).to_be_focused()
    cell.locator("input.input").fill("forgotten@example.com")
    listed.keyboard.press("Escape")
    expect(cell).to_have_text("new@example.com")
    assert Customer.objects.filter(email="new@example.com", version=2).exists()


def test_somebody_elses_change_is_shown_in_the_cell(listed: Page, actor: Actor, people: Store) -> None:
    row = listed.locator("tbody tr").nth(0)
    at = [one.get_attribute("data-column") for one in listed.locator("thead th[data-column]").all()].index(
        "email"
    ) + 1
    cell = row.locator(":scope > *").nth(at)
    cell.dblclick()
    expect(cell.locator("input.input")).to_be_focused()
    customer = Customer.objects.get(email="person0@example.com")
    values = {"email": "theirs@example.com"}
    services.edit_customer(
        store=people, customer_id=customer.pk, values=values, base_version=None, actor=actor, now=NOW
    )
    cell.locator("input.input").fill("mine@example.com")
    listed.keyboard.press("Enter")
    expect(cell.locator(".problem")).to_contain_text("theirs@example.com")
    expect(cell.locator("input.input")).to_be_focused()
    listed.keyboard.press("Enter")
    expect(cell).to_have_text("mine@example.com")


def test_the_keyboard_alone(listed: Page) -> None:
    press(listed, "j", "j", "k", "x")
    expect(listed.locator("tbody tr").nth(0)).to_have_attribute("aria-selected", "true")
    listed.keyboard.press("j")
    listed.keyboard.press("Shift+X")
    expect(listed.locator("#bulk")).to_contain_text("2 selected")
    listed.keyboard.press("Escape")
    expect(listed.locator("tbody tr[aria-selected=true]")).to_have_count(0)
    listed.keyboard.press("?")
    expect(listed.get_by_role("dialog", name="Keyboard")).to_be_visible()
    listed.keyboard.press("Escape")
    expect(listed.get_by_role("dialog", name="Keyboard")).not_to_be_visible()
    listed.keyboard.press("j")
    listed.keyboard.press("Enter")
    expect(listed).to_have_url(re.compile(r"customers/[0-9a-f-]{36}/"))


def test_the_palette_finds_people_and_pages(listed: Page) -> None:
    press(listed, "Control+k")
    box = listed.get_by_role("combobox")
    expect(box).to_be_focused()
    listed.keyboard.type("person42")
    found = listed.locator("#palette-found [role=option]")
    expect(found).to_have_count(1)
    expect(found).to_have_attribute("aria-selected", "true")
    listed.keyboard.press("Enter")
    expect(listed.get_by_role("heading", level=1)).to_contain_text("42")
    press(listed, "Control+k")
    expect(box).to_be_focused()
    listed.keyboard.type("zzzzz")
    listed.keyboard.press("Escape")
    expect(box).not_to_be_visible()
    listed.keyboard.press("g")
    listed.keyboard.press("c")
    expect(listed).to_have_url(re.compile(r"customers/$"))


def test_tabs_and_an_unknown_field_in_the_address(listed: Page) -> None:
    listed.get_by_role("navigation", name="Views").get_by_role("link", name=re.compile("Archived")).click()
    expect(listed.get_by_text("Nobody is in this tab")).to_be_visible()
    listed.goto(f"{URL}?where=spendd+%3E+3")
    expect(listed.get_by_text("Did you mean “spent”?").first).to_be_visible()


def test_works_without_scripts(
    people: Store, signed_in: Callable[..., Page], browser: object, live_server: object
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)  # type: ignore[attr-defined]
    page = signed_in(within=context)
    page.goto(URL)
    page.locator("#q").fill("person7@")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody .pick input").check()
    page.get_by_role("button", name="Archive").first.click()
    expect(page.locator("body")).to_contain_text("Archived: 1")
    context.close()
