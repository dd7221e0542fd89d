"""The filter builder, used as a merchant uses it: by mouse, by keyboard, as text, and on a phone."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from regulars.customers import services
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.stores.models import Store
from tests.browser.conftest import SCREENS
from tests.factories import NOW

URL = "/desk/shop/customers/"
NESTED = (
    "country in (FR, DE) and (spent > 100 or not (tag = vip and city = Paris)) "
    "and has notes (text contains parcel)"
)


@pytest.fixture
def listed(desk: Page, people: Store, actor: Actor) -> Page:
    for customer in Customer.objects.filter(country="FR", city="Paris"):
        services.add_note(
            store=people, customer_id=customer.pk, body="Lost parcel", pinned=False, actor=actor, now=NOW
        )
    desk.goto(URL)
    expect(desk.locator("tbody tr")).to_have_count(50)
    return ready(desk)


def ready(page: Page) -> Page:
    """The page once its script runs."""
    expect(page.locator("filter-builder:defined")).to_have_count(1)
    return page


def panel(page: Page) -> Locator:
    return page.locator("filter-builder")


def open_builder(page: Page, where: str = "") -> Locator:
    """The builder of a list with this filter, once it knows what the filter means."""
    if where:
        page.goto(f"{URL}?where={quote(where)}")
    ready(page).locator(".tools [data-builder='']").click()
    expect(count(page)).to_contain_text("customers")
    return panel(page)


def count(page: Page) -> Locator:
    return panel(page).locator("[data-count]")


def words(page: Page) -> Locator:
    return panel(page).locator("[data-words]")


def add(page: Page, field: str, within: Locator | None = None) -> None:
    """Add a condition to a group: by typing the name of its field."""
    (within or panel(page).locator(".fb-group.top")).locator(":scope > .fb-add [data-do=add]").click()
    page.locator("#builder-menu .find-in").fill(field)
    page.locator("#builder-menu .menu-item:visible").first.click()


def expect_rows(page: Page, *fields: str, more: int = 0) -> None:
    """The fields of the conditions from the top; so many more follow."""
    found = panel(page).locator(".fb-field")
    expect(found).to_have_count(len(fields) + more)
    for at, field in enumerate(fields):
        expect(found.nth(at)).to_have_text(field)


def shoot(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png", animations="disabled")


def test_build_a_nested_filter_by_mouse_and_apply_it(listed: Page) -> None:
    open_builder(listed)
    add(listed, "country")
    options = listed.locator("#fb-suggest [role=option]")
    listed.keyboard.type("fran")
    options.filter(has_text="France").first.click()
    listed.keyboard.type("germ")
    options.filter(has_text="Germany").first.click()
    expect(count(listed)).to_have_text(re.compile("^14 .*customers"))
    listed.locator(".fb-group.top > .fb-add [data-do=group]").click()
    group = listed.locator(".fb-group:not(.top)")
    add(listed, "total spent", group)
    group.locator(".fb-money input").fill("200")
    add(listed, "tags", group)
    listed.keyboard.type("vip")
    expect(options).to_have_text(["vip"])
    listed.keyboard.press("Enter")
    listed.keyboard.press("Escape")
    expect(words(listed)).to_have_text(
        "Country is any of France, Germany and (total spent is at least €200.00 or has the tag vip)"
    )
    listed.get_by_role("button", name="Apply", exact=True).last.click()
    expect(panel(listed)).not_to_be_visible()
    expect(listed.locator(".chip")).to_have_count(2)
    where = "country in (FR, DE) and (spent >= 200 or tags in (vip))"
    expect(listed).to_have_url(re.compile(re.escape(quote(where, safe="").replace("%20", "+"))))
    found = [
        one
        for one in Customer.objects.filter(country__in=["FR", "DE"])
        if one.spent_minor >= 20_000 or "vip" in one.tags
    ]
    expect(listed.locator("tbody tr")).to_have_count(len(found))
    listed.go_back()
    expect(listed.locator(".chip")).to_have_count(0)


def test_a_chip_opens_its_part_and_cancel_keeps_the_filter(listed: Page) -> None:
    listed.goto(f"{URL}?where={quote(NESTED)}")
    address = listed.url
    chip = ready(listed).locator(".chip-words").first
    expect(chip).to_have_text(re.compile("^Total spent is over €100.00 or "))
    chip.click()
    part = listed.locator(".fb-item.lit")
    expect(part.locator(".fb-mode").first).to_be_focused()
    expect(part.locator(".fb-mode").first).to_have_value("any")
    expect(part.locator(".fb-group")).to_have_count(3)
    expect(listed.locator(".fb-link")).to_contain_text("note")
    part.locator(".fb-mode").first.select_option("none")
    expect(words(listed)).to_contain_text("not:")
    listed.get_by_role("button", name="Cancel").click()
    expect(panel(listed)).not_to_be_visible()
    assert listed.url == address
    listed.locator(".tools [data-builder='']").click()
    expect(listed.locator(".fb-group.top > .fb-items > .fb-item")).to_have_count(3)
    expect(
        listed.locator(".fb-group.top > .fb-items > .fb-item").nth(1).locator(".fb-mode").first
    ).to_have_value("any")


def test_a_click_beside_it_loses_nothing(listed: Page) -> None:
    open_builder(listed, "country = FR")
    listed.locator("main .pager").click(position={"x": 700, "y": 20})
    expect(panel(listed)).not_to_be_visible()  # nothing was changed
    open_builder(listed)
    add(listed, "city")
    listed.locator(".fb-value input").last.fill("Paris")
    listed.locator("tbody tr").last.locator(".name").click()
    expect(listed.get_by_text("Not applied yet", exact=True)).to_be_visible()
    listed.keyboard.press("Escape")
    expect(panel(listed)).to_be_visible()
    expect(listed.locator(".fb-value input").last).to_have_value("Paris")
    listed.get_by_role("button", name="Cancel").click()
    expect(panel(listed)).not_to_be_visible()


def test_undo_and_redo_by_keys_and_buttons(listed: Page) -> None:
    open_builder(listed, "country = FR and city = Paris")
    listed.get_by_role("button", name="Remove City").click()
    expect(count(listed)).to_have_text(re.compile("^7 .*customers"))
    expect_rows(listed, "Country")
    listed.keyboard.press("Control+z")
    expect_rows(listed, "Country", "City")
    field = listed.locator(".fb-value input").last
    field.fill("")
    field.press_sequentially("Berlin")
    listed.keyboard.press("Control+z")  # typing is one step
    expect(listed.locator(".fb-value input").last).to_have_value("Paris")
    listed.keyboard.press("Control+Shift+z")
    expect(listed.locator(".fb-value input").last).to_have_value("Berlin")
    listed.get_by_role("button", name="Clear", exact=True).click()
    expect_rows(listed)
    listed.get_by_role("button", name="Undo", exact=True).first.click()
    expect_rows(listed, "Country", "City")
    expect(listed.get_by_role("button", name="Redo", exact=True)).to_be_enabled()


def test_drag_a_condition_into_a_group_and_out_again(listed: Page) -> None:
    open_builder(listed, "country = FR and city = Paris and (spent > 100 or orders_count > 2)")
    grip = listed.get_by_role("button", name=re.compile("^Move City"))
    target = listed.locator(".fb-group:not(.top) .fb-row").last
    drag(listed, grip, target, below=True)
    expect(listed.locator(".fb-group:not(.top) .fb-field")).to_have_text(["Total spent", "Orders", "City"])
    expect(words(listed)).to_contain_text(
        "(total spent is over €100.00 or orders is over 2 or city is Paris)"
    )
    drag(
        listed,
        listed.get_by_role("button", name=re.compile("^Move City")),
        listed.locator(".fb-group.top > .fb-items > .fb-item").first,
    )
    expect(listed.locator(".fb-group.top > .fb-items > .fb-item > .fb-row .fb-field")).to_have_text(
        ["City", "Country"]
    )
    listed.get_by_role("button", name="Undo", exact=True).first.click()
    expect(listed.locator(".fb-group:not(.top) .fb-field")).to_have_text(["Total spent", "Orders", "City"])


def drag(page: Page, grip: Locator, target: Locator, *, below: bool = False) -> None:
    grip.hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box is not None
    at = box["y"] + (box["height"] - 4 if below else 4)
    page.mouse.move(box["x"] + 120, at - 8)
    page.mouse.move(box["x"] + 120, at)
    expect(page.locator(".fb-drop")).to_be_visible()
    page.mouse.up()


def test_move_copy_and_group_by_the_keyboard_alone(listed: Page) -> None:
    open_builder(listed, "country = FR and city = Paris and (spent > 100 or orders_count > 2)")
    listed.get_by_role("button", name=re.compile("^Move Country")).focus()
    listed.keyboard.press("ArrowDown")
    expect_rows(listed, "City", "Country", more=2)
    expect(panel(listed).locator("[data-said]")).to_have_text("all of, 2 / 3")
    listed.keyboard.press("ArrowRight")
    expect(listed.locator(".fb-group:not(.top) .fb-field")).to_have_text(["Country", "Total spent", "Orders"])
    listed.keyboard.press("ArrowLeft")
    expect(listed.locator(".fb-group:not(.top) .fb-field")).to_have_text(["Total spent", "Orders"])
    listed.keyboard.press("ArrowLeft")
    expect(panel(listed).locator("[data-said]")).to_have_text("It cannot go further that way.")
    listed.get_by_role("button", name="More for City").focus()
    listed.keyboard.press("Enter")
    expect(listed.locator("#builder-menu .menu-item").first).to_be_focused()
    listed.keyboard.press("Enter")
    expect_rows(listed, "City", "City", more=3)
    listed.get_by_role("button", name="More for City").first.focus()
    listed.keyboard.press("Enter")
    expect(listed.locator("#builder-menu .menu-item").first).to_be_focused()
    listed.keyboard.press("ArrowDown")
    listed.keyboard.press("Enter")
    expect(listed.locator(".fb-group .fb-group .fb-field").first).to_have_text("City")
    expect(listed.locator(".fb-item .fb-mode").first).to_be_focused()


def test_build_a_filter_by_the_keyboard_alone(listed: Page) -> None:
    listed.locator(".tools [data-builder='']").focus()
    listed.keyboard.press("Enter")
    expect(listed.locator(".fb-group.top [data-do=add]")).to_be_focused()
    listed.keyboard.press("Enter")
    expect(listed.locator("#builder-menu .find-in")).to_be_focused()
    listed.keyboard.type("birthdate (any")
    listed.keyboard.press("Enter")
    expect(listed.locator(".fb-amount")).to_be_focused()
    expect(words(listed)).to_contain_text("anniversary of birthdate is between today")
    listed.locator(".fb-group.top > .fb-add [data-do=link]").focus()
    listed.keyboard.press("Enter")
    listed.locator("#builder-menu .menu-item", has_text="Notes").press("Enter")
    expect(listed.locator(".fb-link .fb-operator").first).to_be_focused()
    listed.locator(".fb-link .fb-operator").first.select_option("none")
    expect(words(listed)).to_contain_text("has no notes")
    listed.keyboard.press("Control+Enter")
    expect(panel(listed)).not_to_be_visible()
    expect(listed).to_have_url(re.compile("anniversary.*has\\+no\\+notes"))


def test_an_unfinished_condition_is_not_applied(listed: Page) -> None:
    open_builder(listed)
    add(listed, "city")
    listed.get_by_role("button", name="Apply", exact=True).last.click()
    expect(listed.locator(".fb-item .problem")).to_have_text("Give a value, or remove this condition.")
    expect(listed.locator(".fb-value input")).to_be_focused()
    listed.locator(".fb-value input").fill("Paris")
    expect(listed.locator(".fb-item .problem")).to_have_count(0)
    expect(count(listed)).to_have_text(re.compile("^20 .*customers"))


def test_the_text_completes_and_points_at_the_wrong_word(listed: Page) -> None:
    open_builder(listed)
    listed.get_by_role("tab", name="Text").click()
    area = listed.get_by_role("textbox", name="The filter as text")
    expect(area).to_be_focused()
    options = listed.locator("#fb-suggest [role=option]")
    listed.keyboard.type("coun")
    expect(options.first).to_contain_text("country")
    expect(area).to_have_attribute("aria-activedescendant", "suggest-0")
    listed.keyboard.press("Tab")
    expect(area).to_have_value("country ")
    expect(options.first).to_be_visible()
    listed.keyboard.type("= ger")
    expect(options.first).to_contain_text("Germany")
    listed.keyboard.press("Enter")
    expect(area).to_have_value("country = DE ")
    listed.keyboard.type("and tags in (vi")
    expect(options).to_have_text(["vip"])
    listed.keyboard.press("ArrowDown")
    listed.keyboard.press("Enter")
    listed.keyboard.type(") and has notes (tex")
    expect(options.first).to_contain_text("text")
    listed.keyboard.press("Escape")
    expect(options.first).not_to_be_visible()
    area.fill("country = DE and spnt > 100")
    problem = listed.locator("#fb-wrong")
    expect(problem).to_contain_text("Did you mean “spent”?")
    expect(listed.locator(".fb-code mark")).to_have_text("spnt")
    listed.get_by_role("tab", name="Builder").click()
    expect(listed.locator(".fb-item .problem")).to_contain_text("Did you mean “spent”?")
    listed.get_by_role("tab", name="Text").click()
    area.fill("country = DE and (")
    expect(words(listed)).to_be_empty()
    expect(problem).not_to_be_visible()  # somebody is still typing
    listed.get_by_role("tab", name="Builder").click()
    expect(problem).to_be_visible()
    expect(area).to_be_visible()  # what cannot be read cannot be drawn
    area.fill("country = DE and spent > 100")
    expect(problem).not_to_be_visible()
    expect(words(listed)).to_have_text("Country is Germany and total spent is over €100.00")
    listed.keyboard.press("Enter")
    expect(listed.locator(".chip")).to_have_count(2)


def test_the_same_text_comes_back_from_the_builder(listed: Page) -> None:
    where = "country in (FR,DE)  AND not tag = vip"
    open_builder(listed, where)
    listed.get_by_role("tab", name="Text").click()
    area = listed.get_by_role("textbox", name="The filter as text")
    expect(area).to_have_value(where)
    listed.get_by_role("tab", name="Builder").click()
    listed.locator(".fb-group .fb-group .fb-mode").select_option("any")
    listed.get_by_role("tab", name="Text").click()
    expect(area).to_have_value("country in (FR, DE) and tag = vip")


def test_a_query_that_cannot_be_read_opens_as_text(listed: Page) -> None:
    listed.goto(f"{URL}?where={quote('country = FR and and')}")
    ready(listed).get_by_role("button", name="Correct it").click()
    expect(listed.get_by_role("textbox", name="The filter as text")).to_be_focused()
    expect(listed.locator("#fb-wrong")).to_be_visible()


def test_the_newest_question_is_the_one_answered(listed: Page) -> None:
    """Answers of the server come back in the wrong order; what is shown is of the filter as it is."""
    held: list[object] = []

    def hold(route: object, request: object) -> None:
        if "Berlin" in (request.post_data or ""):  # type: ignore[attr-defined]
            held.append(route)
        else:
            route.continue_()  # type: ignore[attr-defined]

    listed.route("**/filter/check/", hold)
    open_builder(listed, "city = Paris")
    with listed.expect_request(lambda request: "Berlin" in (request.post_data or "")):
        listed.locator(".fb-value input").fill("Berlin")
    listed.locator(".fb-value input").fill("Łódź")
    expect(words(listed)).to_have_text("City is Łódź")
    for route in held:
        route.abort()  # type: ignore[attr-defined]
    expect(count(listed)).to_have_text(re.compile("^20 .*customers"))


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures(
    people: Store,
    signed_in: Callable[..., Page],
    browser: object,
    live_server: object,
    width: int,
    scheme: str,
) -> None:
    """Nothing sticks out of the window, and the pictures are there to be looked at."""
    size = {"width": width, "height": 900 if width > 720 else 844}
    context = browser.new_context(  # type: ignore[attr-defined]
        viewport=size,
        color_scheme=scheme,
        reduced_motion="reduce",
        base_url=live_server.url,  # type: ignore[attr-defined]
    )
    page = signed_in(within=context)
    page.goto(f"{URL}?where={quote(NESTED)}")
    shoot(page, f"builder-chips-{width}-{scheme}")
    ready(page).locator(".chip-words").first.click()
    expect(words(page)).to_contain_text("Country is any of")
    shoot(page, f"builder-tree-{width}-{scheme}")
    assert panel(page).evaluate("element => element.scrollWidth <= element.clientWidth")
    box = panel(page).bounding_box()
    assert (
        box
        and box["x"] >= 0
        and box["x"] + box["width"] <= width
        and box["y"] + box["height"] <= size["height"]
    )
    page.get_by_role("tab", name="Text").click()
    area = page.get_by_role("textbox", name="The filter as text")
    area.fill("")
    area.press_sequentially("country = FR and ci")
    expect(page.locator("#fb-suggest [role=option]").first).to_be_visible()
    shoot(page, f"builder-completion-{width}-{scheme}")
    area.fill("country = FR and spnt > 3")
    expect(page.locator("#fb-wrong")).to_be_visible()
    shoot(page, f"builder-wrong-word-{width}-{scheme}")
    page.get_by_role("tab", name="Builder").click()
    expect(page.locator(".fb-item .problem")).to_be_visible()
    shoot(page, f"builder-wrong-condition-{width}-{scheme}")
    context.close()


def test_a_focused_field_in_the_tools_shows_a_ring(listed: Page) -> None:
    def ring(field: Locator) -> str:
        return str(field.evaluate("element => getComputedStyle(element).outlineStyle"))

    listed.locator("#q").focus()
    assert ring(listed.locator("#q")) == "solid"
    listed.get_by_role("button", name="Filter", exact=True).click()
    expect(listed.locator("#filter-editor .find-in")).to_be_focused()
    assert ring(listed.locator("#filter-editor .find-in")) == "solid"
