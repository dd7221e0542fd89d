"""Kinds of fields that only trade-ins have: account numbers, serial numbers, and items written as lines."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.rules import clean_serial, read_items, write_items


@dataclass(frozen=True, slots=True)
class Iban(kinds.Text):
    """An international account number with a right check sum and the length of its country."""

    def clean(self, raw: str, field: Field, context: Context) -> str:
        # The library reads its tables of countries when it is loaded; most processes never see an account.
        from stdnum import exceptions, iban

        text = kinds.Text.clean(self, raw, field, context)
        if not text:
            return ""
        try:
            return str(iban.validate(text, check_country=False))
        except exceptions.ValidationError as error:
            raise Invalid(_("This is no IBAN: a digit or letter is wrong or missing.")) from error


@dataclass(frozen=True, slots=True)
class Bic(kinds.Text):
    """The code of a bank, 8 or 11 letters and digits."""

    def clean(self, raw: str, field: Field, context: Context) -> str:
        from stdnum import bic, exceptions

        text = kinds.Text.clean(self, raw, field, context)
        if not text:
            return ""
        try:
            return str(bic.validate(text))
        except exceptions.ValidationError as error:
            raise Invalid(_("A BIC has 8 or 11 letters and digits, like DEUTDEFF.")) from error


@dataclass(frozen=True, slots=True)
class Serial(kinds.Text):
    """A serial number or IMEI; spaces and dashes do not count."""

    def operand(self, raw: str, field: Field, context: Context) -> str:
        return "".join(raw.split()).replace("-", "").upper()

    def clean(self, raw: str, field: Field, context: Context) -> str:
        return clean_serial(kinds.Text.clean(self, raw, field, context))


@dataclass(frozen=True, slots=True)
class Items(kinds.Text):
    """The items as lines: title | condition | serial or IMEI | quoted | final. What is not known stays empty."""

    max_length: int = 20_000
    multiline: bool = True
    empty: ClassVar[Any] = ()

    def clean(self, raw: str, field: Field, context: Context) -> Any:
        return read_items(kinds.Text.clean(self, raw, field, context), context.store.currency)

    def export(self, value: Any, context: Context) -> str:
        if isinstance(value, str):
            return value
        items = [one if isinstance(one, ItemFacts) else ItemFacts(**one) for one in value or ()]
        return write_items(items, context.store.currency)

    def json(self, value: Any, context: Context) -> Any:
        return self.export(value, context)
