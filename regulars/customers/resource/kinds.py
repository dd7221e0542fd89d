"""Kinds of fields about customers: birthdate, country, language, and which customer is meant."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar

from babel import Locale
from django.utils.translation import gettext as _

from regulars.customers.named import id_named
from regulars.kit.errors import Invalid
from regulars.kit.text import fold
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field


@lru_cache(maxsize=16)
def countries(locale: str) -> Choices:
    """Country codes with their names in a language, by name."""
    names: dict[str, str] = {str(code): str(name) for code, name in Locale.parse(locale).territories.items()}
    codes = [
        code
        for code in names
        if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
    ]
    return sorted(((code, names[code]) for code in codes), key=lambda pair: fold(pair[1]))


@lru_cache(maxsize=1)
def _country_words() -> dict[str, str]:
    """Every way the interface's languages and ISO write a country, folded, to its code."""
    words: dict[str, str] = {}
    for locale in ("ar", "es", "de", "fr", "pt", "it", "nl", "en"):
        words.update({fold(name): code for code, name in countries(locale)})
    words.update({code.lower(): code for code, _name in countries("en")})
    words.update(
        {
            "usa": "US",
            "uk": "GB",
            "england": "GB",
            "scotland": "GB",
            "wales": "GB",
            "holland": "NL",
            "czech republic": "CZ",
        }
    )
    words.update(
        {"united states of america": "US", "korea": "KR", "south korea": "KR", "russia": "RU", "uae": "AE"}
    )
    return words


class Birthdate(kinds.Date):
    """The day a person was born: not in the future."""

    def clean(self, raw: str, field: Field, context: Context) -> date | None:
        day = kinds.Date.clean(self, raw, field, context)
        if day is not None and day > context.today:
            raise Invalid(_("Nobody was born on %(day)s yet. Check the year.") % {"day": day.isoformat()})
        return day


class Country(kinds.Choice):
    """A country: ISO code kept, name in many languages understood."""

    def clean(self, raw: str, field: Field, context: Context) -> str:
        word = fold(raw)
        if not word:
            return ""
        code = _country_words().get(word)
        if code is None:
            raise Invalid(
                _("“%(strip)s” is not a known country. Write its two-letter code, like FR, or its name.")
                % {"strip": raw.strip()[:60]}
            )
        return code


class Language(kinds.Choice):
    """A language: its code kept ("fr", "pt-BR"), its name in the interface's language understood."""

    def clean(self, raw: str, field: Field, context: Context) -> str:
        word = raw.strip().replace("_", "-")
        if not word:
            return ""
        for code, name in languages("en"):
            if fold(word) in (fold(name), code.lower()):
                return code
        base, _dash, region = word.partition("-")
        if base.lower() in dict(languages("en")) and region.isalpha() and len(region) == 2:
            return f"{base.lower()}-{region.upper()}"
        raise Invalid(
            _("“%(strip)s” is not a known language. Write its code, like fr or pt-BR.")
            % {"strip": raw.strip()[:60]}
        )


@lru_cache(maxsize=16)
def languages(locale: str) -> Choices:
    """Language codes with their names in a language, by name."""
    names = Locale.parse(locale).languages
    return sorted(
        ((code, name) for code, name in names.items() if len(code) == 2), key=lambda pair: fold(pair[1])
    )


@dataclass(frozen=True, slots=True)
class Named(kinds.Text):
    """A customer, told by number, id, e-mail or external id; forms offer those that are meant while one types."""

    picks: ClassVar[str] = "customer"

    def clean(self, raw: str, field: Field, context: Context) -> Any:
        text = kinds.Text.clean(self, raw, field, context)
        return id_named(store=context.store, text=text) if text else None
