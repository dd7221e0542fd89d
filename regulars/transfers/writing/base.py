"""What a format of files is: rows of typed values in, bytes out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Literal, Protocol
from zoneinfo import ZoneInfo

from regulars.kit.words import Words

Value = str | int | Decimal | date | datetime | bool | None
Row = Sequence[Value]
Type = Literal["text", "number", "money", "date", "moment", "yes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a file: its header, what its values are, and how wide it is shown (in pixels of the list).

    Money and numbers come in whole units (12.34) with `places` decimals.
    """

    header: str
    type: Type = "text"
    places: int = 0
    width: int = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a file says about itself, and how its moments and amounts are written."""

    title: str
    store_name: str
    filter_words: str
    made_at: datetime
    made_by: str
    zone: str
    language: str
    currency: str
    byte_order_mark: bool = False

    def there(self, moment: datetime) -> datetime:
        """The moment on the clocks of the store."""
        return moment.astimezone(ZoneInfo(self.zone))


class Writer(Protocol):
    """Writes one file. What it wrote is whole after `close`."""

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows, each with one value per column."""

    def close(self) -> None:
        """Finish the file; `out` itself stays open."""


Open = Callable[[IO[bytes], Sequence[Column], About], Writer]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A format people can choose. One that `streams` hands on each row as it comes; others end in one go.

    Its writer refuses more than `most_rows`, where there is such a limit.
    """

    name: str
    label: Words
    suffix: str
    content_type: str
    streams: bool
    open: Open
    most_rows: int | None = None


def in_words(value: Value, column: Column, about: About) -> str:
    """A value as text that our import reads back to the same value."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case datetime():
            return about.there(value).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:.{column.places}f}"
    return str(value)
