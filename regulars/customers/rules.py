"""What follows from a customer's facts: search forms, and how facts are kept in the history."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from regulars.kit.email import email_key
from regulars.kit.phone import digits
from regulars.kit.text import fold

# The fields people change; each is a column of the same name, but for the group, which is kept by id.
EDITABLE = (
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "phone_typed",
    "birthdate",
    "language",
    "address",
    "building",
    "city",
    "region",
    "postcode",
    "country",
    "group_id",
    "tags",
    "note",
    "accepts_marketing",
    "points_summary",
    "accepts_sms",
    "commission_reduction",
    "source",
    "external_id",
)
# What customers agree to. A file may end an agreement but never bring back one that was ended.
AGREEMENTS = ("accepts_marketing", "points_summary", "accepts_sms")
ADDRESS_FIELDS = ("address", "building", "city", "region", "postcode", "country")
SEARCH_COLUMNS = (
    "name_key",
    "last_name_key",
    "company_key",
    "city_key",
    "email_key",
    "phone_reversed",
    "search",
)
SEARCHED_FACTS = (
    "first_name",
    "last_name",
    "company",
    "email",
    "phone",
    "phone_typed",
    "city",
    "postcode",
    "external_id",
)
# Keys longer than this are cut: an index row has a limit, and nobody sorts by the 300th letter.
KEY_LENGTH = 300


def search_columns(values: Mapping[str, Any]) -> dict[str, str]:
    """The search forms of a customer with these facts (all of `SEARCHED_FACTS` must be there)."""
    # Word by word, because the same names and places come again and again.
    first, last, company = fold(values["first_name"]), fold(values["last_name"]), fold(values["company"])
    city, email, key = fold(values["city"]), values["email"], email_key(values["email"])
    number, typed = digits(values["phone"]), digits(values["phone_typed"])
    name = f"{first} {last}".strip()
    parts = (
        name,
        company,
        key if email.isascii() and " " not in email else fold(email),
        number,
        "" if typed in number else typed,
        city,
        fold(values["postcode"]),
        fold(values["external_id"]),
    )
    return {
        "name_key": name[:KEY_LENGTH],
        "last_name_key": f"{last} {first}".strip()[:KEY_LENGTH],
        "company_key": company[:KEY_LENGTH],
        "city_key": city[:KEY_LENGTH],
        "email_key": key,
        "phone_reversed": number[::-1],
        "search": " ".join([part for part in parts if part]),
    }


def needs_search_columns(changed: Iterable[str]) -> bool:
    """True when a change of these fields changes the search forms."""
    return not frozenset(SEARCHED_FACTS).isdisjoint(changed)


def as_json(value: Any) -> Any:
    """A fact as the history keeps it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value
