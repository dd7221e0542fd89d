"""A language in which everything that passes gettext looks unlike English, so that what does not pass it is seen."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils import translation

# Left as they are: what is filled in, marks of HTML, and the names of variables of wordings.
_KEPT = re.compile(r"(%\(\w+\)[a-z]|%[sd%]|\{\{\s*\w+\s*\}\}|\{\w*\}|</?\w+>|&\w+;)")
_WIDE = {
    **{plain: chr(0xFF21 + plain - ord("A")) for plain in range(ord("A"), ord("Z") + 1)},
    **{plain: chr(0xFF41 + plain - ord("a")) for plain in range(ord("a"), ord("z") + 1)},
}
_SAID = ("title", "aria-label", "placeholder", "alt", "aria-description", "label")
_SILENT = ("script", "style", "svg", "code", "kbd", "pre", "bdi", "textarea", "template")
_VOID = ("input", "img", "br", "hr", "meta", "link", "use", "source", "wbr", "col", "area", "base", "embed")


def wide(text: str) -> str:
    """The words of a sentence in letters that nobody types."""
    return "".join(
        part if index % 2 else part.translate(_WIDE) for index, part in enumerate(_KEPT.split(text))
    )


@contextmanager
def spoken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let gettext answer in wide letters; what Babel says of days and countries is in Arabic letters."""

    def one(text: str) -> str:
        return wide(str(text))

    def many(singular: str, plural: str, number: Any) -> str:
        return wide(singular if number == 1 else plural)

    def in_context(_context: str, text: str) -> str:
        return wide(text)

    def many_in_context(_context: str, singular: str, plural: str, number: Any) -> str:
        return wide(singular if number == 1 else plural)

    answers: dict[str, Callable[..., str]] = {
        "gettext": one,
        "ngettext": many,
        "pgettext": in_context,
        "npgettext": many_in_context,
    }
    with monkeypatch.context() as patched, translation.override("ar"):
        for name, answer in answers.items():
            patched.setattr(translation._trans, name, answer)
        yield


class Page(HTMLParser):
    """What of a page can be read: its texts, and what is told to those who cannot see it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        silent = self._is_silent()
        if not silent:
            self.texts += [found[name] for name in _SAID if name in found]
            if tag == "input" and found.get("type") in ("submit", "button", "reset"):
                self.texts.append(found.get("value", ""))
        if tag == "form" and found.get("method") == "post":
            self.forms.append((found.get("action", ""), {}))
        elif tag == "input" and self.forms and found.get("type") not in ("file", "checkbox", "radio"):
            self.forms[-1][1][found.get("name", "")] = found.get("value", "")
        self.links += [found[name] for name in ("href", "hx-get") if name in found and tag != "link"]
        if tag not in _VOID:
            own = tag in _SILENT or found.get("lang") == "en" or "data-own" in found
            self._open.append((tag, silent or own))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_silent() and data.strip():
            self.texts.append(data.strip())

    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def read(html: str) -> Page:
    """The texts of a page, where it leads, and its forms with what they hold."""
    page = Page()
    page.feed(html)
    return page


def english(text: str, data: list[str]) -> list[str]:
    """The words of a text that are neither in wide letters nor data: of two letters and more, but no codes (CSV)."""
    for one in data:
        if one in text:
            text = text.replace(one, " ")
    text = re.sub(r"\S+@\S*|https?://\S*|\S+\.\w{2,4}\b|&\w+;", " ", text)
    return [word for word in re.findall(r"[A-Za-z][A-Za-z'’]+", text) if not word.isupper()]
