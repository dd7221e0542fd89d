"""From the sign-in page to signing out, a file on the way; and how the pages look."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from regulars.customers.models import Customer
from regulars.jobs import services as jobs
from regulars.jobs.models import Run
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.browser.conftest import SCREENS, Guard, too_wide
from tests.factories import PASSWORD, make_customer

URL = "/desk/shop/customers/"
FILE = (
    "First Name,Last Name,Email,City,Tags\n"
    "Grace,Hopper,grace@example.com,New York,vip\n"
    "Broken,Row,not-an-address,Rome,\n"
    'Zoë,Łuc,zoe@example.com,Łódź,"a, b"\n'
)


def work() -> None:
    """What the worker does: carry out every run that waits."""
    for run in Run.objects.filter(state__in=("waiting", "running")):
        jobs.execute_run(run_id=run.pk)


def test_sign_in_import_a_file_and_sign_out(
    page: Page, guard: Guard, shop: Store, owner: User, tmp_path: Path
) -> None:
    guard.watch(page)
    page.set_default_timeout(20_000)
    page.goto(URL)
    page.get_by_label(re.compile("mail", re.IGNORECASE)).first.fill(owner.email)
    page.locator("input[type=password]").fill("wrong-password-1")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text(re.compile("not correct|incorrect", re.IGNORECASE))
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{URL}$"))
    shots(page, "empty")

    page.locator("main").get_by_role("link", name="Import a file").click()
    file = tmp_path / "people.csv"
    file.write_text(FILE, "utf-8")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page).to_have_url(re.compile("/imports/[0-9a-f-]{36}/columns/"))
    page.get_by_role("button", name="Check the file").last.click()
    expect(page).to_have_url(re.compile("/imports/[0-9a-f-]{36}/$"))
    work()
    page.reload()
    shots(page, "import-checked")
    expect(page.locator("main")).to_contain_text("2")
    assert not Customer.objects.exists()
    page.locator("main form button[type=submit], main form button:not([type])").filter(
        has_text=re.compile("import|run|go", re.IGNORECASE)
    ).first.click()
    expect(page.locator("main")).to_contain_text(re.compile("waiting|running|import", re.IGNORECASE))
    shots(page, "import-running")
    work()
    page.reload()
    expect(page.locator("main")).to_contain_text("not-an-address")
    shots(page, "import-done")
    assert sorted(Customer.objects.values_list("email", flat=True)) == [
        "grace@example.com",
        "zoe@example.com",
    ]

    page.goto(URL)
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name=re.compile("Signed in as")).click()
    page.get_by_role("button", name="Sign out").first.click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.goto(URL)
    expect(page).to_have_url(re.compile("/accounts/login/"))


def shots(page: Page, name: str) -> None:
    """Pictures of a page in every size, light and dark."""
    for size in (390, 1440):
        page.set_viewport_size({"width": size, "height": 900})
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            shot(page, name, size=size, scheme=scheme)


def shot(page: Page, name: str, *, size: int = 1440, scheme: str = "light") -> None:
    """A picture for people who look after how the pages look."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}-{size}-{scheme}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [1440, 390])
def test_pages_fit_their_window_in_light_and_dark(
    size: int,
    scheme: str,
    people: Store,
    signed_in: Callable[..., Page],
    browser: Any,
    live_server: LiveServer,
) -> None:
    """No page is wider than its window; pictures of each are kept."""
    customer = make_customer(
        people,
        first_name="Ada",
        last_name="King",
        email="king@example.com",
        tags=["vip"],
        city="London",
        country="GB",
        note="Likes red",
    )
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": size, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page = signed_in(within=context)
    for name, path in {
        "list": "?where=country+%3D+FR",
        "record": f"{customer.pk}/",
        "new": "new/",
        "nothing-found": "?q=zzzz",
        "import": "imports/new/",
    }.items():
        page.goto(f"{URL}{path}")
        expect(page.locator("h1").first).to_be_visible()
        wide = too_wide(page)
        assert wide <= 1, f"{name} is {wide} px too wide"
        shot(page, name, size=size, scheme=scheme)
    context.close()


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_other_languages_and_right_to_left(language: str, desk: Page, people: Store, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(language=language)
    desk.goto(URL)
    assert desk.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    expect(desk.locator("tbody tr")).to_have_count(50)
    wide = too_wide(desk)
    assert wide <= 1
    shot(desk, f"list-{language}")
