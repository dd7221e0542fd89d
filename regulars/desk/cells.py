"""What stands in a cell: plain values in, escaped HTML out.

A list page shows 500 cells, so these functions build strings directly and render no template. Each `…_cell`
function writes one kind of value; `inner` picks it by a Field's kind, `render` adds the cell around it.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any, Literal, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from regulars.kit.money import display_money

SHOWN_TAGS = 2
NUMERIC = frozenset({"number", "decimal", "money"})
# One fixed colour per hue class; UI tokens decide what it looks like in light and dark.
HUES = 8
Unit = Literal["month", "week", "day"]


class Style(NamedTuple):
    """How values are written for one reader: language, the store's currency and time zone, the moment."""

    language: str
    currency: str
    zone: ZoneInfo
    now: datetime


class Person(NamedTuple):
    """The name cell of a row: who or what it is and where the record opens; initials are for people."""

    name: str
    initials: str
    hue: int
    url: str


class Choice(NamedTuple):
    """A value out of a list; `tone` is one of grey, green, blue, amber, red, violet."""

    label: str
    tone: str = "grey"


class Amount(NamedTuple):
    """Money in a currency of its own."""

    minor: int
    currency: str


class Country(NamedTuple):
    code: str
    name: str


def hue_of(key: str) -> int:
    """The colour of somebody's avatar: the same at every visit, spread evenly."""
    return crc32(key.encode()) % HUES + 1


def empty_cell(why: str = "") -> str:
    """An empty cell says why it is empty; without a reason it shows a dash."""
    return (
        f'<span class="dim">{escape(why)}</span>' if why else '<span class="dim" aria-hidden="true">–</span>'
    )


def text_cell(value: str, style: Style) -> str:
    return f"<bdi>{escape(str(value))}</bdi>"


def person_cell(value: Person, style: Style) -> str:
    mark = f'<span class="avatar hue-{value.hue}" aria-hidden="true">{escape(value.initials)}</span>'
    return (
        f'<a href="{escape(value.url)}">{mark if value.initials else ""}<bdi>{escape(value.name)}</bdi></a>'
    )


def number_cell(value: int, style: Style) -> str:
    return format_whole(value, style.language)


def decimal_cell(value: Decimal, style: Style) -> str:
    return escape(format_decimal(value, locale=style.language))


def money_cell(value: int, style: Style) -> str:
    return escape(display_money(value, style.currency, style.language))


def amount_cell(value: Amount, style: Style) -> str:
    return escape(display_money(value.minor, value.currency, style.language))


def date_cell(value: date, style: Style) -> str:
    return f'<time datetime="{value.isoformat()}">{escape(format_day(value, style.language))}</time>'


def datetime_cell(value: datetime, style: Style) -> str:
    """How long ago it was; the exact moment in the store's time zone waits in the title."""
    local = value.astimezone(style.zone)
    exact = f"{format_day(local.date(), style.language)}, {local:%H:%M}"
    text = format_ago(local, style)
    return f'<time datetime="{local.isoformat()}" title="{escape(exact)}">{escape(text)}</time>'


def until_cell(value: datetime, style: Style) -> str:
    """The last day of something that ends with a day; the exact end waits in the title."""
    local, last = value.astimezone(style.zone), (value - timedelta(microseconds=1)).astimezone(style.zone)
    exact = f"{format_day(local.date(), style.language)}, {local:%H:%M}"
    text = format_day(last.date(), style.language)
    return f'<time datetime="{local.isoformat()}" title="{escape(exact)}">{escape(text)}</time>'


def boolean_cell(value: bool, style: Style) -> str:
    return _yes_no(bool(value), gettext("Yes") if value else gettext("No"))


def choice_cell(value: Choice, style: Style) -> str:
    tone = "" if value.tone == "grey" else f" {value.tone}"
    return f'<span class="badge{tone}">{escape(value.label)}</span>'


