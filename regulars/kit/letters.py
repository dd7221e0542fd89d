"""The letters of PDF files: a font for each script, loaded when its first letter comes; widths, lines that fit, and
lines drawn."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import cast

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

# Put there by ui/build.py, from packages of fonts.
FONTS = Path(__file__).parent / "fonts"
MAIN = "latin"
MISSING = "\ufffd"
_SCRIPTS = (
    "hebrew",
    "arabic",
    "thai",
    "devanagari",
    "simplified",
    "japanese",
    "korean",
    "traditional",
    "emoji",
)
# Chinese, Japanese and Korean share letters that each writes in a way of its own.
_OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"ja": ("japanese",), "ko": ("korean",), "zh-hant": ("traditional",), "zh-tw": ("traditional",)}
)
# Scripts whose letters change with their neighbours, or that run from right to left.
_SHAPED = re.compile(
    "[\u0300-\u036f\u0590-\u08ff\u0900-\u0fff\u1000-\u109f\u1780-\u17ff\u200c-\u200f\ufb1d-\ufeff]"
)
_RIGHT_TO_LEFT = ("R", "AL")
_IDEOGRAPHS = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
# Lines may end after a space, around an ideograph, and after the signs within addresses and names of fields.
_WORDS = re.compile(f"[{_IDEOGRAPHS}]|[^\\s{_IDEOGRAPHS}_@./-]*[_@./-]+|[^\\s{_IDEOGRAPHS}_@./-]+|\\s+")


class Letters:
    """Which font of a file has a letter, and how wide it is (in thousandths of the size)."""

    def __init__(self, pdf: FPDF, language: str) -> None:
        self._pdf = pdf
        pdf.add_font(MAIN, "", FONTS / f"{MAIN}.ttf")
        pdf.add_font(MAIN, "B", FONTS / f"{MAIN}-bold.ttf")
        self._fonts = cast("dict[str, TTFFont]", pdf.fonts)
        self._main = self._fonts[MAIN].cmap
        self._order = [*_OWN.get(language.lower(), ()), *(name for name in _SCRIPTS)]
        self._loaded: list[str] = []
        self._widths: dict[str, float] = {}
        self._known: dict[str, str] = {}

    def written(self, text: str) -> str:
        """The text with � for each letter that no font has, without invisible signs."""
        if text.isascii() and text.isprintable():
            return text
        return "".join(self._known.get(letter) or self._learnt(letter) for letter in text)

    def width(self, text: str) -> float:
        """The width of a written text."""
        known = self._widths
        return sum([known[letter] if letter in known else self._measured(letter) for letter in text])

    def is_plain(self, text: str) -> bool:
        """Whether the main font alone writes the text, letter after letter."""
        return text.isascii() or (
            _SHAPED.search(text) is None and all(ord(letter) in self._main for letter in text)
        )

    def lines(self, text: str, width: float, most: int) -> list[str]:
        """The text in lines of at most this width, broken between words where that is possible.

        Of more than `most` lines the last one ends with a mark.
        """
        found: list[str] = []
        for line in text.splitlines() or [""]:
            found.extend(self._broken(self.written(line), width))
            if len(found) > most:
                return [*found[: most - 1], "… [cut]"]
        return found

    def draw(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float,
        align: str = "L",
        bold: bool = False,
    ) -> None:
        """Draw one line in the font that is set. Plain texts take the short way: it is ten times as fast.

        Widths are those of the regular font, so a `bold` line that is not on the left takes the long way.
        """
        if self.is_plain(text) and not (bold and align != "L"):
            shift = width - self.width(text) * size / 1000 if align == "R" else 0
            self._pdf.text(x + shift, y + size, text)
        else:
            self._pdf.set_xy(x, y)
            self._pdf.cell(width, size * 1.4, text, align=align, new_x=XPos.LEFT, new_y=YPos.TOP)

    def _broken(self, line: str, width: float) -> Iterator[str]:
        if self.width(line) <= width:
            yield line
            return
        now, wide = "", 0.0
        for word in parts(line):
            own = self.width(word)
            if wide + own > width and now.strip():
                yield now.strip()
                now, wide = "", 0.0
            if own > width:
                *full, word = self._chopped(word, width)
                yield from full
                own = self.width(word)
            now, wide = (now + word, wide + own) if now or not word.isspace() else ("", 0.0)
        if now.strip():
            yield now.strip()

    def _chopped(self, word: str, width: float) -> Iterator[str]:
        """A word that is wider than a line, in pieces; marks stay with their letters."""
        now, wide = "", 0.0
        for letter in word:
            own = self._measured(letter)
            if now and wide + own > width and not unicodedata.combining(letter):
                yield now
                now, wide = "", 0.0
            now, wide = now + letter, wide + own
        yield now

    def _learnt(self, letter: str) -> str:
        """The letter itself, nothing, a space, or �; loads the font that has it."""
        kind = unicodedata.category(letter)
        if letter.isspace():
            found = " "
        elif self._font_of(letter):
            found = letter
        else:
            found = "" if kind[0] == "C" or "VARIATION SELECTOR" in unicodedata.name(letter, "") else MISSING
        self._known[letter] = found
        return found

    def _measured(self, letter: str) -> float:
        if letter not in self._widths:
            self._widths[letter] = float(self._fonts[self._font_of(letter) or MAIN].cw[ord(letter)])
        return self._widths[letter]

    def _font_of(self, letter: str) -> str:
        code = ord(letter)
        for name in (MAIN, *self._loaded):
            if code in self._fonts[name].cmap:
                return name
        if unicodedata.category(letter) in ("Cn", "Co", "Cs", "Cc"):
            return ""
        for name in self._order:
            if name not in self._loaded:
                self._load(name)
                if code in self._fonts[name].cmap:
                    return name
        return ""

    def _load(self, name: str) -> None:
        (path,) = FONTS.glob(f"{name}.*")
        self._pdf.add_font(name, "", path)
        self._loaded.append(name)
        self._pdf.set_fallback_fonts(self._loaded, exact_match=False)


def parts(text: str) -> list[str]:
    """The text in the pieces between which a line may end."""
    return _WORDS.findall(text)


def runs_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in (*_RIGHT_TO_LEFT, "L"):
            return direction in _RIGHT_TO_LEFT
    return False
