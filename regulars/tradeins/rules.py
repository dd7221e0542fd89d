"""The rules trade-ins live by: what an item must say, what may be changed when, what a step needs."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from regulars.kit import money
from regulars.kit.errors import Invalid, InvalidRecord
from regulars.kit.text import fold, storable
from regulars.resources.kinds.numbers import parse_decimal
from regulars.tradeins.choices import CLOSED, LOOKED_AT, OFFERED, Condition
from regulars.tradeins.facts import ItemFacts

MOST_ITEMS = 50
MOST_MINOR = 10**13
# An offer holds for so long unless somebody says otherwise.
QUOTE_DAYS = 14


def clean_serial(raw: str) -> str:
    """A serial number without spaces and dashes. Raises `Invalid` for an IMEI with a wrong digit."""
    text = "".join(storable(raw).split()).replace("-", "").upper()
    if len(text) > 60:
        raise Invalid(_("A serial number has at most 60 letters and digits."), field="serial")
    if len(text) == 15 and text.isascii() and text.isdigit() and not _adds_up(text):
        raise Invalid(_("The IMEI %(text)s has a wrong digit.") % {"text": text}, field="serial")
    return text


def _adds_up(digits: str) -> bool:
    """The check digit of an IMEI (Luhn)."""
    doubled = [int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(digits)]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def read_items(text: str, currency: str) -> tuple[ItemFacts, ...]:
    """Items from lines like "iPhone 12 | good | 356938035643809 | 120.00"; the last part may be the final price."""
    return tuple(
        _read_item([part.strip() for part in line.split("|")], currency)
        for line in text.splitlines()
        if line.strip()
    )


def _read_item(parts: list[str], currency: str) -> ItemFacts:
    if len(parts) > 5:
        raise Invalid(
            _("A line has at most 5 parts: title | condition | serial | quoted | final."), field="items"
        )
    title, condition, serial, quoted, final = (*parts, "", "", "", "")[:5]
    known = {fold(word): value for value, label in Condition.choices for word in (value, str(label))}
    if condition and fold(condition) not in known:
        raise Invalid(
            _("“%(condition)s” is no condition. Known: %(names)s.")
            % {"condition": condition[:40], "names": ", ".join(Condition.values)},
            field="items",
        )
    return ItemFacts(
        title=title,
        condition=known[fold(condition)] if condition else "",
        serial=clean_serial(serial),
        quoted_minor=read_price(quoted, currency),
        final_minor=read_price(final, currency),
    )


def read_price(raw: str, currency: str) -> int | None:
    """A price as it was typed; nothing for none. Raises `Invalid`."""
    value = parse_decimal(raw)
    if value is None:
        return None
    minor = money.to_minor(value, currency)
    if money.to_major(minor, currency) != value:
        raise Invalid(
            _("A price in %(currency)s has at most %(exponent)s decimals.")
            % {"currency": currency, "exponent": money.exponent(currency)},
            field="price",
        )
    if not 0 <= minor <= MOST_MINOR:
        raise Invalid(_("A price lies between zero and what the shop can pay."), field="price")
    return minor


def write_items(items: Iterable[ItemFacts], currency: str) -> str:
    """The lines that `read_items` reads."""

    def price(minor: int | None) -> str:
        return "" if minor is None else str(money.to_major(minor, currency))

    return "\n".join(
        " | ".join(
            (one.title, one.condition, one.serial, price(one.quoted_minor), price(one.final_minor))
        ).rstrip(" |")
        for one in items
    )


def check_items(items: Sequence[ItemFacts]) -> None:
    """Raise `InvalidRecord` unless these can be the items of a trade-in."""
    if not items:
        raise InvalidRecord({"items": _("Give at least one item.")})
    if len(items) > MOST_ITEMS:
        raise InvalidRecord(
            {
                "items": _("A trade-in has at most %(most_items)s items; these are %(count)s.")
                % {"most_items": MOST_ITEMS, "count": len(items)}
            }
        )
    if any(not one.title or len(one.title) > 200 or "|" in one.title for one in items):
        raise InvalidRecord({"items": _("Each item needs a title of up to 200 characters, without “|”.")})
    prices = [price for one in items for price in (one.quoted_minor, one.final_minor) if price is not None]
    if not all(0 <= price <= MOST_MINOR for price in prices):
        raise InvalidRecord({"items": _("A price lies between zero and what the shop can pay.")})
    serials = [one.serial for one in items if one.serial]
    if len(set(serials)) < len(serials):
        raise InvalidRecord({"items": _("The same serial number is there twice.")})


def why_items_stay(status: str, before: Sequence[ItemFacts], after: Sequence[ItemFacts]) -> str:
    """Why items cannot be changed like this in this state; empty when they can."""
    if list(before) == list(after):
        return ""
    if status in CLOSED:
        return _("This trade-in is closed; its items stay as they are.")
    was = {one.id: one for one in before}
    if status not in OFFERED:
        same = len(before) == len(after) and all(
            one.id in was and one.quoted_minor == was[one.id].quoted_minor for one in after
        )
        if not same:
            return _(
                "The quote was accepted: the items and their quoted prices stay. Give a final price instead."
            )
    if status not in LOOKED_AT and any(
        one.final_minor != (was[one.id].final_minor if one.id in was else None) for one in after
    ):
        return _("Final prices come with the inspection.")
    return ""


def total(prices: Iterable[int | None]) -> int | None:
    """The sum, or nothing while one of them is not known."""
    known = list(prices)
    return (
        None
        if not known or any(one is None for one in known)
        else sum(one for one in known if one is not None)
    )
