"""What is one of a few: yes or no, a choice, a row of another table; and tags."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import F, Func, Q, TextField, Value
from django.db.models.lookups import IContains
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid
from regulars.kit.text import fold, storable
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.kinds.base import EMPTINESS, EQUALITY, NOTHING, Kind

if TYPE_CHECKING:
    from regulars.resources.field import Field

# Stands between tags where they are looked through as one text; no tag may hold it.
BETWEEN_TAGS = "\x1f"
MOST_TAGS = 250
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
        raise Invalid(_("“%(raw)s” is neither yes nor no.") % {"raw": raw})

    def export(self, value: Any, context: Context) -> str:
        return "yes" if value else "no"


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
            gettext("“%(raw)s” is not a known %(label)s. Known: %(known)s…")
            % {"raw": raw, "label": inside(field.label), "known": known}
            if known
            else gettext("“%(raw)s” is not known.") % {"raw": raw}
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
    """Many short words. `tag = vip` asks whether it is among them, `tag contains vi` for a part of one."""

    name: ClassVar[str] = "tags"
    operators: ClassVar[tuple[str, ...]] = (*EQUALITY, "contains", "not contains", *EMPTINESS)
    empty: ClassVar[Any] = ()
    max_length: int = 60
    max_count: int = MOST_TAGS

    def clean(self, raw: str, field: "Field", context: Context) -> list[str]:
        return clean_tags(storable(raw).split(","), max_length=self.max_length, max_count=self.max_count)

    def operand(self, raw: str, field: "Field", context: Context) -> str:
        return storable(raw).strip()

    def is_empty(self, field: "Field") -> Q:
        return Q(**{field.path: []})

    def compare(self, operator: str, operands: list[Any], field: "Field") -> Q:
        wanted = operands[0]
        if operator == "=":
            return Q(**{f"{field.path}__contains": [wanted]}) if wanted else self.is_empty(field)
        if not wanted:
            raise Invalid(_("Give the letters to look for."))
        if BETWEEN_TAGS in wanted:
            return NOTHING
        joined = Func(
            F(field.path), Value(BETWEEN_TAGS), function="array_to_string", output_field=TextField()
        )
        return Q(IContains(joined, wanted))

    def export(self, value: Any, context: Context) -> str:
        return ", ".join(value or ())

    def json(self, value: Any, context: Context) -> Any:
        return list(value or ())


def clean_tags(words: list[str], *, max_length: int = 60, max_count: int = MOST_TAGS) -> list[str]:
    """The tags in order, each once, without empty ones. Raises `Invalid` for one that is too long, or too many."""
    tags: dict[str, str] = {}
    for word in words:
        tag = " ".join(word.split())
        if "," in tag or BETWEEN_TAGS in tag:
            raise Invalid(
                _("The tag “%(tag)s” holds a comma; commas part one tag from the next.") % {"tag": tag[:40]}
            )
        if len(tag) > max_length:
            raise Invalid(
                _("The tag “%(tag)s…” is longer than %(max_length)s characters.")
                % {"tag": tag[:40], "max_length": max_length}
            )
        if tag:
            tags.setdefault(tag, tag)
    if len(tags) > max_count:
        raise Invalid(
            _("A customer can have %(max_count)s tags; these are %(count)s.")
            % {"max_count": max_count, "count": len(tags)}
        )
    return list(tags.values())
