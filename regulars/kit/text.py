"""Text as people search for it: without case, accents or the order of words mattering."""

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not take apart although people type them as plain ones.
_PLAIN = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "ŋ": "n",
        "ŧ": "t",
    }
)
# Characters PostgreSQL cannot hold or that only steer a terminal; line breaks and tabs stay.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def fold(text: str) -> str:
    """The search form of a text: lower case, no accents, single spaces ("Łódź  Straße" becomes "lodz strasse")."""
    if not text:
        return ""
    return _remembered(text) if len(text) <= REMEMBERED_LENGTH else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().split())
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join([char for char in taken_apart if not unicodedata.combining(char)])
    return " ".join(plain.translate(_PLAIN).split())


# Names and places come again and again in a file.
REMEMBERED_LENGTH = 40
_remembered = lru_cache(maxsize=20_000)(_fold)


def storable(text: str) -> str:
    """The text without the characters that no database text can hold (NUL and half surrogates)."""
    return _UNSTORABLE.sub("", text)


# Marks that turn what stands after them around, also outside of the text that holds them.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def unturned(text: str) -> str:
    """The text without marks that turn around what stands after it, in a page's title or the subject of a mail."""
    return _TURNING.sub("", text)


def initials(name: str) -> str:
    """Two letters for the round badge beside a name; works for any script."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])
    return letters.upper()
