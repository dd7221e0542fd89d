"""Money: integer minor units with a currency, shown the way the reader's language writes it."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, get_currency_precision


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimals the currency has (EUR 2, JPY 0, KWD 3)."""
    return get_currency_precision(currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """12.34 EUR becomes 1234; halves are rounded up, as on a bill."""
    return int(amount.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_major(minor: int, currency: str) -> Decimal:
    """1234 in EUR becomes 12.34."""
    return Decimal(minor).scaleb(-exponent(currency))


@lru_cache(maxsize=1024)
def display_round_money(amount: int, currency: str, locale: str = "en") -> str:
    """A round amount in whole units, as an axis shows it: "€6,000"."""
    return format_currency(amount, currency, locale=locale, format=_whole(locale), currency_digits=False)


@lru_cache(maxsize=32)
def _whole(locale: str) -> str:
    """The language's way to write money, without its decimals ("#,##0.00 ¤" becomes "#,##0 ¤")."""
    return str(Locale.parse(locale).currency_formats["standard"].pattern).replace("0.00", "0")


@lru_cache(maxsize=16384)
def display_money(minor: int, currency: str, locale: str = "en") -> str:
    """ "€12.34" in English, "12,34 €" in French."""
    return format_currency(to_major(minor, currency), currency, locale=locale)
