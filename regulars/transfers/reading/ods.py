"""OpenDocument spreadsheets (.ods) as rows of texts, read as they pass by."""

from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext

from regulars.transfers.reading.archive import Archive
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.formats import ENCRYPTED
from regulars.transfers.reading.limits import PART_LIMIT
from regulars.transfers.reading.odsxml import ContentParser
from regulars.transfers.reading.table import PEEKED, Row

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"


class OdsBook:
    """A spreadsheet. All its sheets are in one part, so it is read through once for their names."""

    def __init__(self, source: IO[bytes]) -> None:
        """Look the sheets over. Raises `UnreadableFile`."""
        self._archive = Archive(source)
        if _MANIFEST in self._archive and b"encryption-data" in self._archive.read(_MANIFEST, PART_LIMIT):
            raise UnreadableFile(gettext(ENCRYPTED))
        self._last = ContentParser(wanted="", most=PEEKED)
        self._first: dict[str, list[Row]] = {}
        with self._archive.open(_CONTENT) as part:
            for _ in self._last.feed(part):
                for sheet, number, repeated, cells in self._last.take():
                    rows = self._first.setdefault(sheet, [])
                    rows += [(number + more, cells) for more in range(min(repeated, PEEKED - len(rows)))]
        self.sheets = tuple(self._last.sheets)

    def peek(self, sheet: str) -> list[Row]:
        """The first rows of a sheet that hold something."""
        return self._first.get(sheet, [])

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows of a sheet that hold something. Raises `UnreadableFile`."""
        parser = self._last = ContentParser(wanted=sheet)
        with self._archive.open(_CONTENT) as part:
            for _ in parser.feed(part):
                for _, number, repeated, cells in parser.take():
                    for more in range(repeated):
                        yield number + more, cells
                if parser.passed:
                    return

    def notes(self) -> list[str]:
        """What to tell about the sheet that was read last."""
        return self._last.notes()

    def close(self) -> None:
        """Nothing is kept."""
