"""Months by themselves are those of the language that was asked for, whichever was written before."""

import subprocess
import sys
from datetime import date

import pytest
from babel.dates import format_date

from regulars.kit.months import month_name

MAY = date(2026, 5, 1)
NAMES = {
    "en": ("May", "May 2026"),
    "de": ("Mai", "Mai 2026"),
    "fr": ("mai", "mai 2026"),
    "ar": ("مايو", "مايو 2026"),
    "ru": ("май", "май 2026"),
    "cs": ("kvě", "květen 2026"),
    "fi": ("touko", "toukokuu 2026"),
    "pt_BR": ("mai.", "maio 2026"),
    "zh": ("5月", "五月 2026"),
}
CONTROL = """
from datetime import date
from babel.dates import format_date
print([format_date(date(2026, 5, 1), "LLL", locale=one) for one in ("zh", "fr")])
"""


def test_babel_alone_mixes_them_up() -> None:
    """The control: when this fails, Babel was mended and `kit.months` can go."""
    done = subprocess.run([sys.executable, "-c", CONTROL], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "['5月', '5月']"


@pytest.mark.parametrize("before", ["zh", "ja", "fr"])
def test_the_language_before_does_not_matter(before: str) -> None:
    for pattern in ("LLL", "LLLL"):
        format_date(MAY, pattern, locale=before)
    for _again in range(2):
        for locale, (short, long) in NAMES.items():
            told = month_name(MAY, locale), month_name(MAY, locale, width="wide", with_year=True)
            assert told == (short, long), locale
