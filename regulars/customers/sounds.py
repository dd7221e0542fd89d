"""How names sound: Schmidt finds Schmitt, Catherine finds Katharina.

The codes are those of Daitch and Mokotoff, made for the names of Europe, and are the database's own
(`fuzzystrmatch`). A code is of one name; "van den Berg" counts as one. One index holds the codes of both names of
every customer.
"""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField
from django.db.models.expressions import Combinable

_CODES = ArrayField(TextField())


def codes_of(name: str | Combinable) -> Func:
    """The codes of one name (a column, or a value); null of one without letters that sound."""
    return Func(name, function="daitch_mokotoff", output_field=_CODES)


def sounds_of_customer() -> Func:
    """The codes of first and last name, as the index holds them."""
    return Func(codes_of("last_name"), codes_of("first_name"), function="array_cat", output_field=_CODES)
