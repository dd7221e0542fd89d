"""What the tests of file formats share: a short way to write a file, and to read a spreadsheet as its cells."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import python_calamine

from regulars.transfers.writing import About, Column, Row, format_named

MADE_AT = datetime(2024, 3, 4, 5, 6, 7, 250_000, tzinfo=UTC)
TYPED = (
    Column(header="name"),
    Column(header="orders", type="number"),
    Column(header="spent", type="money", places=2),
    Column(header="born", type="date"),
    Column(header="added", type="moment"),
    Column(header="newsletter", type="yes"),
)


def about(**changes: Any) -> About:
    """A file of a shop in Paris."""
    facts: dict[str, Any] = {
        "title": "Customers",
        "store_name": "Shop",
        "filter_words": "All; country = FR",
        "made_at": MADE_AT,
        "made_by": "Ada",
        "zone": "Europe/Paris",
        "language": "en",
        "currency": "EUR",
    }
    return About(**facts | changes)


def written(name: str, rows: Iterable[Row], columns: Sequence[Column] = TYPED, **changes: Any) -> bytes:
    """A whole file of this format."""
    out = io.BytesIO()
    writer = format_named(name).open(out, columns, about(**changes))
    writer.write(rows)
    writer.close()
    return out.getvalue()


def sheets(content: bytes) -> list[list[list[Any]]]:
    """The cells of each sheet of a spreadsheet."""
    book = python_calamine.load_workbook(io.BytesIO(content))
    return [
        book.get_sheet_by_index(number).to_python(skip_empty_area=False)
        for number in range(len(book.sheet_names))
    ]


def texts(name: str, words: Sequence[str]) -> list[str]:
    """What a spreadsheet gives back of texts, one a row."""
    (found,) = sheets(written(name, [[word, 1] for word in words], (Column(header="text"), TYPED[1])))
    assert found[0] == ["text", "orders"]
    return [row[0] for row in found[1:]]
