"""Kinds of fields: which questions one can ask of a text, a date, money…, how a typed value is read and written.

A kind does four things: `clean` reads what a person typed or a file holds into the stored value, `compile` turns a
condition into a filter, `export` writes the value as text that `clean` reads back, `json` gives it to machines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q

from regulars.kit import money
from regulars.kit.email import clean_email, email_key
from regulars.kit.errors import Invalid
from regulars.kit.phone import clean_phone, digits
from regulars.kit.text import fold, storable
from regulars.resources import dates
from regulars.resources.context import Context

if TYPE_CHECKING:
    from regulars.resources.field import Field

EQUALITY = ("=", "!=", "in", "not in")
ORDER = ("<", "<=", ">", ">=", "between")
EMPTINESS = ("is empty", "is not empty")
NOTHING = Q(pk__in=[])
ANYTHING = ~NOTHING  # not Q(), whose negation would match everything too
TRUE_WORDS = frozenset(
    {"yes", "true", "1", "y", "on", "x", "oui", "ja", "sí", "si", "subscribed", "active", "enabled"}
)
FALSE_WORDS = frozenset(
    {
        "no",
        "false",
        "0",
        "n",
        "off",
        "",
        "non",
        "nein",
        "unsubscribed",
        "inactive",
        "disabled",
        "not subscribed",
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """Base of all kinds. An empty value is None, or "" for texts."""

    name: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = (*EQUALITY, *EMPTINESS)
    numeric: ClassVar[bool] = False
    empty: ClassVar[Any] = None
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})

    def clean(self, raw: str, field: "Field", context: Context) -> Any:
        """The stored value of what was typed; raises `Invalid` with the way to write it."""
        raise NotImplementedError

    def export(self, value: Any, context: Context) -> str:
        """The value as text for files."""
        return "" if value is None else str(value)

    def json(self, value: Any, context: Context) -> Any:
        """The value for machines."""
        return value

    def operand(self, raw: str, field: "Field", context: Context) -> Any:
        """The value of a condition as the database compares it."""
        return self.clean(raw, field, context)

    def is_empty(self, field: "Field") -> Q:
        """The filter for customers that have no value here."""
        return Q(**{f"{field.path}__isnull": True})

    def compile(self, operator: str, values: tuple[str, ...], field: "Field", context: Context) -> Q:
        """The filter of a condition. Empty values match only `is empty` and the negative operators."""
        match operator:
            case "is empty":
                return self.is_empty(field)
            case "is not empty":
                return ~self.is_empty(field)
            case "!=":
                return ~self.compile("=", values, field, context)
            case "not in":
                return ~self.compile("in", values, field, context)
            case "not contains":
                return ~self.compile("contains", values, field, context)
            case "in":
                each = (self.compile("=", (value,), field, context) for value in values)
                return Q(*each, _connector=Q.OR)
        return self.compare(operator, [self.operand(value, field, context) for value in values], field)

    def compile_function(
        self, function: str, operator: str, values: tuple[str, ...], field: "Field", context: Context
    ) -> Q:
        """The filter of a condition on what a function makes of the value; `functions` names its operators."""
        raise NotImplementedError

    def compare(self, operator: str, operands: list[Any], field: "Field") -> Q:
        """The filter of the positive operators on cleaned operands."""
        path = field.path
        match operator:
            case "=":
                found = Q(**{path: operands[0]})
            case "between":
                found = Q(**{f"{path}__gte": operands[0], f"{path}__lte": operands[1]})
            case _:
                lookup = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}[operator]
                found = Q(**{f"{path}__{lookup}": operands[0]})
        # Django cannot know that a generated column may be null, and would let `not` drop the rows without a value.
        return found & Q(**{f"{path}__isnull": False}) if self.numeric else found


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Words. Compared without regard to case; fields with a search form also without accents."""

    max_length: int = 200
    multiline: bool = False
    operators: ClassVar[tuple[str, ...]] = ("contains", "not contains", "starts with", *EQUALITY, *EMPTINESS)
    empty: ClassVar[Any] = ""

    def clean(self, raw: str, field: "Field", context: Context) -> str:
        text = storable(raw).strip()
        if not self.multiline:
            text = " ".join(text.split("\n")) if "\n" in text or "\r" in text else text
            text = text.replace("\r", "")
        if len(text) > self.max_length:
            raise Invalid(f"{field.label} is {len(text)} characters long; {self.max_length} fit.")
        return text

    def operand(self, raw: str, field: "Field", context: Context) -> str:
        return storable(raw).strip()

    def is_empty(self, field: "Field") -> Q:
        return Q(**{field.path: ""})

    def compare(self, operator: str, operands: list[Any], field: "Field") -> Q:
        lookup = {"=": "exact", "contains": "contains", "starts with": "startswith"}[operator]
        value = operands[0]
        if not value:
            return self.is_empty(field) if operator == "=" else ANYTHING
        folded = fold(value)
        if field.key:
            found = Q(**{f"{field.key}__{lookup}": folded})
            return found & Q(search__contains=folded) if lookup == "contains" and len(folded) >= 3 else found
        found = Q(**{f"{field.path}__i{lookup}": value})
        # The search form holds this field too and has an index: it narrows down before the exact comparison.
        return found & Q(search__contains=folded) if field.in_search and len(folded) >= 3 else found


