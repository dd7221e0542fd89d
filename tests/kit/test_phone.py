"""Phone numbers in any written form."""

import pytest

from regulars.kit.errors import Invalid
from regulars.kit.language import spoken
from regulars.kit.phone import clean_phone, digits, display_phone
from tests.shared import shared_rows


@pytest.mark.parametrize(
    ("typed", "region", "kept"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12-34.56.78", "FR", "+33612345678"),
        ("0033612345678", "FR", "+33612345678"),
        ("tel:+33-6-12-34-56-78", "FR", "+33612345678"),
        ("(514) 721-4711", "CA", "+15147214711"),
        ("+1 514 721 4711", "FR", "+15147214711"),
        ("٠٦١٢٣٤٥٦٧٨", "FR", "+33612345678"),
        ("+33612345678 ext. 12", "FR", "+33612345678;ext=12"),
        (" 612345678 ", "FR", "+33612345678"),
    ],
)
def test_reads_any_written_form(typed: str, region: str, kept: str) -> None:
    assert clean_phone(typed, region) == kept
    assert clean_phone(display_phone(kept), region) == kept


@pytest.mark.parametrize(
    "typed", ["call me", "12", "9" * 30, "+", "06 12 34 56 78 or 79", "<b>", "+999123456789"]
)
def test_refuses_what_is_no_number_and_says_how(typed: str) -> None:
    with pytest.raises(Invalid, match="country code"):
        clean_phone(typed, "FR")


def test_the_country_is_named_in_the_language_of_whoever_reads_it() -> None:
    for language, name in (("en", "in Germany"), ("fr", "Allemagne"), ("de", "Deutschland")):
        with spoken(language), pytest.raises(Invalid, match=name):
            clean_phone("call me", "DE")


def test_a_national_number_needs_a_country() -> None:
    with pytest.raises(Invalid):
        clean_phone("06 12 34 56 78", "")


def test_digits_of_any_script() -> None:
    assert digits("+٣٣ (6)-12") == "33612"
    assert digits("²x½") == ""


def test_the_example_numbers_of_every_region_are_read_both_ways() -> None:
    """Left out: numbers of no country ("001"), and Benin, which has made its numbers longer since."""
    rows = [
        row
        for row in shared_rows("adversarial/phone/phones_expected.csv")
        if row["source"] == "libphonenumber" and row["region_or_locale"] not in ("001", "BJ")
    ]
    assert len(rows) > 1000
    for row in rows:
        assert clean_phone(row["number"], "") == row["number"]
        assert clean_phone(row["national"], row["region_or_locale"]) == row["number"]
