"""Whole numbers, decimal numbers and amounts of money."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from regulars.kit import money
from regulars.kit.errors import Invalid
from regulars.resources.context import Context
from regulars.resources.kinds.base import EQUALITY, ORDER, Kind

if TYPE_CHECKING:
    from regulars.resources.field import Field

# Beyond this an amount in minor units leaves the range of the database's whole numbers.
MOST = Decimal(10**15)


@dataclass(frozen=True, slots=True)
class Integer(Kind):
    name: ClassVar[str] = "number"
    operators: ClassVar[tuple[str, ...]] = (*ORDER, *EQUALITY)
    numeric: ClassVar[bool] = True
    minimum: int = -(2**63)
    maximum: int = 2**63 - 1

    def clean(self, raw: str, field: "Field", context: Context) -> int | None:
        text = raw.strip().replace("\u00a0", "").replace(" ", "")
        if not text:
            return None
        try:
            value = int(text.lstrip("#"))
        except ValueError as error:
            raise Invalid(_("“%(raw)s” is not a whole number.") % {"raw": raw}) from error
        if not self.minimum <= value <= self.maximum:
            raise Invalid(
                _("%(label)s must lie between %(minimum)s and %(maximum)s.")
                % {"label": field.label, "minimum": self.minimum, "maximum": self.maximum}
            )
        return value

    def operand(self, raw: str, field: "Field", context: Context) -> int:
        value = Integer().clean(raw, field, context)
        if value is None:
            raise Invalid(_("Give a whole number."))
        return value


@dataclass(frozen=True, slots=True)
class Number(Kind):
    """A decimal number within bounds."""

    name: ClassVar[str] = "decimal"
    operators: ClassVar[tuple[str, ...]] = (*ORDER, *EQUALITY)
    numeric: ClassVar[bool] = True
    places: int = 2
    minimum: Decimal = Decimal(-(10**12))
    maximum: Decimal = Decimal(10**12)

    def clean(self, raw: str, field: "Field", context: Context) -> Decimal | None:
        value = parse_decimal(raw)
        if value is None:
            return None
        if not self.minimum <= value <= self.maximum:
            raise Invalid(
                _("%(label)s must lie between %(minimum)s and %(maximum)s.")
                % {"label": field.label, "minimum": self.minimum, "maximum": self.maximum}
            )
        if value != round(value, self.places):
            raise Invalid(
                _("%(label)s takes at most %(places)s decimals.")
                % {"label": field.label, "places": self.places}
            )
        return round(value, self.places)

    def operand(self, raw: str, field: "Field", context: Context) -> Decimal:
        value = parse_decimal(raw)
        if value is None:
            raise Invalid(_("Give a number."))
        if abs(value) > MOST:
            raise Invalid(_("“%(raw)s” is too large a number to compare with.") % {"raw": raw[:60]})
        return value

    def json(self, value: Decimal | None, context: Context) -> Any:
        return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Money(Number):
    """An amount in the store's currency, kept in minor units, typed and exported in major ones."""

    name: ClassVar[str] = "money"

    def operand(self, raw: str, field: "Field", context: Context) -> Any:
        return money.to_minor(Number.operand(self, raw, field, context), context.store.currency)

    def clean(self, raw: str, field: "Field", context: Context) -> Any:
        own = replace(self, places=money.exponent(context.store.currency))
        value = Number.clean(own, raw, field, context)
        return None if value is None else money.to_minor(value, context.store.currency)

    def export(self, value: int | None, context: Context) -> str:
        return "" if value is None else str(money.to_major(value, context.store.currency))

    def json(self, value: Any, context: Context) -> Any:
        return None if value is None else self.export(value, context)


def parse_decimal(raw: str) -> Decimal | None:
    """A number as people of many countries write it: 1234.5, 1,234.50, 1.234,50, 1 234,50. None for nothing."""
    text = raw.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
    if not text:
        return None
    point, comma = text.rfind("."), text.rfind(",")
    if point >= 0 and comma >= 0:
        text = text.replace(",", "") if point > comma else text.replace(".", "").replace(",", ".")
    elif comma >= 0:
        text = text.replace(",", "") if text.count(",") > 1 else text.replace(",", ".")
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise Invalid(_("“%(raw)s” is not a number. Write it like 1234.50.") % {"raw": raw[:60]}) from error
    if not value.is_finite() or (value and abs(value.adjusted()) > 30):
        raise Invalid(_("“%(raw)s” is not a number. Write it like 1234.50.") % {"raw": raw[:60]})
    return value
