"""A real Chromium against the real pages. A fault of the server, of a script or of the content policy fails a test."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from regulars.customers import services
from regulars.kit.actor import Actor
from regulars.staff.models import User
from regulars.stores.models import Store
from tests.factories import NOW, actor_of, make_person, make_store

# Playwright's own event loop runs in the thread of the tests; Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# A machine that builds several things at once answers late; what must hold must hold all the same.
expect.set_options(timeout=20_000)
SCREENS = Path(__file__).resolve().parents[2] / "test-results" / "screens"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NAMES = [
    *(
        "Ada Lovelace",
        "Zoë de la Cruz",
        "Jürgen Groß",
        "Işıl Yılmaz",
        "Σοφία Παπαδοπούλου",
        "محمد العلي",
        "王 小明",
    ),
    *("Nguyễn Thị Hoa", "Ólafur Þórðarson", "Łukasz Wójcik", "Marie-Claire d’Arcy", "O'Brien Pat"),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The Chromium of the system where there is one, else Playwright's."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return {"args": arguments} | ({"executable_path": found} if found else {})


@pytest.fixture
def shop(transactional_db: None) -> Store:
    return make_store("shop")


@pytest.fixture
def owner(shop: Store) -> User:
    return make_person(shop, "owner")


@pytest.fixture
def actor(shop: Store, owner: User) -> Actor:
    return actor_of(shop, owner)


@pytest.fixture
def people(shop: Store, actor: Actor) -> Store:
    """Sixty customers of many countries; the first ones are the newest."""
    countries = ["FR", "DE", "PL", "TR", "GR", "SA", "CN", "VN", "IS"]
    services.insert_customers(
        store=shop,
        records=[
            {
                "first_name": NAMES[at % 12].rpartition(" ")[0] + (f" {at}" if at >= 12 else ""),
                "last_name": NAMES[at % 12].rpartition(" ")[2],
                "email": f"person{at}@example.com",
                "phone": f"+336120000{at:02}",
                "city": ["Paris", "Berlin", "Łódź"][at % 3],
                "country": countries[at % len(countries)],
                "tags": ["vip"] if at % 5 == 0 else [],
                "created_at": NOW - timedelta(days=at),
                "orders_count": at % 4,
                "spent_minor": at % 4 * 12_345,
            }
            for at in range(60)
        ],
        now=NOW,
    )
    return shop


# A notice stays while somebody points at it; here somebody always does, or a slow machine would miss it.
LINGER = """new MutationObserver(() => {
  for (const notice of document.querySelectorAll(".toast-x:not([data-held])")) {
    notice.dataset.held = "";
    notice.dispatchEvent(new PointerEvent("pointerenter"));
  }
}).observe(document, { childList: true, subtree: true })"""


def press(page: Page, *keys: str) -> None:
    """Press keys on a page that was just opened, as soon as it can hear them.

    What a page shows is there before its script runs: whoever waited for a heading only is too early.
    """
    page.wait_for_load_state()
    for key in keys:
        page.keyboard.press(key)


def too_wide(page: Page) -> int:
    """By how many pixels what is open is wider than its window, once the page it went to has come.

    A click returns when the answer has begun: for a moment the page has no root that could be measured.
    """
    page.wait_for_load_state()
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


class Guard:
    """Listens to a page and remembers what must never happen."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.forgiven = ""

    def watch(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._console)
        page.on("response", self._response)
        return page

    def _console(self, message: Any) -> None:
        # Chromium also notes refusals (4xx) here; those are answers of the product and looked at by the tests.
        if self.forgiven and self.forgiven in message.text:
            return
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _response(self, response: Any) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")


@pytest.fixture
def guard() -> Iterator[Guard]:
    found = Guard()
    yield found
    assert found.faults == []


@pytest.fixture
def browser_context_args(live_server: LiveServer) -> dict[str, Any]:
    """Addresses in tests begin at the server."""
    return {
        "base_url": live_server.url,
        "viewport": {"width": 1440, "height": 900},
        "reduced_motion": "reduce",
    }


@pytest.fixture
def signed_in(
    live_server: LiveServer, context: BrowserContext, guard: Guard, owner: User
) -> Callable[..., Page]:
    """A page of somebody who is signed in; the owner if nobody is named."""

    def open_page(user: User | None = None, *, within: BrowserContext | None = None) -> Page:
        client = Client()
        client.force_login(user or owner)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        here = within or context
        here.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page = guard.watch(here.new_page())
        page.add_init_script(LINGER)
        page.set_default_timeout(20_000)
        return page

    return open_page


@pytest.fixture
def desk(signed_in: Callable[..., Page]) -> Page:
    return signed_in()
