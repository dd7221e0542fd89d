"""Words, e-mail addresses and phone numbers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.kit.email import clean_email, email_key
from regulars.kit.errors import Invalid
from regulars.kit.phone import clean_phone, digits
from regulars.kit.text import fold, storable, unturned
from regulars.kit.traces import TAKEN_OUT
from regulars.resources.context import Context
from regulars.resources.kinds.base import EMPTINESS, EQUALITY, NOTHING, PARTS, Kind

if TYPE_CHECKING:
    from regulars.resources.field import Field

# Fewer letters than this are in too many texts for the search index to help.
SHORTEST_PART = 3
_LOOKUPS = {"=": "exact", "contains": "contains", "starts with": "startswith", "ends with": "endswith"}


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Words. Compared without regard to case; fields with a search form also without accents."""

    max_length: int = 200
    multiline: bool = False
    # Customers read it among other words, which no mark in it may turn around.
    told: bool = False
    # What a form offers while one types: records of a list, by a name that the interface knows.
    picks: ClassVar[str] = ""
    operators: ClassVar[tuple[str, ...]] = (*PARTS, *EQUALITY, *EMPTINESS)
    empty: ClassVar[Any] = ""

    def clean(self, raw: str, field: "Field", context: Context) -> str:
        text = storable(unturned(raw) if self.told else raw).strip()
        if not self.multiline:
            text = " ".join(text.split("\n")) if "\n" in text or "\r" in text else text
            text = text.replace("\r", "")
        if len(text) > self.max_length:
            raise Invalid(
                _("%(label)s is %(count)s characters long; %(max_length)s fit.")
                % {"label": field.label, "count": len(text), "max_length": self.max_length}
            )
        return text

    def operand(self, raw: str, field: "Field", context: Context) -> str:
        return storable(raw).strip()

    def json(self, value: Any, context: Context) -> Any:
        """Nothing to say is an empty text, also where it is the text of something that is not there."""
        return "" if value is None else value

    def is_empty(self, field: "Field") -> Q:
        return Q(**{field.path: ""})

    def compare(self, operator: str, operands: list[Any], field: "Field") -> Q:
        value = operands[0]
        if not value:
            return self._without_words(operator, field)
        folded = fold(value)
        if field.key:
            found = Q(**{f"{field.key}__{_LOOKUPS[operator]}": folded}) if folded else NOTHING
            inner = operator in ("contains", "ends with")
            return found & narrowed(folded) if inner else found
        found = Q(**{f"{field.path}__i{_LOOKUPS[operator]}": value})
        if operator == "=":  # said because indexes of texts that few have leave the empty ones out
            found &= ~self.is_empty(field)
        return found & narrowed(folded) if field.in_search else found

    def _without_words(self, operator: str, field: "Field") -> Q:
        if operator != "=":
            raise Invalid(_("Give the letters to look for."))
        return self.is_empty(field)


def narrowed(folded: str, *, beside: str = "") -> Q:
    """What also holds of the search form, which has an index: it narrows down before the exact comparison.

    The search form is in the row that the path `beside` leads to.
    """
    owner, dots, _name = beside.rpartition("__")
    return Q(**{f"{owner}{dots}search__contains": folded}) if len(folded) >= SHORTEST_PART else Q()


@dataclass(frozen=True, slots=True)
class Email(Text):
    """An address. Its domain is the same in letters of any script and written out in ASCII."""

    name: ClassVar[str] = "email"

    def clean(self, raw: str, field: "Field", context: Context) -> str:
        text = storable(raw).strip()
        return clean_email(text) if text else ""

    def compare(self, operator: str, operands: list[Any], field: "Field") -> Q:
        value = operands[0]
        if not value:
            return self._without_words(operator, field)
        if operator == "=":
            return Q(**{field.key: email_key(value) or value.casefold()})
        if not value.isascii():
            return Q(**{f"{field.path}__i{_LOOKUPS[operator]}": value})
        found = Q(**{f"{field.key}__{_LOOKUPS[operator]}": value.lower()})
        # The search form holds international domains as they were typed.
        plain = operator != "starts with" and "xn--" not in value.lower() and " " not in value
        return found & narrowed(fold(value), beside=field.path) if plain else found


@dataclass(frozen=True, slots=True)
class Phone(Text):
    """A number, asked for in any written form; its parts are looked for among the digits alone."""

    name: ClassVar[str] = "phone"
    operators: ClassVar[tuple[str, ...]] = (*EQUALITY, *PARTS, *EMPTINESS)

    def clean(self, raw: str, field: "Field", context: Context) -> str:
        text = storable(raw).strip()
        return clean_phone(text, context.store.country) if text else ""

    def beside(self, raw: str) -> dict[str, Any]:
        return {"phone_typed": storable(raw).strip()}

    def meeting(
        self, operator: str, values: tuple[str, ...], field: "Field", context: Context, function: str
    ) -> Q:
        value = self.operand(values[0], field, context)
        if operator == "=":
            return self._same(value, field, context)
        asked = digits(value)
        if TAKEN_OUT in value:  # a number that was here belonged to somebody who was forgotten
            return NOTHING
        if not asked:
            raise Invalid(_("Give the digits to look for."))
        if operator == "ends with":
            return Q(phone_reversed__startswith=asked[::-1])
        if operator == "starts with":
            return self._begins(value, asked, field)
        return Q(phone_reversed__contains=asked[::-1]) & narrowed(asked)

    def _same(self, value: str, field: "Field", context: Context) -> Q:
        if not value:
            return self.is_empty(field)
        try:
            return Q(**{field.path: clean_phone(value, context.store.country)})
        except Invalid:
            return Q(phone_typed=value)

    def _begins(self, value: str, asked: str, field: "Field") -> Q:
        if not value.startswith(("+", "00")):
            raise Invalid(_("Numbers begin with + and the code of their country, like +33 6."))
        return Q(
            **{f"{field.path}__startswith": f"+{asked if value[0] == '+' else asked.removeprefix('00')}"}
        )
