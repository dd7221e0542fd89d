"""Which characters the bytes of a file stand for."""

import codecs
import re

from charset_normalizer import from_bytes

SAMPLE = 128 * 1024
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "cp932", "cp949", "gb18030", "big5",
]  # fmt: skip
_LATIN = ("cp1252", "cp1250", "cp1254")
_ODD = re.compile(
    r"(?:(?<=[^\W\d_])[^\w\s\x00-\x7f’‘“”–—…«»·]|[^\w\s\x00-\x7f’‘“”–—…«»·](?=[^\W\d_])|[\ufffdŸðþÐÞýÝ³¹])"
)
_LINE_BEYOND_ASCII = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*[\r\n]*")


class Evidence:
    """Looks at every byte of a file as it passes by, so that the first accent may come after a million rows."""

    def __init__(self) -> None:
        self.head = b""
        self._beyond_ascii = b""
        self._utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the file into account."""
        if len(self.head) < SAMPLE:
            self.head += chunk[: SAMPLE - len(self.head)]
        if self._utf8 is not None:
            try:
                self._utf8.decode(chunk)
            except UnicodeDecodeError:
                self._utf8 = None
        if not chunk.isascii() and len(self._beyond_ascii) < SAMPLE:
            for line in _LINE_BEYOND_ASCII.finditer(chunk):
                self._beyond_ascii += line[0][:4096]
                if len(self._beyond_ascii) >= SAMPLE:
                    break

    def encoding(self) -> str:
        """The encoding, by byte order mark, by validity as UTF-8, else by what makes words."""
        for mark, name in _BYTE_ORDER_MARKS:
            if self.head.startswith(mark):
                return name
        if wide := _wide_without_mark(self.head):
            return wide
        if self._utf8 is not None:
            return "utf-8"
        text = self._beyond_ascii.decode("utf-8", "surrogateescape")
        broken = sum(1 for char in text if "\udc80" <= char <= "\udcff")
        right = sum(1 for char in text if char > "\x7f") - broken
        # A UTF-8 file with a few broken rows stays UTF-8: those rows are named, the others are right.
        return "utf-8" if right > 3 * broken else _guess(self._beyond_ascii)


def _wide_without_mark(head: bytes) -> str:
    """UTF-16 that begins without a mark shows as a NUL in every other byte."""
    start = head[:2000]
    if len(start) < 8 or start.count(0) < len(start) * 0.3:
        return ""
    return "utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"


def _guess(sample: bytes) -> str:
    """What makes words. Latin encodings look alike to statistics, so among them the one without odd signs wins."""
    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    if best is not None and best.encoding not in _LATIN:
        return best.encoding
    return min(_LATIN, key=lambda name: _oddness(sample.decode(name, "replace")))


def _oddness(text: str) -> int:
    """How many signs stand within words (Ÿród³o), and letters that only Icelanders write."""
    return len(_ODD.findall(text))
