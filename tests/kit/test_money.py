"""Money in minor units, whatever the currency."""

from decimal import Decimal

import pytest

from regulars.kit.money import display_money, to_major, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("12.345", "EUR", 1235),
        ("-12.345", "EUR", -1235),
        ("1234", "JPY", 1234),
        ("1.2345", "KWD", 1235),
    ],
)
def test_minor_units(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


def test_back_again() -> None:
    for currency in ("EUR", "JPY", "KWD"):
        assert to_minor(to_major(-98765, currency), currency) == -98765


def test_written_the_way_of_the_reader() -> None:
    assert display_money(123456, "EUR", "en") == "€1,234.56"
    assert display_money(123456, "EUR", "fr").replace("\u202f", " ").replace("\u00a0", " ") == "1 234,56 €"
    assert display_money(-100, "JPY", "en") == "-¥100"