@dataclass(frozen=True, slots=True)
class Email(Text):
    name: ClassVar[str] = "email"

    def clean(self, raw: str, field: "Field", context: Context) -> str:
        text = storable(raw).strip()
        return clean_email(text) if text else ""

    def compare(self, operator: str, operands: list[Any], field: "Field") -> Q:
        if operator == "=" and operands[0]:
            return Q(**{field.key: email_key(operands[0]) or operands[0].casefold()})
        return Text.compare(self, operator, operands, field)


@dataclass(frozen=True, slots=True)
class Phone(Text):
    """A number, asked for in any written form; "contains" and "ends with" look at the digits alone."""

    name: ClassVar[str] = "phone"
    operators: ClassVar[tuple[str, ...]] = ("=", "!=", "contains", "not contains", "ends with", *EMPTINESS)

    def clean(self, raw: str, field: "Field", context: Context) -> str:
        text = storable(raw).strip()
        return clean_phone(text, context.store.country) if text else ""

    def operand(self, raw: str, field: "Field", context: Context) -> str:
        return raw.strip()

    def compile(self, operator: str, values: tuple[str, ...], field: "Field", context: Context) -> Q:
        if operator == "=":
            try:
                return Q(**{field.path: clean_phone(values[0], context.store.country)})
            except Invalid:
                return Q(phone_typed=values[0]) & ~Q(phone_typed="")
        if operator in ("contains", "ends with"):
            asked = digits(values[0])
            if not asked:
                raise Invalid("Give the digits to look for.")
            if operator == "ends with":
                return Q(phone_reversed__startswith=asked[::-1])
            found = Q(phone_reversed__contains=asked[::-1])
            return found & Q(search__contains=asked) if len(asked) >= 3 else found
        return Kind.compile(self, operator, values, field, context)


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
            raise Invalid(f"“{raw}” is not a whole number.") from error
        if not self.minimum <= value <= self.maximum:
            raise Invalid(f"{field.label} must lie between {self.minimum} and {self.maximum}.")
        return value

    def operand(self, raw: str, field: "Field", context: Context) -> int:
        value = Integer().clean(raw, field, context)
        if value is None:
            raise Invalid("Give a whole number.")
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
            raise Invalid(f"{field.label} must lie between {self.minimum} and {self.maximum}.")
        if value != round(value, self.places):
            raise Invalid(f"{field.label} takes at most {self.places} decimals.")
        return round(value, self.places)

    def operand(self, raw: str, field: "Field", context: Context) -> Decimal:
        value = parse_decimal(raw)
        if value is None:
            raise Invalid("Give a number.")
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
        value = Number.clean(self, raw, field, context)
        return None if value is None else money.to_minor(value, context.store.currency)

    def export(self, value: int | None, context: Context) -> str:
        return "" if value is None else str(money.to_major(value, context.store.currency))

    def json(self, value: Any, context: Context) -> Any:
        return None if value is None else self.export(value, context)


@dataclass(frozen=True, slots=True)
class Boolean(Kind):
    name: ClassVar[str] = "boolean"
    operators: ClassVar[tuple[str, ...]] = ("=", "!=")
    empty: ClassVar[Any] = False

    def clean(self, raw: str, field: "Field", context: Context) -> bool:
        word = raw.strip().lower()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
        raise Invalid(f"“{raw}” is neither yes nor no.")

    def export(self, value: Any, context: Context) -> str:
        return "yes" if value else "no"


@dataclass(frozen=True, slots=True)
class Date(Kind):
    name: ClassVar[str] = "date"
    operators: ClassVar[tuple[str, ...]] = (*ORDER, *EQUALITY, *EMPTINESS)

    def clean(self, raw: str, field: "Field", context: Context) -> date | None:
        text = raw.strip()
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).date()  # files write a time behind some days
        except ValueError as error:
            raise Invalid(f"“{raw}” is not a date. Write it like 1985-04-23.") from error

    def operand(self, raw: str, field: "Field", context: Context) -> date:
        return dates.parse_day(raw, context)

    def export(self, value: Any, context: Context) -> str:
        return "" if value is None else value.isoformat()

    def json(self, value: Any, context: Context) -> Any:
        return None if value is None else value.isoformat()


