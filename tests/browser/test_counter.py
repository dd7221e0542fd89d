"""The counter with a keyboard and a scanner alone, and without scripts."""

import re

from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from regulars.stores.models import Store
from tests.factories import make_customer

URL = "/desk/shop/counter/"


def scan(page: Page, code: str) -> None:
    """What a barcode scanner does: types at once and ends with Enter, wherever the focus is."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_scan_after_scan_without_touching_the_mouse(desk: Page, people: Store) -> None:
    one = make_customer(people, first_name="Till", last_name="One", external_id="CARD-0001")
    two = make_customer(people, first_name="Till", last_name="Two", external_id="CARD-0002")
    desk.goto(URL)
    scan(desk, "CARD-0001")
    expect(desk).to_have_url(re.compile(f"{one.pk}/"))
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Till One")
    scan(desk, "CARD-0002")
    expect(desk).to_have_url(re.compile(f"{two.pk}/"))


def test_cards_while_typing_arrows_and_enter(desk: Page, people: Store) -> None:
    desk.goto(URL)
    desk.keyboard.type("ada")
    cards = desk.locator("[data-card]")
    expect(cards.first).to_contain_text("Ada")
    many = cards.count()
    assert many > 1
    desk.keyboard.press("ArrowDown")
    expect(cards.first).to_be_focused()
    desk.keyboard.press("ArrowDown")
    expect(cards.nth(1)).to_be_focused()
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("ArrowUp")
    expect(desk.get_by_role("searchbox", name="Who is in front of you?")).to_be_focused()
    desk.keyboard.press("ArrowDown")
    # A letter that is a shortcut elsewhere belongs to the next question.
    desk.keyboard.type("jurgen")
    expect(desk.get_by_role("searchbox")).to_have_value("jurgen")
    expect(cards.first).to_contain_text("Jürgen")
    desk.keyboard.press("Escape")
    expect(desk.get_by_text("Scan or type:")).to_be_visible()
    desk.keyboard.type("0059")
    expect(cards).to_have_count(1)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(r"customers/[0-9a-f-]{36}/\?from=counter"))


def test_letters_typed_before_the_scripts_came_are_asked(desk: Page, people: Store) -> None:
    held: list[Route] = []
    desk.route("**/desk.js", lambda route: held.append(route))
    with desk.expect_request("**/desk.js"):
        desk.goto(URL, wait_until="commit")
    box = desk.get_by_role("searchbox")
    box.press_sequentially("ada")
    expect(box).to_have_value("ada")
    for script in held:
        script.continue_()
    expect(desk.locator("[data-card]").first).to_contain_text("Ada")


def test_letters_typed_when_the_page_has_just_come_are_asked(desk: Page, people: Store) -> None:
    """On a busy machine a timer without a delay may come later than the first letters."""
    desk.add_init_script(
        "const plain = setTimeout; window.setTimeout = (act, wait, ...more) => plain(act, wait || 2000, ...more)"
    )
    desk.goto(URL)
    desk.keyboard.type("ada")
    expect(desk.locator("[data-card]").first).to_contain_text("Ada")


def test_several_then_the_next_scan_takes_the_place_of_the_text(desk: Page, people: Store) -> None:
    one = make_customer(people, first_name="Till", external_id="CARD-0001")
    desk.goto(URL)
    scan(desk, "ada")
    expect(desk).to_have_url(re.compile(r"counter/\?q=ada"))
    expect(desk.locator("[data-card]").first).to_be_visible()
    scan(desk, "CARD-0001")
    expect(desk).to_have_url(re.compile(f"{one.pk}/"))


def test_works_without_scripts_on_a_phone(
    desk: Page, browser: Browser, people: Store, live_server: LiveServer
) -> None:
    state = desk.context.storage_state()
    size = {"width": 390, "height": 844}
    plain = browser.new_context(
        java_script_enabled=False, storage_state=state, base_url=live_server.url, viewport=size
    )
    page = plain.new_page()
    page.goto(URL)
    page.get_by_role("searchbox").fill("ada")
    page.get_by_role("searchbox").press("Enter")
    page.locator("[data-card]").first.click()
    expect(page).to_have_url(re.compile(r"\?from=counter"))
    page.get_by_role("searchbox", name="Who is next?").fill("0000")
    page.get_by_role("searchbox", name="Who is next?").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    plain.close()
