"""JSON lines, and JSON lists of objects, as rows of texts: read twice, first for the names and then for the values."""

import codecs
import json
from collections.abc import Iterator
from typing import IO, Any, NoReturn

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from regulars.transfers.reading.errors import UnreadableFile, shown
from regulars.transfers.reading.formats import encoding_by_mark
from regulars.transfers.reading.limits import COLUMN_LIMIT, LINE_LIMIT, size
from regulars.transfers.reading.table import Row

CHUNK = 256 * 1024
_DEPTH = 8
_BETWEEN = " \t\r\n,"


class JsonRows:
    """A file of JSON objects: the first row names the columns, each object is a row after it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source

    def rows(self) -> Iterator[Row]:
        """The header, then the objects with their line, or their number in a list. Raises `UnreadableFile`."""
        columns: dict[str, int] = {}
        for _line, record in self._objects():
            for name in _flat(record):
                columns.setdefault(name, len(columns))
            if len(columns) > COLUMN_LIMIT:
                raise UnreadableFile(
                    gettext(
                        "The objects have more than %(column_limit)s names; as many columns can be "
                        "read. Leave out those that are not needed."
                    )
                    % {"column_limit": f"{COLUMN_LIMIT:,}"}
                )
        if not columns:
            raise UnreadableFile(gettext("The file holds no objects with values. Bring one object per row."))
        yield 0, list(columns)
        for number, record in self._objects():
            cells = [""] * len(columns)
            for name, text in _flat(record).items():
                cells[columns[name]] = text
            if any(map(str.strip, cells)):
                yield number, cells

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        self._source.seek(0)
        pieces = _Pieces(self._source)
        listed = pieces.next_sign() == "["
        if listed:
            pieces.at += 1
        for number, (line, value) in enumerate(pieces.values(), 1):
            if not isinstance(value, dict):
                raise UnreadableFile(
                    _(
                        'What stands in line %(line)s is no object. Each row has to be one, like {"email": '
                        '"a@shop.example", "first_name": "Ana"}.'
                    )
                    % {"line": f"{line:,}"}
                )
            if number == 1 and (name := _list_within(value)):
                raise UnreadableFile(
                    _(
                        "The file is one object with a list in it (“%(shown)s”). Bring the list "
                        "alone: what stands between [ and ], with them."
                    )
                    % {"shown": shown(name)}
                )
            yield (number if listed else line), value


class _Pieces:
    """The values of a file, decoded one after the other."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._text, self._line, self._counted = "", 1, 0
        self.at = 0
        head = source.read(4)
        self._decoder = codecs.getincrementaldecoder(encoding_by_mark(head) or "utf-8")()
        self._add(head)
        self._text = self._text.removeprefix("\ufeff")
        self._json = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)

    def next_sign(self) -> str:
        """What the next value begins with; empty at the end of the file."""
        while True:
            while self.at < len(self._text) and self._text[self.at] in _BETWEEN:
                self.at += 1
            if self.at < len(self._text):
                return self._text[self.at]
            if not self._more(CHUNK):
                return ""

    def values(self) -> Iterator[tuple[int, Any]]:
        """Each value with the line it begins on. Raises `UnreadableFile`."""
        while (sign := self.next_sign()) and sign != "]":
            self._line += self._text.count("\n", self._counted, self.at)
            self._counted = self.at
            yield self._line, self._value()
            if len(self._text) - self.at < CHUNK // 4:
                self._more(CHUNK)

    def _value(self) -> Any:
        wanted = CHUNK
        while True:
            try:
                value, self.at = self._json.raw_decode(self._text, self.at)
            except json.JSONDecodeError as error:
                # What does not end yet may only have been cut off by the piece.
                if wanted <= LINE_LIMIT and self._more(wanted):
                    wanted *= 2
                    continue
                self._refuse(error)
            except RecursionError as error:
                raise UnreadableFile(
                    _("The object in line %(line)s is nested too deeply to be a row.")
                    % {"line": f"{self._line:,}"}
                ) from error
            else:
                return value

    def _refuse(self, error: json.JSONDecodeError) -> NoReturn:
        if len(self._text) - self.at > LINE_LIMIT:
            raise UnreadableFile(
                _("The object in line %(line)s is not JSON, or larger than %(size)s. Mend or remove it.")
                % {"line": f"{self._line:,}", "size": size(LINE_LIMIT)}
            ) from error
        line = self._line + self._text.count("\n", self._counted, error.pos)
        raise UnreadableFile(
            _("Line %(line)s is not JSON (%(msg)s). Mend or remove it.")
            % {"line": f"{line:,}", "msg": error.msg}
        ) from error

    def _more(self, length: int) -> bool:
        piece = self._source.read(length)
        if not piece:
            self._add(piece, final=True)
            return False
        self._line += self._text.count("\n", self._counted, self.at)
        self._text, self.at, self._counted = self._text[self.at :], 0, 0
        self._add(piece)
        return True

    def _add(self, piece: bytes, *, final: bool = False) -> None:
        try:
            self._text += self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            before = error.object[: error.start].count(b"\n")
            line = self._line + self._text.count("\n", self._counted) + before
            raise UnreadableFile(
                _("Line %(line)s holds bytes that are no UTF-8 text. Save the file as UTF-8.")
                % {"line": f"{line:,}"}
            ) from error


def _list_within(record: dict[str, Any]) -> str:
    """The name of the list of objects that a lone object wraps, as answers of APIs do."""
    wrapped = [
        name
        for name, value in record.items()
        if isinstance(value, list) and len(value) > 1 and all(isinstance(one, dict) for one in value)
    ]
    return wrapped[0] if len(wrapped) == 1 and len(record) <= 3 else ""


def _flat(record: dict[str, Any], prefix: str = "", depth: int = 1) -> dict[str, str]:
    """The texts of an object by name; an object within it by both names, like `address.city`."""
    texts: dict[str, str] = {}
    for name, value in record.items():
        if isinstance(value, dict) and depth < _DEPTH:
            texts |= _flat(value, f"{prefix}{name}.", depth + 1)
        elif isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
            texts[prefix + name] = ", ".join(_plain(one) for one in value)
        else:
            texts[prefix + name] = _plain(value)
    return texts


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False)
