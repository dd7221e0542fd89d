"""How a customer is found at the counter beside the search of the list."""

from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rapidfuzz import fuzz

from regulars.customers import queries
from regulars.customers.models import Customer
from regulars.customers.sounds import codes_of, sounds_of_customer
from regulars.kit.text import fold
from regulars.resources.context import Context
from regulars.resources.finder import Find, Finder

SHORTEST = 3
MOST_WORDS = 4
# Of so many who sound alike those written most alike are shown; more of them are never looked at.
COMPARED = 200


def find_by_sound(text: str, context: Context, limit: int) -> list[Find]:
    """Customers with a name that sounds like every word of the text, those written most alike first."""
    words = [word for word in fold(text).split() if len(word) >= SHORTEST]
    if not 0 < len(words) <= MOST_WORDS or not all(char.isalpha() or char in " '-." for char in text):
        return []
    rows = sounding_like(context, words).values_list("pk", "first_name", "last_name", named=True)
    wanted = fold(text)
    alike = sorted(
        rows[:COMPARED],
        key=lambda row: (-fuzz.token_sort_ratio(wanted, fold(f"{row.first_name} {row.last_name}")), row.pk),
    )
    return [Find(row.pk, by=str(_("Sounds like “%(text)s”") % {"text": text})) for row in alike[:limit]]


def sounding_like(context: Context, words: list[str]) -> QuerySet[Customer]:
    """The customers one of whose names sounds like each of the words, in no order."""
    rows = queries.customers_of(context.store).alias(sound=sounds_of_customer())
    for word in words:
        rows = rows.filter(sound__overlap=codes_of(Value(word)))
    return rows


SOUND = Finder(
    name="sound",
    label=gettext_lazy("a name as it sounds"),
    find=find_by_sound,
    loose=True,
)
