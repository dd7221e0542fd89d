"""XML of strangers, read as it passes by: no document type, so no entities, no other files, no addresses."""

import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.limits import ENTRY_LIMIT, NAME_LIMIT, TAG_LIMIT, size
from regulars.transfers.reading.seen import Notes

CHUNK = 256 * 1024


class LocalNames(dict[str, str]):
    """`x:row` is `row` whatever the prefix; each spelling is looked at once."""

    def __missing__(self, name: str) -> str:
        if len(self) >= NAME_LIMIT:
            raise UnreadableFile(
                _("The file is no spreadsheet: it holds thousands of different XML elements.")
            )
        self[name] = local = name.rpartition(":")[2]
        return local


class Pieces:
    """Hands a part of a document to its handlers, piece by piece."""

    def __init__(
        self,
        start: Callable[[str, dict[str, str]], object],
        end: Callable[[str], object],
        text: Callable[[str], object],
        *,
        part: str,
    ) -> None:
        self._part, self._fed = part, 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end
        self._parser.CharacterDataHandler = text
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, source: IO[bytes]) -> Iterator[None]:
        """Read the part to its end; a turn after each piece. Raises `UnreadableFile`."""
        while piece := source.read(CHUNK):
            self._parse(piece, False)
            yield
        self._parse(b"", True)
        yield

    def _parse(self, piece: bytes, last: bool) -> None:
        try:
            self._parser.Parse(piece, last)
            self._fed += len(piece)
            # The parser holds a tag or comment until it ends.
            if self._fed - self._parser.CurrentByteIndex > TAG_LIMIT + CHUNK:
                raise UnreadableFile(
                    _(
                        "The file is not taken: %(part)s holds a tag or comment of more than "
                        "%(size)s. Open it in a spreadsheet, save it anew and bring that file."
                    )
                    % {"part": self._part, "size": size(TAG_LIMIT)}
                )
        except expat.ExpatError as error:
            raise UnreadableFile(
                _(
                    "The file is damaged: %(part)s breaks off or is wrong in line %(lineno)s. Open "
                    "it in a spreadsheet, save it anew and bring that file."
                )
                % {"part": self._part, "lineno": f"{error.lineno:,}"}
            ) from error
        except (LookupError, ValueError) as error:
            raise UnreadableFile(
                _(
                    "The file is damaged: %(part)s holds what cannot be understood. Open it in a "
                    "spreadsheet, save it anew and bring that file."
                )
                % {"part": self._part}
            ) from error

    def _refuse(self, *_: object) -> None:
        raise UnreadableFile(
            gettext(
                "The file is not taken: %(part)s declares a document type (DTD), which no "
                "spreadsheet writes and which can be used for attacks. Open it in a spreadsheet, "
                "save it anew and bring that file."
            )
            % {"part": self._part}
        )


class RowsParser[Row](ABC):
    """Makes rows of a part of a document while it passes by; what its elements mean, each format says."""

    def __init__(self, part: str) -> None:
        self._part, self._names, self._notes = part, LocalNames(), Notes()
        self._rows: list[Row] = []

    def feed(self, source: IO[bytes]) -> Iterator[None]:
        """Read the part; after each turn there may be rows to take."""
        return Pieces(self._start, self._end, self._text, part=self._part).feed(source)

    def take(self) -> list[Row]:
        """The rows that were read since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def notes(self) -> list[str]:
        """What to tell about the rows that were read."""
        return self._notes.say()

    @abstractmethod
    def _start(self, name: str, attributes: dict[str, str]) -> None: ...

    @abstractmethod
    def _end(self, name: str) -> None: ...

    @abstractmethod
    def _text(self, text: str) -> None: ...


def parse_small(content: bytes, part: str, *wanted: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of these names in a part that is held whole, with their attributes. Raises `UnreadableFile`."""
    names, found = LocalNames(), []

    def start(name: str, attributes: dict[str, str]) -> None:
        if names[name] in wanted:
            found.append((names[name], attributes))
            if len(found) > ENTRY_LIMIT:
                raise UnreadableFile(
                    _("The file is not taken: %(part)s has more than %(entry_limit)s entries.")
                    % {"part": part, "entry_limit": f"{ENTRY_LIMIT:,}"}
                )

    for _step in Pieces(start, _pass_over, _pass_over, part=part).feed(io.BytesIO(content)):
        pass
    return found


def _pass_over(_: str) -> None:
    pass
