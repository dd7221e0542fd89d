"""How wide the columns of a PDF file are, and which of them share a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.kit.letters import Letters, parts
from regulars.transfers.writing.base import Column

SIZE = 7.5
PADDING = 4.0
NARROWEST = 30.0
# A column is never made narrower than most of its words, nor than this if it has longer ones.
FLOOR = 72.0
WIDEST = 210.0
# The letters of headers are so much wider than those of cells.
BOLDER = 1.1
# On pages of their own columns need not be squeezed.
COMFORTABLE = 120.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands on its page, in points."""

    index: int
    x: float
    width: float
    right: bool

    @property
    def inside(self) -> float:
        """The room for text, in thousandths of its size."""
        return (self.width - 2 * PADDING) * 1000 / SIZE


def blocks_of(
    columns: Sequence[Column], sample: Sequence[Sequence[str]], letters: Letters, room: float
) -> list[list[Place]]:
    """The columns in blocks that fit beside each other, from what the first rows hold.

    Every block but the first begins with the first column again, which says whose row it is.
    """
    wanted, floors = [], []
    for index, column in enumerate(columns):
        cells = [letters.written(row[index]) for row in sample if row[index]]
        title = max(
            (letters.width(part) * BOLDER for part in parts(letters.written(column.header))), default=0.0
        )
        lines = _most([max(map(letters.width, cell.split("\n"))) for cell in cells])
        words = _most([max(map(letters.width, cell.split() or [""])) for cell in cells])
        wanted.append(min(_points(max(title, lines)), WIDEST))
        floors.append(min(_points(max(title, min(words, lines))), FLOOR))
    if sum(floors) <= room:
        return [_placed(columns, list(range(len(columns))), _fitted(wanted, floors, room))]
    easy = [min(width, COMFORTABLE) for width in wanted]
    blocks, now = [], [0]
    for index in range(1, len(columns)):
        if sum(easy[one] for one in now) + easy[index] > room and len(now) > 1:
            blocks.append(now)
            now = [0]
        now.append(index)
    return [
        _placed(columns, block, _stretched([easy[one] for one in block], room)) for block in [*blocks, now]
    ]


def _most(widths: list[float]) -> float:
    """What is wide enough for nineteen of twenty."""
    return sorted(widths)[len(widths) * 19 // 20] if widths else 0.0


def _points(width: float) -> float:
    return max(width * SIZE / 1000 + 2 * PADDING + 1, NARROWEST)


def _fitted(wanted: Sequence[float], floors: Sequence[float], room: float) -> list[float]:
    if sum(wanted) <= room:
        return _stretched(wanted, room)
    share = (room - sum(floors)) / (sum(wanted) - sum(floors))
    return [floor + (width - floor) * share for width, floor in zip(wanted, floors, strict=True)]


def _stretched(widths: Sequence[float], room: float) -> list[float]:
    """Wider where there is room, but not so wide that the eye loses the row."""
    factor = min(room / sum(widths), 1.6)
    return [width * factor for width in widths]


def _placed(columns: Sequence[Column], block: Sequence[int], widths: Sequence[float]) -> list[Place]:
    places, x = [], 0.0
    for index, width in zip(block, widths, strict=True):
        places.append(Place(index, x, width, columns[index].type in ("number", "money")))
        x += width
    return places
