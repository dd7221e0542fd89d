"""From a filter to a segment, and why somebody is in it."""

import re

from playwright.sync_api import Page, expect

from regulars.segments.models import Segment
from regulars.stores.models import Store


def test_from_the_list_to_a_segment_and_to_why(desk: Page, people: Store) -> None:
    desk.goto("/desk/shop/customers/?where=city %3D Paris")
    desk.get_by_role("link", name="Save as segment").click()
    expect(desk.get_by_role("textbox", name="Conditions")).to_have_value(
        "city = Paris and state = active and blocked = false"
    )
    desk.get_by_label("Name", exact=True).fill("Parisians")
    desk.get_by_role("textbox", name="Conditions").fill("city = Paris and planet = earth")
    expect(desk.locator("#where-check mark")).to_have_text("planet")
    desk.get_by_role("textbox", name="Conditions").fill("city = Paris and tag = vip")
    expect(desk.locator("#where-check")).to_contain_text("meet this now: 4")
    expect(desk.locator("#where-check")).to_contain_text("City is Paris")
    desk.get_by_role("button", name="Make the segment").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Parisians")
    expect(desk.locator("#figures dd").first).to_contain_text("4")
    desk.get_by_role("searchbox", name="Name, e-mail").fill("person3@example.com")
    desk.keyboard.press("Enter")
    found = desk.locator(".people-found li")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("not in")
    found.get_by_role("link").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("is not in “Parisians”")
    expect(desk.locator(".verdicts .fails").filter(has_text="tag vip").last).to_contain_text("is: empty")
    expect(desk.locator(".verdicts .holds")).to_contain_text("City is Paris")


def test_picked_customers_go_into_a_new_segment_and_out_by_undo(desk: Page, people: Store) -> None:
    desk.goto("/desk/shop/customers/")
    for row in range(2):
        desk.locator("tbody tr").nth(row).locator("[name=id]").check()
    desk.get_by_role("button", name="More", exact=True).click()
    desk.get_by_role("button", name="Add to segment").click()
    desk.get_by_label("Or a new segment named").fill("Picked")
    desk.locator("#dialog").get_by_role("button", name="Add to segment").click()
    expect(desk.get_by_text("Put into the segment: 2")).to_be_visible()
    assert Segment.objects.get().size == 2
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text(re.compile("Undone|Put back"))).to_be_visible()
    desk.goto("/desk/shop/segments/")
    expect(desk.locator("tbody tr")).to_have_count(1)
    expect(desk.locator("tbody tr td.n")).to_have_text("0")


def test_segments_are_opened_by_the_keyboard(desk: Page, people: Store) -> None:
    desk.goto("/desk/shop/")
    desk.keyboard.press("g")
    desk.keyboard.press("e")
    expect(desk).to_have_url(re.compile(r"/segments/$"))
    expect(desk.get_by_text("No segments yet")).to_be_visible()


def test_conditions_are_put_together_in_the_builder(desk: Page, people: Store) -> None:
    desk.goto("/desk/shop/segments/new/")
    conditions = desk.get_by_role("textbox", name="Conditions")
    conditions.fill("city = Paris or country = PL")
    desk.get_by_role("button", name="Put it together").click()
    builder = desk.locator("filter-builder")
    expect(builder).to_contain_text("City is Paris or country is Poland")
    builder.get_by_role("button", name="Clear").click()
    builder.get_by_role("button", name="Undo").click()
    builder.get_by_role("button", name="Apply").click()
    expect(builder).to_be_hidden()
    expect(conditions).to_have_value("city = Paris or country = PL")
    expect(desk.locator("#where-check")).to_contain_text("meet this now")
