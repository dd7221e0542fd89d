"""What a row of a file says about an order, as the columns it becomes: words of other systems, lines, and sums.

The total of the file is right. Where its lines come to something else (taxes that are not in the prices, a fee, a
discount on the whole), a line or a larger discount makes them agree, because an order is always the sum of its parts.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import orjson
from django.utils.translation import gettext as _

from regulars.kit import money
from regulars.kit.errors import Invalid
from regulars.kit.scans import kept_serial
from regulars.kit.text import fold, storable
from regulars.orders.choices import Channel, OrderStatus
from regulars.resources.context import Context
from regulars.resources.kinds.numbers import parse_decimal

Line = dict[str, Any]
REFUNDED: Final = "refunded"
ALL_PAID: Final = -(10**18)  # beyond any amount
MOST_LINES, MOST_OF_ONE, MOST_ITEMS, MOST_MINOR = 500, 100_000, 10**9, 10**13
TAX, OTHER = "Tax", "Other charges"
LINE = ("title", "sku", "serial", "quantity", "price_minor", "discount_minor")
_TEXTS = ("title", "sku", "serial")

# Words of other systems, as `word_of` writes them.
_STATUSES = {
    OrderStatus.OPEN.value: (
        "open", "pending", "processing", "onhold", "authorized", "unfulfilled", "partial", "partiallyfulfilled",
        "new", "draft", "inprogress", "checkoutdraft",
    ),
    OrderStatus.COMPLETED.value: (
        "completed", "complete", "fulfilled", "delivered", "shipped", "closed", "paid", "done", "sent", "restocked",
    ),
    OrderStatus.CANCELLED.value: (
        "cancelled", "canceled", "voided", "void", "failed", "trash", "expired", "declined",
    ),
    REFUNDED: ("refunded",),
}  # fmt: skip
_CHANNELS = {
    Channel.ONLINE.value: (
        "online", "web", "website", "shop", "webshop", "checkout", "api", "app", "iphone", "android", "mobile",
        "phone", "mail", "email", "shopifydraftorder", "admin",
    ),
    Channel.IN_STORE.value: ("instore", "store", "pos", "till", "retail", "shopfloor", "counter"),
    Channel.MARKETPLACE.value: (
        "marketplace", "amazon", "ebay", "etsy", "facebook", "instagram", "google", "tiktok", "walmart",
    ),
}  # fmt: skip
STATUS_OF: Final = {word: status for status, words in _STATUSES.items() for word in words}
CHANNEL_OF: Final = {word: channel for channel, words in _CHANNELS.items() for word in words}
NO = frozenset(("", "no", "false", "0", "n", "nein", "non"))
_PAID = frozenset(
    (
        "paid",
        "yes",
        "true",
        "all",
        "full",
        "fullypaid",
        "refunded",
        "partiallyrefunded",
        "captured",
        "completed",
    )
)
_UNPAID = frozenset(
    ("no", "false", "pending", "unpaid", "authorized", "voided", "expired", "none", "partiallypaid", "open")
)


def word_of(cell: str) -> str:
    """A word of another system as words are compared: “wc-on-hold” and “On hold” are one."""
    return "".join(one for one in fold(cell).removeprefix("wc-") if one.isalnum())


def read_status(cell: str) -> str:
    """A status in the words of other systems. “Refunded” is one of its own: completed, and all given back."""
    if (status := STATUS_OF.get(word_of(cell))) is None:
        known = ", ".join(OrderStatus.values)
        raise Invalid(
            _("“%(strip)s” is no status of an order. Choose one of: %(known)s.")
            % {"strip": cell.strip()[:60], "known": known}
        )
    return status


def read_channel(cell: str) -> str:
    """A channel in the words of other systems; the numbers of apps are online."""
    word = word_of(cell)
    if word.isdigit():
        return Channel.ONLINE
    if (channel := CHANNEL_OF.get(word)) is None:
        known = ", ".join(Channel.values)
        raise Invalid(
            _("“%(strip)s” is no channel. Choose one of: %(known)s.")
            % {"strip": cell.strip()[:60], "known": known}
        )
    return channel


def read_paid(cell: str, context: Context) -> int | None:
    """What was paid: an amount, or a word for all or nothing."""
    word = word_of(cell)
    if word in _PAID:
        return ALL_PAID
    return 0 if word in _UNPAID else read_amount(cell, context)


def read_amount(cell: str, context: Context) -> int | None:
    """An amount of 0 or more; a discount that is written below zero is one all the same."""
    amount = parse_decimal(cell)
    if amount is None:
        return None
    places = money.exponent(context.store.currency)
    if amount != round(amount, places):
        raise Invalid(
            _("“%(strip)s” has more than %(places)s decimals.")
            % {"strip": cell.strip()[:60], "places": places}
        )
    minor = money.to_minor(amount, context.store.currency)
    if abs(minor) > MOST_MINOR:
        raise Invalid(_("“%(strip)s” is too large an amount.") % {"strip": cell.strip()[:60]})
    return minor


def read_lines(cell: str, context: Context) -> list[Line]:
    """The lines of an order, which are a list of objects as JSON. Raises `Invalid` naming the line."""
    try:
        given = orjson.loads(cell)
    except orjson.JSONDecodeError as error:
        raise Invalid(
            _('Lines are a list of objects, like [{"title": "Mug", "quantity": 2, "price": "9.90"}].')
        ) from error
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Invalid(
            _('Lines are a list of objects, like [{"title": "Mug", "quantity": 2, "price": "9.90"}].')
        )
    lines = []
    for number, one in enumerate(given, 1):
        try:
            line = _line(one, context)
        except Invalid as refusal:
            raise Invalid(
                _("Line %(number)s of the order: %(sentence)s")
                % {"number": number, "sentence": refusal.sentence}
            ) from refusal
        if line["quantity"] and any(line[name] for name in (*_TEXTS, "price_minor")):
            line["title"] = line["title"] or line["sku"]
            if not line["title"]:
                raise Invalid(
                    _("Line %(number)s of the order: say what it is, by a title or a sku.")
                    % {"number": number}
                )
            lines.append(line)
    if len(lines) > MOST_LINES:
        raise Invalid(_("An order has at most %(most_lines)s lines.") % {"most_lines": MOST_LINES})
    return lines


def _line(given: Mapping[str, Any], context: Context) -> Line:
    texts = {name: " ".join(storable(str(given.get(name) or "")).split())[:200] for name in _TEXTS}
    texts["serial"] = kept_serial(texts["serial"])
    quantity = given.get("quantity")
    count = parse_decimal("" if quantity is None else str(quantity))
    count = Decimal(1) if count is None else count
    if count != int(count) or not 0 <= count <= MOST_OF_ONE:
        raise Invalid(
            _("the quantity is a whole number up to %(most_of_one)s.") % {"most_of_one": f"{MOST_OF_ONE:,}"}
        )
    amounts = {name: given[name] for name in ("price", "discount", "total") if given.get(name) is not None}
    price, discount, total = (
        read_amount(str(amounts.get(name, "")), context) for name in ("price", "discount", "total")
    )
    if price is None and total is not None and count:
        price = -(-total // int(count))
        discount = price * int(count) - total  # what does not divide
    discount = abs(discount or 0)
    if price is not None and not 0 <= discount <= price * int(count):
        raise Invalid(_("the price is 0 or more, and the discount at most the price."))
    return {**texts, "quantity": int(count), "price_minor": price, "discount_minor": discount}


def lines_text(lines: Sequence[Mapping[str, Any]], context: Context) -> str:
    """Lines as a file has them, the way `read_lines` reads them."""
    currency = context.store.currency
    told = []
    for line in lines:
        texts = {name: line[name] for name in _TEXTS if line[name]}
        amounts = {"price": str(money.to_major(line["price_minor"], currency))}
        if line["discount_minor"]:
            amounts["discount"] = str(money.to_major(line["discount_minor"], currency))
        told.append({**texts, "quantity": line["quantity"], **amounts})
    return orjson.dumps(told).decode() if told else ""


def add_up(facts: dict[str, Any], lines: list[Line]) -> None:
    """Complete what an order comes to, and make its parts agree with its total."""
    discount, shipping = facts.get("discount_minor", 0), facts.get("shipping_minor", 0)
    total, tax = facts.get("total_minor"), facts.get("tax_minor", 0)
    if not lines:
        return
    facts.setdefault("items_count", sum(line["quantity"] for line in lines))
    _price_the_one_without(lines, total, discount - shipping)
    goods = sum(line["quantity"] * line["price_minor"] for line in lines)
    off = sum(line["discount_minor"] for line in lines)
    if total is None:
        discount = min(discount, goods - off)
        total = goods - off - discount + shipping
    elif off and total - (goods - discount + shipping) in (0, tax):
        # The discount on the whole holds those of the lines already.
        for line in lines:
            line["discount_minor"] = 0
        off = 0
    goods -= off
    rest = total - (goods - discount + shipping)
    if rest > 0:
        title = TAX if rest == tax else OTHER
        lines.append(dict(zip(LINE, (title, "", "", 1, rest, 0), strict=True)))
        goods += rest
    elif rest < 0:
        discount -= rest
    if (beyond := discount - goods) > 0:  # a discount takes off the goods, not more
        discount, shipping = goods, shipping - beyond
    facts |= {"total_minor": total, "discount_minor": discount, "shipping_minor": shipping}


def _price_the_one_without(lines: list[Line], total: int | None, off: int) -> None:
    """Files that give names and a total only: what one thing cost follows, what several cost does not."""
    without = [line for line in lines if line["price_minor"] is None]
    if len(without) == 1 and total is not None:
        line = without[0]
        others = sum(
            one["quantity"] * one["price_minor"] - one["discount_minor"] for one in lines if one is not line
        )
        each, rest = divmod(total + off - others, line["quantity"])
        line["price_minor"] = each if each >= 0 and not rest else 0
    for line in without:
        line["price_minor"] = line["price_minor"] or 0
        line["discount_minor"] = 0
