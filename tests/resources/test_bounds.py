"""What a filter says of a column: stretches of a list where nothing can match are not read."""

from datetime import date

import pytest
from django.db.models import F, Q

from regulars.resources.bounds import bounds_of, excluded, fixed_in, plainly


@pytest.mark.parametrize(
    ("value", "met", "nothing_matches"),
    [
        (0, Q(spent__gt=0), True),
        (0, Q(spent__gte=0), False),
        (0, Q(other=1) & Q(Q(spent__lt=0)), True),
        (0, Q(spent=5), True),
        (0, Q(spent__exact=0), False),
        (0, Q(spent__isnull=True), True),
        (None, Q(spent__isnull=True), False),
        (None, Q(spent__isnull=False), True),
        (None, Q(spent__lt=date(2026, 1, 1)), True),
        ("", Q(spent="Lyon"), True),
        (0, ~Q(spent__gt=0), False),
        (0, Q(spent__gt=0) | Q(other=1), False),
        (0, Q(spent__gt=F("other")), False),
        (0, Q(spent__in=[1, 2]), False),
        (0, Q(spending__gt=0), False),
    ],
)
def test_a_value_outside_the_bounds(value, met, nothing_matches):
    assert excluded(value, bounds_of(met, "spent")) is nothing_matches


def test_what_is_the_same_in_all_rows():
    met = Q(spent=0) & ~Q(orders=0) & Q(last__isnull=True) & Q(first__isnull=False) & (Q(a=1) | Q(b=1))
    assert list(fixed_in(met)) == [("spent", 0), ("last", None)]


def test_two_filters_that_say_the_same():
    assert plainly(Q(a__gt=0, a__isnull=False)) == plainly(Q(Q(a__gt=0))) == [("a__gt", 0)]
    assert plainly(Q(b=1) & Q(a__gt=0)) == plainly(Q(a__gt=0) & Q(b=1))
    assert plainly(Q(a__isnull=False)) == [("a__isnull", False)]
    assert plainly(Q(a=1) | Q(b=1)) is None and plainly(~Q(a=1)) is None and plainly(Q(b=1) & ~Q(a=1)) is None
