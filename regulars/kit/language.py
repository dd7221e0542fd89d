"""Speaking a language: the one asked for as far as there is one, else the nearest."""

from contextlib import suppress

from babel.core import Locale, UnknownLocaleError
from django.conf import settings
from django.utils import translation


def locale_of(language: str) -> str:
    """How numbers and days are written in a language that customers or stores may have; English for a strange one."""
    for name in (language, language.partition("-")[0]):
        with suppress(ValueError, UnknownLocaleError):
            return str(Locale.parse(name, sep="-"))
    return "en"


def spoken(language: str) -> translation.override:
    """Speak this language, else the same without its country, else English, until the end of the block."""
    known = {code for code, _name in settings.LANGUAGES}
    fallback = language.partition("-")[0]
    return translation.override(next((code for code in (language, fallback) if code in known), "en"))
