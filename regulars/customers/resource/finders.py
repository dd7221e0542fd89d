"""How a customer is found at the counter.

Each finder is one question along an index and never compares more than a few hundred customers, so that a million
answer as fast as a thousand. Who bought last stands first among those found alike.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz

from regulars.customers import queries
from regulars.customers.models import Customer
from regulars.customers.sounds import codes_of, sounds_of_customer
from regulars.kit.email import email_key
from regulars.kit.text import fold
from regulars.resources.context import Context
from regulars.resources.finder import Find, Finder, Sure

SHORTEST = 3
MOST_WORDS = 4
COMPARED = 200
# Where the index cannot tell who is meant, no more than so many are looked through.
LOOKED_THROUGH = 1000
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def find_by_identity(text: str, context: Context, limit: int) -> list[Find]:
    """The customer of this number, e-mail, phone, or id in another system."""
    asked = [Q(external_id=text) & ~Q(external_id="")]
    # Nobody writes a number with zeros before it; "0059" is how a phone ends.
    if not text.startswith("0") and (number := queries.number_in(text)) is not None:
        asked.append(Q(number=number))
    if "@" in text:
        asked.append(queries.is_filled("email_key", email_key(text) or fold(text)))
    asked += [queries.is_filled("phone", f"+{phone}") for phone in queries.phone_digits(text, context)]
    found = _each_of(asked, context, limit)
    said = _("External id %(id)s")
    return [
        Find(row.pk, by=said % {"id": row.external_id} if row.external_id == text else "") for row in found
    ]


def find_by_beginning(text: str, context: Context, limit: int) -> list[Find]:
    """Customers whose phone ends like this, or whose name, surname, company or e-mail begins like this."""
    folded = fold(text)
    if phones := queries.phone_digits(text, context):
        asked = [queries.beginning("phone_reversed", phone[::-1]) for phone in phones]
    else:
        asked = [queries.beginning(key, folded) for key in queries.BEGINNINGS] if folded else []
    rows = _each_of(asked, context, COMPARED)
    rows.sort(
        key=lambda row: (folded in (fold(row.last_name), fold(row.first_name)), _last(row)), reverse=True
    )
    return [Find(row.pk, by=_by_company(row, folded)) for row in rows[:limit]]


def find_by_part(text: str, context: Context, limit: int) -> list[Find]:
    """Customers with each of the words somewhere in name, company, e-mail, phone, place or id."""
    folded = fold(text)
    words = folded.split()
    if not any(len(word) >= SHORTEST for word in words) or queries.is_whole_email(folded):
        return []
    among = queries.candidates(folded, context, LOOKED_THROUGH)
    if among is None:
        rows = queries.customers_of(context.store).filter(queries.all_words(folded))
        return _most_alike(_named(rows)[:COMPARED], folded, limit)
    found = (row for row in _named(among, "search") if all(word in row.search for word in words))
    return _most_alike(islice(found, COMPARED), folded, limit)


def find_by_sound(text: str, context: Context, limit: int) -> list[Find]:
    """Customers with a name that sounds like every word of the text."""
    words = [word for word in fold(text).split() if len(word) >= SHORTEST]
    if not 0 < len(words) <= MOST_WORDS or not all(char.isalpha() or char in " '-." for char in text):
        return []
    by = _("Sounds like “%(text)s”") % {"text": text}
    return _most_alike(_named(sounding_like(context, words))[:COMPARED], fold(text), limit, by=by)


def sounding_like(context: Context, words: list[str]) -> QuerySet[Customer]:
    """The customers one of whose names sounds like each of the words, in no order."""
    rows = queries.customers_of(context.store).alias(sound=sounds_of_customer())
    for word in words:
        rows = rows.filter(sound__overlap=codes_of(Value(word)))
    return rows


def _named(rows: QuerySet[Customer], *more: str) -> QuerySet[Customer, Any]:
    return rows.values_list(
        "pk", "first_name", "last_name", "company", "external_id", "last_order_at", *more, named=True
    )


def _by_company(row: Any, folded: str) -> str:
    """Why somebody is found whose card does not show what was typed: the company is on it only without a name."""
    if (row.first_name or row.last_name) and folded and folded in fold(row.company):
        return _("Company %(name)s") % {"name": row.company}
    return ""


def _each_of(asked: Iterable[Q], context: Context, most: int) -> list[Any]:
    """The customers of each condition, in one question; each condition by itself, along its own index."""
    each = [_named(queries.customers_of(context.store).filter(one))[:most] for one in asked]
    return list(each[0].union(*each[1:], all=True)) if each else []


def _most_alike(rows: Iterable[Any], folded: str, limit: int, *, by: str = "") -> list[Find]:
    """Those written most alike."""
    found = sorted(
        rows,
        key=lambda row: (fuzz.WRatio(folded, fold(f"{row.first_name} {row.last_name}")), _last(row)),
        reverse=True,
    )
    return [Find(row.pk, by=by or _by_company(row, folded)) for row in found[:limit]]


def _last(row: Any) -> datetime:
    last: datetime | None = row.last_order_at
    return last or _NEVER


FINDERS = (
    Finder(
        name="identity",
        label=gettext_lazy("customer number, e-mail"),
        sure=Sure.NAMES_ONE,
        find=find_by_identity,
    ),
    Finder(
        name="beginning",
        label=gettext_lazy("last digits of a phone"),
        sure=Sure.BEGINS,
        find=find_by_beginning,
    ),
    Finder(name="part", label=gettext_lazy("part of a name"), sure=Sure.CONTAINS, find=find_by_part),
    Finder(name="sound", label=gettext_lazy("a name as it sounds"), sure=Sure.SOUNDS, find=find_by_sound),
)
