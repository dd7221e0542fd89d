"""Looks at pages as those do who cannot see, point or read as most people: by axe-core's rules, the edges, a thumb.

Each page is opened once and looked at twice, wide in the light and narrow in the dark. What is found is named with the
rule and the part of the page, so that it can be mended where it is.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import SCREENS

AXE = Path(__file__).resolve().parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with the npm packages of ui/")
WIDE = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
LOOKS = (("light", WIDE), ("dark", PHONE))
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # What is right is found as well, but not described part by part, which takes longer than all of the rules.
    "resultTypes": ["violations"],
}
# A page that follows the machine's theme does so in the next frame, and then at once.
STILL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('*, ::before, ::after { transition-property: none !important }');
  document.adoptedStyleSheets.push(sheet);
}"""
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done('axe' in window))))"
# What is drawn beyond the right edge, and what is lower than a thumb needs. Links within a sentence may be small.
STICKS_OUT = """() => [document.documentElement, ...document.querySelectorAll('.scroll, dialog[open]')]
  .filter((part) => part.scrollWidth > part.clientWidth + 1)
  .map((part) => `${part.className || part.tagName} is ${part.scrollWidth - part.clientWidth} px too wide`)"""
TOO_SMALL = """() => {
  const reach = (one) => {
    const label = one.matches('[type=radio], [type=checkbox]') && one.closest('label');
    const heights = [(label || one).getBoundingClientRect().height];
    for (const side of ['::before', '::after']) {
      const style = getComputedStyle(one, side);
      if (style.content !== 'none' && style.position === 'absolute') heights.push(parseFloat(style.height) || 0);
    }
    return Math.max(...heights);
  };
  const parts = 'main :is(button, select, summary, .input, .textarea, .tabs a, .btn, .figures a, .chip a), .dock *';
  return [...document.querySelectorAll(parts)]
    .filter((one) => one.matches('a, button, input, select, textarea, summary') && !one.closest('.unseen'))
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((one) => one.getBoundingClientRect().width > 2 && reach(one) < 43.5)
    .map((one) => `${one.outerHTML.slice(0, 140)} is ${reach(one)} px high`);
}"""

Steps = Callable[[Page], None]


@dataclass(frozen=True)
class Place:
    """A page: its path, the one that this leads to when that is another, and what is done there before one looks, with
    the path of the page on which that ends when it is not the same."""

    path: str
    steps: Steps | None = None
    lands: str = ""
    ends: str = ""
    status: int = 200

    @property
    def paths(self) -> list[str]:
        """Those of the pages that are opened; the last one is looked at."""
        return [path for path in (self.path, self.lands, self.ends) if path]

    def at(self, places: Mapping[str, str]) -> str:
        """The path with the ids and secrets of the test."""
        return self.path.format(**places)


@cache
def _axe() -> str:
    return AXE.read_text()


def look(page: Page) -> list[str]:
    """What axe-core finds on the page that is open, as it stands."""
    page.wait_for_load_state()
    if not page.evaluate(SETTLED):
        page.evaluate(_axe())
        page.evaluate(STILL)
    violations: list[Any] = page.evaluate(
        "options => axe.run(document, options).then(found => found.violations)", OPTIONS
    )
    return [
        f"{violation['id']} at {node['target']}: {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]


class Faults:
    """What was found, and on which pages."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}

    def note(self, name: str, found: Iterable[str]) -> None:
        for fault in found:
            self._found.setdefault(fault, []).append(name)

    def expect_none(self) -> None:
        assert not self._found, "\n".join(f"{fault} | {', '.join(on)}" for fault, on in self._found.items())


def look_at_all(
    page: Page,
    pages: Mapping[str, Place],
    places: Mapping[str, str],
    *,
    looks: Iterable[tuple[Any, ViewportSize]] = LOOKS,
    thumbs: bool = False,
    pictures: str = "",
    faults: Faults | None = None,
) -> None:
    """Open each page and look at it; with `thumbs` also for what is too small for one, where the window is narrow."""
    found = faults or Faults()
    for name, place in pages.items():
        is_open = False
        for scheme, size in looks:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.set_viewport_size(size)
            # What was opened by a click belongs to the window in which it was: there it is opened anew.
            if not is_open or place.steps:
                go(page, name, place, places)
            is_open = True
            told = f"{name}, {scheme}"
            found.note(told, look(page))
            found.note(told, page.evaluate(STICKS_OUT))
            if thumbs and size == PHONE:
                found.note(told, page.evaluate(TOO_SMALL))
            if pictures:
                SCREENS.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=SCREENS / f"{pictures}-{name.replace(' ', '-')}-{scheme}.png")
    if faults is None:
        found.expect_none()


def go(page: Page, name: str, place: Place, places: Mapping[str, str]) -> None:
    """Open a page: it must be that one, and not one where the browser was sent instead."""
    path = place.at(places)
    answer = page.goto(path)
    assert answer is not None and answer.status == place.status, (name, answer and answer.status)
    wanted = place.lands.format(**places) or path.partition("?")[0]
    assert urlsplit(page.url).path == wanted, (name, page.url)
    expect(page.locator("h1").first).to_be_attached()
    if place.steps:
        page.wait_for_load_state()
        place.steps(page)
    if place.ends:
        expect(page).to_have_url(re.compile(re.escape(place.ends) + "$"))