@dataclass(frozen=True, slots=True)
class Moment(Kind):
    """A date with time. Conditions speak of whole days in the store's time zone."""

    name: ClassVar[str] = "datetime"
    operators: ClassVar[tuple[str, ...]] = (*ORDER, *EQUALITY, *EMPTINESS)

    def clean(self, raw: str, field: "Field", context: Context) -> datetime | None:
        text = raw.strip()
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text.removesuffix(" UTC").replace(" +", "+"))
        except ValueError as error:
            raise Invalid(f"“{raw}” is not a date with time. Write it like 2024-12-31 14:05.") from error
        found = found if found.tzinfo else found.replace(tzinfo=context.store.zone)
        if not 2 <= found.year <= 9998:  # every time zone must be able to show it
            raise Invalid("This date lies too far away.")
        return found

    def operand(self, raw: str, field: "Field", context: Context) -> date:
        return dates.parse_day(raw, context)

    def compile(self, operator: str, values: tuple[str, ...], field: "Field", context: Context) -> Q:
        path = field.path
        if operator not in ("=", "<", "<=", ">", ">=", "between"):
            return Kind.compile(self, operator, values, field, context)
        days = [self.operand(value, field, context) for value in values]
        first, last = days[0], days[-1]
        match operator:
            case "<":
                return Q(**{f"{path}__lt": dates.day_start(first, context)})
            case "<=":
                return Q(**{f"{path}__lt": dates.day_end(first, context)})
            case ">":
                return Q(**{f"{path}__gte": dates.day_end(first, context)})
            case ">=":
                return Q(**{f"{path}__gte": dates.day_start(first, context)})
        return Q(
            **{f"{path}__gte": dates.day_start(first, context), f"{path}__lt": dates.day_end(last, context)}
        )

    def export(self, value: Any, context: Context) -> str:
        return (
            "" if value is None else value.astimezone(context.store.zone).isoformat(timespec="microseconds")
        )

    def json(self, value: Any, context: Context) -> Any:
        return None if value is None else value.isoformat()


@dataclass(frozen=True, slots=True)
class Choice(Kind):
    """One of a declared list. People may type the label, machines the value."""

    name: ClassVar[str] = "choice"
    empty: ClassVar[Any] = ""

    def clean(self, raw: str, field: "Field", context: Context) -> Any:
        word = raw.strip()
        if not word:
            return ""
        wanted = fold(word)
        for value, label in field.choices_for(context):
            if wanted in (fold(value), fold(label)):
                return value
        known = ", ".join(value for value, _ in field.choices_for(context)[:12])
        raise Invalid(
            f"“{raw}” is not a known {str(field.label).lower()}. Known: {known}…"
            if known
            else f"“{raw}” is not known."
        )

    def is_empty(self, field: "Field") -> Q:
        return Q(**{field.path: ""})


@dataclass(frozen=True, slots=True)
class Reference(Choice):
    """One row of another table of the store, by name; empty is null."""

    name: ClassVar[str] = "reference"
    empty: ClassVar[Any] = None

    def clean(self, raw: str, field: "Field", context: Context) -> Any:
        return Choice.clean(self, raw, field, context) or None

    def is_empty(self, field: "Field") -> Q:
        return Q(**{f"{field.path}__isnull": True})


@dataclass(frozen=True, slots=True)
class Tags(Kind):
    """Many short words. `tag = vip` asks whether it is among them."""

    name: ClassVar[str] = "tags"
    empty: ClassVar[Any] = ()
    max_length: int = 60
    max_count: int = 250

    def clean(self, raw: str, field: "Field", context: Context) -> list[str]:
        return clean_tags(storable(raw).split(","), max_length=self.max_length, max_count=self.max_count)

    def operand(self, raw: str, field: "Field", context: Context) -> str:
        return raw.strip()

    def is_empty(self, field: "Field") -> Q:
        return Q(**{field.path: []})

    def compare(self, operator: str, operands: list[Any], field: "Field") -> Q:
        return Q(**{f"{field.path}__contains": [operands[0]]})

    def export(self, value: Any, context: Context) -> str:
        return ", ".join(value or ())

    def json(self, value: Any, context: Context) -> Any:
        return list(value or ())


def clean_tags(words: list[str], *, max_length: int = 60, max_count: int = 250) -> list[str]:
    """The tags in order, each once, without empty ones. Raises `Invalid` for one that is too long, or too many."""
    tags: dict[str, str] = {}
    for word in words:
        tag = " ".join(word.split())
        if "," in tag or "\x1f" in tag:
            raise Invalid(f"The tag “{tag[:40]}” holds a comma; commas part one tag from the next.")
        if len(tag) > max_length:
            raise Invalid(f"The tag “{tag[:40]}…” is longer than {max_length} characters.")
        if tag:
            tags.setdefault(tag, tag)
    if len(tags) > max_count:
        raise Invalid(f"A customer can have {max_count} tags; these are {len(tags)}.")
    return list(tags.values())


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
        raise Invalid(f"“{raw[:60]}” is not a number. Write it like 1234.50.") from error
    if not value.is_finite() or (value and abs(value.adjusted()) > 30):
        raise Invalid(f"“{raw[:60]}” is not a number. Write it like 1234.50.")
    return value
