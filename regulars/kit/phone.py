"""Phone numbers: typed in any form, kept in E.164, found by any part."""

import re
from functools import lru_cache

import phonenumbers

from regulars.kit.errors import Invalid

_DIGITS = re.compile(r"\D+")


@lru_cache(maxsize=4096)
def clean_phone(text: str, region: str) -> str:
    """The number in E.164 ("+33612345678"). A national form is read as one of `region` (ISO country code).

    Numbers that have a possible length are accepted even when the range is not assigned: old files are full of them,
    and refusing the row would lose the customer. Letters, too few or too many digits are refused.
    """
    typed = text.strip()
    try:
        number = phonenumbers.parse(typed, region or None)
    except phonenumbers.NumberParseException as error:
        raise Invalid(_sentence(typed, region)) from error
    if not phonenumbers.is_possible_number(number):
        raise Invalid(_sentence(typed, region))
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{written};ext={number.extension}" if number.extension else written


def _sentence(typed: str, region: str) -> str:
    shown = typed if len(typed) <= 40 else typed[:37] + "…"
    country = f" in {region}" if region else ""
    how = "Write it with its country code, like +33 6 12 34 56 78, or leave it empty."
    return f"“{shown}” is not a phone number{country}. {how}"


@lru_cache(maxsize=65536)
def display_phone(number: str) -> str:
    """The number as people write it internationally ("+33 6 12 34 56 78")."""
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return number


def digits(text: str) -> str:
    """Only the digits of a text, in ASCII."""
    found = _DIGITS.sub("", text)
    return found if found.isascii() else "".join(str(int(char)) for char in found)
