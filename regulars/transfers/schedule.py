"""When a saved export is due: at an hour of the store's own clock, whatever that clock does in spring and autumn."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from regulars.transfers.choices import Schedule


def next_run(
    *, schedule: str, hour: int, weekday: int, month_day: int, zone: ZoneInfo, after: datetime
) -> datetime | None:
    """The first moment after `after`; nothing when it only runs by hand.

    Each day has its hour once: an hour that the clock skips begins when the clock goes on, of one that it shows twice
    the first counts. `weekday` is 1 for Monday; a `month_day` that a month does not have is its last day.
    """
    if schedule == Schedule.NONE:
        return None
    day = after.astimezone(zone).date()
    while True:
        if _is_due(schedule, day, weekday, month_day):
            moment = datetime.combine(day, time(hour), zone).astimezone(UTC)
            if moment > after:
                return moment
        day += timedelta(days=1)


def _is_due(schedule: str, day: date, weekday: int, month_day: int) -> bool:
    if schedule == Schedule.WEEKLY:
        return day.isoweekday() == weekday
    if schedule == Schedule.MONTHLY:
        return day.day == min(month_day, monthrange(day.year, day.month)[1])
    return True
