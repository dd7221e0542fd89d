"""What holds for offers whatever is stored: codes, hours of the week, who is held out, and how sure a difference is."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.kit.errors import Invalid

# Without 0, 1, I, L, O and U: nothing that is misread from paper or heard wrongly.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
MOST_WINDOWS = 50
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WHOLE_DAY = 24 * 60
_WINDOW = re.compile(r"([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?$", re.I)
_NOT_IN_CODES = re.compile(r"[^0-9A-Z]")
_Z95 = 1.959963984540054

Window = tuple[int, int, int]


def new_code() -> str:
    """A code that nobody guesses: ten letters of thirty, from the system's source of chance."""
    return "".join(secrets.choice(LETTERS) for _at in range(CODE_LENGTH))


def code_key(typed: str) -> str:
    """A code as it is compared: spaces, dashes and small letters do not count."""
    return _NOT_IN_CODES.sub("", typed.upper())[:64]


def show_code(key: str) -> str:
    """A code as people read it: QK7TM-4ZWPA."""
    return f"{key[:5]}-{key[5:]}" if len(key) == CODE_LENGTH and set(key) <= set(LETTERS) else key


def is_held_out(*, customer_id: UUID, offer_id: UUID, percent: int) -> bool:
    """Whether a customer is one of those who do not get an offer, to compare with; always the same answer."""
    digest = hashlib.sha256(offer_id.bytes + customer_id.bytes).digest()
    return int.from_bytes(digest[:8]) % 10_000 < percent * 100


def read_windows(text: str) -> list[Window]:
    """Hours of the week as people write them: "Fri 12:00-14:00; Sat 22-2". Raises `Invalid`."""
    found = []
    for part in re.split(r"[;\n]", text):
        if not part.strip():
            continue
        match = _WINDOW.match(part.strip())
        day = match[1].title() if match else ""
        if match is None or day not in DAYS:
            raise Invalid(f"“{part.strip()[:40]}” is no day with hours. Write it like Fri 12:00-14:00.")
        begins = int(match[2]) * 60 + int(match[3] or 0)
        ends = int(match[4]) * 60 + int(match[5] or 0)
        minutes_fit = int(match[3] or 0) < 60 and int(match[5] or 0) < 60
        if not minutes_fit or begins >= WHOLE_DAY or ends > WHOLE_DAY or begins == ends:
            raise Invalid(f"“{part.strip()[:40]}” is no time of day. Write it like Fri 12:00-14:00.")
        found.append((DAYS.index(day), begins, ends))
    if len(found) > MOST_WINDOWS:
        raise Invalid(f"Give at most {MOST_WINDOWS} hours of the week.")
    return sorted(set(found))


def write_windows(windows: Sequence[Sequence[int]]) -> str:
    """The same as text that `read_windows` reads back."""
    return "; ".join(f"{DAYS[day]} {_clock(begins)}-{_clock(ends)}" for day, begins, ends in windows)


def is_open(windows: Sequence[Sequence[int]], *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the hours of the week hold at a moment, by the clock on the store's wall.

    A window that ends before it begins goes on after midnight. When the clocks change the wall decides: an hour that
    there is twice counts twice, one that is left out does not come.
    """
    if not windows:
        return True
    here = now.astimezone(zone)
    day, minute = here.weekday(), here.hour * 60 + here.minute
    for weekday, begins, ends in windows:
        if begins < ends:
            if weekday == day and begins <= minute < ends:
                return True
        elif (weekday == day and minute >= begins) or ((weekday + 1) % 7 == day and minute < ends):
            return True
    return False


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    some: int
    all: int

    @property
    def part(self) -> float:
        """The share, 0 of nobody."""
        return self.some / self.all if self.all else 0.0


def wilson(share: Share) -> tuple[float, float]:
    """Where a share lies with 95 % certainty, by Wilson's score interval; also right for few and for none."""
    if not share.all:
        return 0.0, 1.0
    number, part = share.all, share.part
    spread = _Z95 * sqrt(part * (1 - part) / number + _Z95**2 / (4 * number**2))
    middle, scale = part + _Z95**2 / (2 * number), 1 + _Z95**2 / number
    return max((middle - spread) / scale, 0.0), min((middle + spread) / scale, 1.0)


def newcombe(one: Share, other: Share) -> tuple[float, float]:
    """Where the difference of two shares lies with 95 % certainty, by Newcombe's method 10 (from Wilson's two)."""
    (low, high), (other_low, other_high) = wilson(one), wilson(other)
    difference = one.part - other.part
    down = sqrt((one.part - low) ** 2 + (other_high - other.part) ** 2)
    up = sqrt((high - one.part) ** 2 + (other.part - other_low) ** 2)
    return difference - down, difference + up
