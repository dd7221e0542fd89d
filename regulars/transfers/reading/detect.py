"""Finding out how a file is written and where its header is, by trying and comparing."""

import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from regulars.kit.text import storable
from regulars.transfers.reading.csvfile import Layout, Record, read_records
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.limits import COLUMN_LIMIT

DELIMITERS = (",", ";", "\t", "|", "^")
SPACES, FEWEST_WORDS = " ", 3
HEADER_WITHIN = 20
SAMPLE_RECORDS = 200


@dataclass(frozen=True, slots=True)
class Detected:
    """How a file is written, its header and its first rows."""

    layout: Layout
    header: list[str]
    header_line: int
    sample: list[Record]


def detect(
    head: bytes, encoding: str, is_known: Callable[[str], bool], *, numbered: bool = False
) -> Detected:
    """The layout under which most of the header is known and the rows are most alike.

    `numbered` texts are those that `unpack` wrote, of which only the header is to be found.
    Raises `UnreadableFile` when there is no table, no header or no row.
    """
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    if not text.strip("\x00 \t\r\n,;"):
        raise UnreadableFile(
            gettext("The file is empty. Bring a file with a header line and one line per row.")
        )
    layouts = [Layout(numbered=True)] if numbered else _layouts(text, encoding)
    tried = [_try(text, layout, is_known) for layout in layouts]
    _, header_at, layout, records = max(tried, key=lambda one: one[0])
    header = [storable(cell).strip().removeprefix("\ufeff") for cell in records[header_at].cells]
    if len(header) > COLUMN_LIMIT:
        raise UnreadableFile(
            gettext("The file has %(count)s columns; %(column_limit)s can be read.")
            % {"count": f"{len(header):,}", "column_limit": f"{COLUMN_LIMIT:,}"}
        )
    rows = records[header_at + 1 :]
    if not rows:
        raise UnreadableFile(gettext("The file has a header line but no rows below it."))
    return Detected(replace(layout, skip=header_at), header, records[header_at].line, rows[:SAMPLE_RECORDS])


def _layouts(text: str, encoding: str) -> list[Layout]:
    told = re.match(r'\s*"?sep=(.)"?\s*[\r\n]', text, re.IGNORECASE)
    delimiters = (told[1],) if told and told[1] not in "\r\n" else DELIMITERS
    start = text[:20000]
    if not told and _is_in_columns(start):
        delimiters = (*delimiters, SPACES)
    quotes = ['"']
    # Apostrophes are everywhere in names; they quote cells only where nearly each cell is wrapped in them.
    wrapped = len(re.findall(r"(?:^|[,;\t|])'[^'\r\n]*'(?=[,;\t|\r\n]|$)", start, re.MULTILINE))
    if '"' not in start and wrapped >= 4 and wrapped * 2 >= start.count("'") * 0.9:
        quotes = ["'"]
    escapes = [""]
    if re.search(r'[^\\]\\"[^,;\t|\r\n]', start):
        escapes = ["", "\\"] if '""' in start else ["\\"]
    return [
        Layout(
            encoding=encoding,
            delimiter=delimiter,
            quote=quote,
            escape=escape,
            space_after=bool(re.search(re.escape(delimiter) + " +" + quote, start)),
        )
        for delimiter in delimiters
        for quote in quotes
        for escape in escapes
    ]


def _is_in_columns(start: str) -> bool:
    """Whether nothing but spaces can part the columns: several of them somewhere, and as many words in each line."""
    if any(sign in start for sign in DELIMITERS):
        return False
    lines = [line for line in start.splitlines()[:-1] if line.strip()]
    words = {len(line.split()) for line in lines}
    return len(words) == 1 and min(words) >= FEWEST_WORDS and any("  " in line.strip() for line in lines)


def _try(
    text: str, layout: Layout, is_known: Callable[[str], bool]
) -> tuple[tuple[int, float, int], int, Layout, list[Record]]:
    """How well a layout fits: known headers first, then how alike the rows are, then how many columns there are."""
    records: list[Record] = []
    for record in read_records(io.StringIO(text, newline=""), layout):
        records.append(record)
        if len(records) > SAMPLE_RECORDS + HEADER_WITHIN:
            break
    if not records:
        raise UnreadableFile(_("The file is empty. Bring a file with a header line and one line per row."))
    known = [len({cell for cell in one.cells if is_known(cell)}) for one in records[:HEADER_WITHIN]]
    header_at = max(range(len(known)), key=lambda number: (known[number], -number))
    widths = Counter(len(one.cells) for one in records if not one.problem)
    width, often = widths.most_common(1)[0] if widths else (1, 0)
    alike = often / len(records) if width > 1 else 0.0
    return (known[header_at], alike, width), header_at, layout, records
