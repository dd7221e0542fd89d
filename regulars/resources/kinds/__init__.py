"""Kinds of fields: which questions one can ask of a text, a date, money…, how a typed value is read and written.

A kind does four things: `clean` reads what a person typed or a file holds into the stored value, `compile` turns a
condition into a filter, `export` writes the value as text that `clean` reads back, `json` gives it to machines.
"""

from regulars.resources.kinds.base import ANYTHING, EMPTINESS, EQUALITY, NOTHING, ORDER, PARTS, Kind
from regulars.resources.kinds.choices import (
    FALSE_WORDS,
    MOST_TAGS,
    TRUE_WORDS,
    Boolean,
    Choice,
    Reference,
    Tags,
    clean_tags,
)
from regulars.resources.kinds.days import ANNIVERSARY, Date, Moment, Until, day_of_year
from regulars.resources.kinds.numbers import Integer, Money, Number, parse_decimal
from regulars.resources.kinds.texts import Email, Phone, Text

__all__ = [
    "ANNIVERSARY",
    "ANYTHING",
    "EMPTINESS",
    "EQUALITY",
    "FALSE_WORDS",
    "MOST_TAGS",
    "NOTHING",
    "ORDER",
    "PARTS",
    "TRUE_WORDS",
    "Boolean",
    "Choice",
    "Date",
    "Email",
    "Integer",
    "Kind",
    "Moment",
    "Money",
    "Number",
    "Phone",
    "Reference",
    "Tags",
    "Text",
    "Until",
    "clean_tags",
    "day_of_year",
    "parse_decimal",
]