def tags_cell(value: Sequence[str], style: Style) -> str:
    shown = "".join(f'<span class="tag"><bdi>{escape(tag)}</bdi></span>' for tag in value[:SHOWN_TAGS])
    if len(value) <= SHOWN_TAGS:
        return shown
    rest = escape(", ".join(value[SHOWN_TAGS:]))
    return f'{shown}<span class="dim" title="{rest}">+{len(value) - SHOWN_TAGS}</span>'


def country_cell(value: Country, style: Style) -> str:
    code, name = escape(value.code), escape(value.name)
    return f'<span class="country" aria-hidden="true">{code}</span><bdi>{name}</bdi>'


RENDERERS: dict[str, Callable[[Any, Style], str]] = {
    "text": text_cell,
    "person": person_cell,
    "who": text_cell,
    "email": text_cell,
    "phone": text_cell,
    "number": number_cell,
    "decimal": decimal_cell,
    "money": money_cell,
    "amount": amount_cell,
    "date": date_cell,
    "datetime": datetime_cell,
    "until": until_cell,
    "boolean": boolean_cell,
    "choice": choice_cell,
    "tags": tags_cell,
    "country": country_cell,
}
# Classes carry what CSS must know of a cell: how it is aligned, and which one a phone's card shows.
CLASSES = {
    "person": "name",
    "who": "who",
    "email": "email dim",
    "phone": "phone",
    "number": "n",
    "decimal": "n",
    "money": "n money",
    "amount": "n money",
    "date": "date",
    "datetime": "date",
    "until": "date",
    "choice": "choice",
}


def inner(kind: str, value: Any, style: Style, *, why_empty: str = "") -> SafeString:
    """What belongs inside a cell, a fact of a record page, or the answer to an edit in place."""
    if value is None or value == "" or value == ():
        return SafeString(empty_cell(why_empty))
    return SafeString(RENDERERS.get(kind, text_cell)(value, style))


def render(kind: str, value: Any, style: Style, *, why_empty: str = "") -> SafeString:
    """A whole cell of a list, ready to be put into a row."""
    content = inner(kind, value, style, why_empty=why_empty)
    if kind == "person":
        return SafeString(f'<th class="name" scope="row">{content}</th>')
    classes = CLASSES.get(kind)
    return SafeString(f'<td class="{classes}">{content}</td>' if classes else f"<td>{content}</td>")


@lru_cache(maxsize=64)
def _yes_no(on: bool, label: str) -> str:
    sprite = static("kit/icons.svg")
    kind, name = ("yes", "circle-check") if on else ("no", "minus")
    return (
        f'<span class="yes-no {kind}"><svg class="icon" aria-hidden="true">'
        f'<use href="{sprite}#{name}"/></svg>{escape(label)}</span>'
    )


@lru_cache(maxsize=4096)
def format_whole(value: int, language: str) -> str:
    """12480 becomes "12,480" in English, "12 480" in French."""
    return escape(format_decimal(value, locale=language))


@lru_cache(maxsize=4096)
def format_day(value: date, language: str) -> str:
    """A calendar day as the reader writes it: "9 Feb 1987"."""
    return format_date(value, "medium", locale=language)


@lru_cache(maxsize=512)
def _ago(days: int, unit: Unit, language: str) -> str:
    # With a threshold out of reach Babel counts in the unit asked for: "9 days ago", not "1 week ago".
    return format_timedelta(
        timedelta(days=-days), granularity=unit, threshold=1e9, add_direction=True, locale=language
    )


def format_ago(local: datetime, style: Style) -> str:
    """ "Today", "Yesterday", "9 days ago", "3 months ago"; the future and far past as a plain day."""
    days = (style.now.astimezone(style.zone).date() - local.date()).days
    if days == 0:
        return pgettext("day", "Today")
    if days == 1:
        return pgettext("day", "Yesterday")
    if days < 0 or days > 730:
        return format_day(local.date(), style.language)
    unit: Unit = "month" if days >= 60 else "week" if days >= 14 else "day"
    whole = {"month": 30, "week": 7, "day": 1}[unit]
    return _ago(days // whole * whole, unit, style.language)
