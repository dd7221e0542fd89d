"""Hours of the week at which an offer holds, by the clock on the store's wall."""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid

MOST_WINDOWS = 50
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WHOLE_DAY = 24 * 60
_WINDOW = re.compile(r"([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?$", re.I)

Window = tuple[int, int, int]


def read_windows(text: str) -> list[Window]:
    """Hours of the week as people write them: "Fri 12:00-14:00; Sat 22-2". Raises `Invalid`."""
    found = []
    for part in re.split(r"[;\n]", text):
        if not part.strip():
            continue
        match = _WINDOW.match(part.strip())
        day = match[1].title() if match else ""
        if match is None or day not in DAYS:
            raise Invalid(
                _("“%(strip)s” is no day with hours. Write it like Fri 12:00-14:00.")
                % {"strip": part.strip()[:40]}
            )
        begins = int(match[2]) * 60 + int(match[3] or 0)
        ends = int(match[4]) * 60 + int(match[5] or 0)
        minutes_fit = int(match[3] or 0) < 60 and int(match[5] or 0) < 60
        if not minutes_fit or begins >= WHOLE_DAY or ends > WHOLE_DAY or begins == ends:
            raise Invalid(
                _("“%(strip)s” is no time of day. Write it like Fri 12:00-14:00.")
                % {"strip": part.strip()[:40]}
            )
        found.append((DAYS.index(day), begins, ends))
    if len(found) > MOST_WINDOWS:
        raise Invalid(_("Give at most %(most_windows)s hours of the week.") % {"most_windows": MOST_WINDOWS})
    return sorted(set(found))


def write_windows(windows: Sequence[Sequence[int]], days: Sequence[str] = DAYS) -> str:
    """The same as text that `read_windows` reads back, unless `days` are called otherwise."""
    return "; ".join(f"{days[day]} {_clock(begins)}-{_clock(ends)}" for day, begins, ends in windows)


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
