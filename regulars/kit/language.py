"""Speaking a language: the one asked for as far as there is one, else the nearest."""

from django.conf import settings
from django.utils import translation


def spoken(language: str) -> translation.override:
    """Speak this language, else the same without its country, else English, until the end of the block."""
    known = {code for code, _name in settings.LANGUAGES}
    fallback = language.partition("-")[0]
    return translation.override(next((code for code in (language, fallback) if code in known), "en"))
