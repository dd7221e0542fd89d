"""Benefits that take something off a bill."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from regulars.kit.language import locale_of
from regulars.kit.money import display_money
from regulars.offers.benefits.base import Benefit, Given, Worth
from regulars.offers.choices import Kind
from regulars.offers.models import Offer
from regulars.stores.models import Store

MOST_MINOR = 10**15


class PercentOff(Benefit):
    """A share of the bill."""

    kind = Kind.PERCENT
    column = "percent"

    def check(self, facts: Mapping[str, Any]) -> str:
        percent = facts["percent"]
        return "" if percent is not None and 0 < percent <= 100 else _("Give a percentage from 0.01 to 100.")

    def say(self, offer: Offer, store: Store, locale: str = "") -> str:
        percent = format_decimal(offer.percent or 0, locale=locale or locale_of(store.language))
        return _("%(percent)s %% off") % {"percent": percent}

    def why_not(self, given: Given) -> str:
        return _nothing_to_pay(given)

    def give(self, given: Given) -> Worth:
        if given.bill_minor is None:
            return Worth()
        off = given.bill_minor * (given.offer.percent or Decimal(0)) / 100
        return Worth(int(off.quantize(Decimal(1), rounding=ROUND_HALF_UP)))


class AmountOff(Benefit):
    """An amount, which can be used up in parts where the offer says so."""

    kind = Kind.AMOUNT
    column = "amount_minor"

    def check(self, facts: Mapping[str, Any]) -> str:
        amount = facts["amount_minor"]
        return "" if amount is not None and 0 < amount <= MOST_MINOR else _("Give an amount above zero.")

    def say(self, offer: Offer, store: Store, locale: str = "") -> str:
        return _("%(amount)s off") % {"amount": _money(offer.amount_minor or 0, store, locale)}

    def why_not(self, given: Given) -> str:
        left, part = given.left_minor or 0, given.part_minor
        if part is None or given.bill_minor == 0:
            return _nothing_to_pay(given)
        if not given.offer.partial:
            return _("This offer is used up at once, not in parts.")
        if part <= 0:
            return _("Give an amount above zero.")
        return (
            "" if part <= left else _("Only %(left)s are left of it.") % {"left": _money(left, given.store)}
        )

    def give(self, given: Given) -> Worth:
        wanted = given.left_minor or 0 if given.part_minor is None else given.part_minor
        return Worth(wanted if given.bill_minor is None else min(wanted, given.bill_minor))


def _nothing_to_pay(given: Given) -> str:
    """Nobody uses an offer up for nothing."""
    return _("The bill is zero: there is nothing to take it off.") if given.bill_minor == 0 else ""


def _money(minor: int, store: Store, locale: str = "") -> str:
    return display_money(minor, store.currency, locale or locale_of(store.language))
