"""Excel workbooks (.xlsx, .xlsm) as rows of texts, read as they pass by: memory does not grow with the file."""

import posixpath
import re
from collections.abc import Iterator
from itertools import islice
from typing import IO

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from regulars.transfers.reading.archive import Archive
from regulars.transfers.reading.errors import UnreadableFile, shown
from regulars.transfers.reading.limits import PART_LIMIT, SHEET_LIMIT
from regulars.transfers.reading.markup import parse_small
from regulars.transfers.reading.numbers import Reader, reader_of
from regulars.transfers.reading.sheetxml import SheetParser, TextsParser
from regulars.transfers.reading.table import PEEKED, Row
from regulars.transfers.reading.texts import Texts

_ROOT = "xl/workbook.xml"
_DATE_1904 = frozenset({"1", "true", "on"})
_MACROS = re.compile(r"(?:^|/)vbaProject\.bin$", re.IGNORECASE)
_LINKS = re.compile(r"(?:^|/)externalLinks?/", re.IGNORECASE)


class XlsxBook:
    """A workbook. Close it when done: it keeps its texts in a file."""

    def __init__(self, source: IO[bytes]) -> None:
        """Look over the parts of the workbook. Raises `UnreadableFile`."""
        self._archive = Archive(source)
        self._root = self._find_root()
        self._parts: dict[str, str] = {}
        self._epoch_1904 = False
        self._targets = self._relations()
        self._read_workbook()
        self.sheets = tuple(self._parts)
        self._readers = self._read_styles()
        self._texts = Texts()
        self._texts_read = False
        self._last: SheetParser | None = None

    def peek(self, sheet: str) -> list[Row]:
        """The first rows of a sheet that hold something."""
        return list(islice(self.rows(sheet), PEEKED))

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows of a sheet that hold something. Raises `UnreadableFile`."""
        self._read_texts()
        parser = self._last = SheetParser(
            gettext("the sheet “%(shown)s”") % {"shown": shown(sheet)}, self._texts, self._readers
        )
        with self._archive.open(self._parts[sheet]) as part:
            for _step in parser.feed(part):
                yield from parser.take()

    def notes(self) -> list[str]:
        """What to tell about the sheet that was read last, and about the workbook."""
        notes = self._last.notes() if self._last else []
        names = self._archive.names
        if any(_MACROS.search(name) for name in names):
            notes.append(_("The workbook holds macros; they were neither run nor read."))
        if any(_LINKS.search(name) for name in names):
            notes.append(
                _("The workbook links to other files; they were not followed, the stored values were read.")
            )
        return notes

    def close(self) -> None:
        """Throw the texts away."""
        self._texts.close()

    def _find_root(self) -> str:
        if _ROOT in self._archive:
            return _ROOT
        for _name, attributes in parse_small(
            self._archive.read("_rels/.rels", PART_LIMIT), "_rels/.rels", "Relationship"
        ):
            if attributes.get("Type", "").endswith("/officeDocument"):
                return attributes.get("Target", "").lstrip("/")
        raise UnreadableFile(
            gettext("This is no Excel workbook: its list of sheets is missing. Save it anew as .xlsx.")
        )

    def _relations(self) -> dict[str, tuple[str, str]]:
        """The parts that the workbook names: id → (kind, path). Those outside the file are left out."""
        folder, name = posixpath.split(self._root)
        path = f"{folder}/_rels/{name}.rels"
        found = {}
        for _name, attributes in parse_small(self._archive.read(path, PART_LIMIT), path, "Relationship"):
            if attributes.get("TargetMode", "").lower() != "external":
                target = attributes.get("Target", "")
                inside = (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                )
                found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], inside)
        return found

    def _read_workbook(self) -> None:
        content = self._archive.read(self._root, PART_LIMIT)
        for element, attributes in parse_small(content, self._root, "sheet", "workbookPr"):
            if element == "workbookPr":
                self._epoch_1904 = attributes.get("date1904", "").lower() in _DATE_1904
                continue
            if len(self._parts) >= SHEET_LIMIT:
                raise UnreadableFile(
                    _("The workbook has more than %(sheet_limit)s sheets. Save the one you need as CSV.")
                    % {"sheet_limit": SHEET_LIMIT}
                )
            number = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            kind, path = self._targets.get(number, ("", ""))
            # Sheets that hold a chart or an old dialogue have no cells.
            if kind == "worksheet" and path in self._archive:
                self._parts[attributes.get("name", "")] = path

    def _read_styles(self) -> list[Reader]:
        """How the numbers under each style are read."""
        path = next((path for kind, path in self._targets.values() if kind == "styles"), "")
        if not path or path not in self._archive:
            return []
        codes: dict[int, str] = {}
        readers: list[Reader] = []
        inside = False
        content = self._archive.read(path, PART_LIMIT)
        for element, attributes in parse_small(
            content, path, "numFmt", "cellXfs", "cellStyleXfs", "dxfs", "xf"
        ):
            number = int(attributes.get("numFmtId") or 0)
            if element == "numFmt":
                codes[number] = attributes.get("formatCode", "")[:255]
            elif element == "xf" and inside:
                readers.append(reader_of(codes.get(number, ""), number, self._epoch_1904))
            else:
                inside = element == "cellXfs"
        return readers

    def _read_texts(self) -> None:
        if self._texts_read:
            return
        self._texts_read = True
        path = next((path for kind, path in self._targets.values() if kind == "sharedStrings"), "")
        if path and path in self._archive:
            with self._archive.open(path) as part:
                for _step in TextsParser(self._texts).feed(part):
                    pass
        self._texts.finish()
