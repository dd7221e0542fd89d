"""Finding and taking out what names a person in texts that are not theirs: old filters, messages, notes of acts.

Whole words are compared, without case, accents and punctuation, so that "Ben" is not found in "benefit" and a phone
number is found however it was written. A name is looked for by itself from three letters on; shorter ones ("Al") only
as part of the full name, because every other text would be full of them. Scripts without spaces between words
(Chinese, Japanese, Korean, Thai) are compared letter by letter, and names from two letters on.
"""

import re
from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import unquote_plus

import phonenumbers

from regulars.kit.phone import digits
from regulars.kit.text import fold

TAKEN_OUT = "…"
SHORTEST_NAME = 3
SHORTEST_TEXT = 6
SHORTEST_PHONE = 6
# So many digits are nobody else's by chance, wherever they stand.
LONG_PHONE = 8
# Before the national part of a number may stand 00, a country code and the national zero.
LONGEST_PREFIX = 6
PIECE = 256 * 1024
# A name that is cut by the end of a piece is found in the next one, which begins so much earlier.
OVERLAP = 1024

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_ACCENTS = "\u0300-\u036f"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W_])(?:(?![{_UNSPACED}])[^\W_]|[{_ACCENTS}])*")
_PHONE = re.compile(r"\+?\d(?:[\s().\-/\u00a0]*\d){5,}")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")

Words = tuple[str, ...]


class Traces:
    """What to look for: e-mails, phones, single names, and texts that mean somebody only as a whole."""

    def __init__(
        self,
        *,
        emails: Iterable[str] = (),
        phones: Iterable[str] = (),
        names: Iterable[str] = (),
        texts: Iterable[str] = (),
    ) -> None:
        self._certain = _by_first_word([*_wholes(emails, 2), *_wholes(texts, SHORTEST_TEXT)])
        self._names = _by_first_word(_wholes(names, SHORTEST_NAME))
        self._phones = frozenset(number for phone in phones for number in _national(phone))
        self._phone_lengths = sorted({len(number) for number in self._phones}, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._certain or self._names or self._phones)

    def found_in(self, text: str, *, names: bool = True) -> bool:
        """True when the text names one of the people; without `names` a single name does not count."""
        return self.clean(text, names=names) != text

    def found_in_file(self, file: IO[str], *, names: bool = True) -> bool:
        """The same of a text of any length, read piece by piece."""
        before = ""
        while piece := file.read(PIECE):
            if self.found_in(before + piece, names=names):
                return True
            before = piece[-OVERLAP:]
        return False

    def clean(self, text: str, *, names: bool = True) -> str:
        """The text with "…" for all that names one of the people."""
        if not text or not self:
            return text
        cleaned = self._without_words(self._without_phones(text), names)
        if "%" in cleaned or "\\u" in cleaned:
            decoded = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), unquote_plus(cleaned))
            again = self._without_words(self._without_phones(decoded), names)
            return again if again != decoded else cleaned
        return cleaned

    def clean_json(self, value: Any, *, names: bool = True) -> Any:
        """The same for each text, and each number that may be a phone, inside a JSON value."""
        match value:
            case str():
                return self.clean(value, names=names)
            case dict():
                return {key: self.clean_json(one, names=names) for key, one in value.items()}
            case list():
                return [self.clean_json(one, names=names) for one in value]
            case int() if not isinstance(value, bool) and abs(value) >= 10**SHORTEST_PHONE:
                return TAKEN_OUT if self._without_phones(str(value)) != str(value) else value
        return value

    def _without_phones(self, text: str) -> str:
        return _PHONE.sub(lambda found: self._without_phone(found[0]), text) if self._phones else text

    def _without_phone(self, run: str) -> str:
        """A run of digits can be several numbers with only spaces between them."""
        places = [at for at, char in enumerate(run) if char.isdigit()]
        number = digits(run)
        kept: list[str] = []
        end = digit = 0
        while digit < len(number):
            length = self._phone_at(number, digit)
            if length:
                prefix = run[end : places[digit]]
                far = len(digits(prefix)) > LONGEST_PREFIX
                kept += (prefix if far else prefix[: len(prefix) - len(prefix.lstrip())], TAKEN_OUT)
                end = places[digit + length - 1] + 1
            digit += length or 1
        return "".join([*kept, run[end:]])

    def _phone_at(self, number: str, at: int) -> int:
        """How many digits from here on are one of the numbers; short ones only at the end of all digits."""
        for length in self._phone_lengths:
            if (
                number[at:][:length] in self._phones
                and at + length <= len(number)
                and (length >= LONG_PHONE or (at + length == len(number) and at <= LONGEST_PREFIX))
            ):
                return length
        return 0

    def _without_words(self, text: str, names: bool) -> str:
        words = list(_WORD.finditer(text))
        folded = [fold(word[0]) for word in words]
        kept: list[str] = []
        end = at = 0
        while at < len(words):
            length = self._match(folded, at, names)
            if length:
                kept += (text[end : words[at].start()], TAKEN_OUT)
                end = words[at + length - 1].end()
            at += length or 1
        return "".join([*kept, text[end:]]) if kept else text

    def _match(self, folded: list[str], at: int, names: bool) -> int:
        """How many words from here on are a trace; the longest one counts."""
        first = folded[at]
        found = self._certain.get(first, ())
        if names and first in self._names:
            found = (*found, *self._names[first])
        return max((len(one) for one in found if tuple(folded[at : at + len(one)]) == one), default=0)


def words_of(text: str) -> Words:
    """The words of a text in the form they are compared in."""
    return tuple(fold(word) for word in _WORD.findall(text))


def _wholes(texts: Iterable[str], shortest: int) -> list[Words]:
    """The texts as words; those that are too short to mean anybody are left out."""
    found = []
    for text in texts:
        words = words_of(text)
        letters = sum(map(len, words))
        several = len(words) > 1 and (letters > SHORTEST_NAME or re.search(f"[{_UNSPACED}]", text))
        if several or letters >= shortest:
            found.append(words)
    return found


def _by_first_word(wholes: Iterable[Words]) -> dict[str, tuple[Words, ...]]:
    found: dict[str, set[Words]] = {}
    for words in wholes:
        found.setdefault(words[0], set()).add(words)
    return {first: tuple(each) for first, each in found.items()}


def _national(phone: str) -> list[str]:
    """The forms of a number without what may be dialled before it: with and without its country code."""
    number = digits(phone.partition(";")[0])
    return [form for form in _without_country(number, phone) if len(form) >= SHORTEST_PHONE]


def _without_country(number: str, phone: str) -> list[str]:
    if not phone.startswith("+"):
        return [number, number.lstrip("0")]
    try:
        parsed = phonenumbers.parse(phone.partition(";")[0])
    except phonenumbers.NumberParseException:
        return [number]
    return [number, phonenumbers.national_significant_number(parsed)]
