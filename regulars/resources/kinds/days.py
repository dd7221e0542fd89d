"""Dates, and dates with time. Conditions speak of whole days in the store's time zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Expression, Q
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid
from regulars.resources import dates
from regulars.resources.context import Context
from regulars.resources.kinds.base import EMPTINESS, EQUALITY, ORDER, Kind

if TYPE_CHECKING:
    from regulars.resources.field import Field

ANNIVERSARY = "anniversary"


def day_of_year(path: str, **options: Any) -> Expression:
    """Month × 100 + day, as `dates.anniversaries` counts; an index on this serves `anniversary(…)`."""
    return ExtractMonth(path, **options) * 100 + ExtractDay(path, **options)


@dataclass(frozen=True, slots=True)
class Date(Kind):
    """A day. What it is compared with may be a stretch of days, too: `created = last_month`."""

    name: ClassVar[str] = "date"
    operators: ClassVar[tuple[str, ...]] = (*ORDER, *EQUALITY, *EMPTINESS)
    functions: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {ANNIVERSARY: ("=", "!=", "in", "not in", "between")}
    )

    def clean(self, raw: str, field: "Field", context: Context) -> Any:
        text = raw.strip()
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).date()  # files write a time behind some days
        except ValueError as error:
            raise Invalid(_("“%(raw)s” is not a date. Write it like 1985-04-23.") % {"raw": raw}) from error

    def operand(self, raw: str, field: "Field", context: Context) -> dates.Days:
        return dates.parse_days(raw, context)

    def meeting(
        self, operator: str, values: tuple[str, ...], field: "Field", context: Context, function: str
    ) -> Q:
        if function == ANNIVERSARY:
            return self._anniversary(values, field, context)
        asked = [self.operand(value, field, context) for value in values]
        first, last = asked[0].first, asked[-1].last
        match operator:
            case "<":
                return self._before(first, field, context)
            case "<=":
                return self._before(dates.next_day(last), field, context)
            case ">":
                return self._from(dates.next_day(last), field, context)
            case ">=":
                return self._from(first, field, context)
        return self._from(first, field, context) & self._before(dates.next_day(last), field, context)

    def _before(self, day: date, field: "Field", context: Context) -> Q:
        return Q(**{f"{field.path}__lt": day})

    def _from(self, day: date, field: "Field", context: Context) -> Q:
        return Q(**{f"{field.path}__gte": day})

    def _anniversary(self, values: tuple[str, ...], field: "Field", context: Context) -> Q:
        """The year is left out, and the end of December goes on with January."""
        # "Has a value" is said beside it: the database would drop rows without one from the negation, too.
        has_one = ~self.is_empty(field)
        window = dates.anniversaries(values, context)
        if window is None:
            return has_one
        first, last = window
        day = self._day_of_year(field, context)
        begun, not_over = Q(GreaterThanOrEqual(day, first)), Q(LessThanOrEqual(day, last))
        return has_one & (begun & not_over if first <= last else begun | not_over)

    def _day_of_year(self, field: "Field", context: Context) -> Expression:
        return day_of_year(field.path)

    def export(self, value: Any, context: Context) -> str:
        return "" if value is None else str(value.isoformat())

    def json(self, value: Any, context: Context) -> Any:
        return None if value is None else value.isoformat()


@dataclass(frozen=True, slots=True)
class Moment(Date):
    """A date with time."""

    name: ClassVar[str] = "datetime"

    def clean(self, raw: str, field: "Field", context: Context) -> Any:
        text = raw.strip()
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text.removesuffix(" UTC").replace(" +", "+"))
        except ValueError as error:
            raise Invalid(
                _("“%(raw)s” is not a date with time. Write it like 2024-12-31 14:05.") % {"raw": raw}
            ) from error
        found = found if found.tzinfo else found.replace(tzinfo=context.store.zone)
        if not 2 <= found.year <= 9998:  # every time zone must be able to show it
            raise Invalid(_("This date lies too far away."))
        return found

    def _before(self, day: date, field: "Field", context: Context) -> Q:
        return Q(**{f"{field.path}__lt": dates.day_start(day, context)})

    def _from(self, day: date, field: "Field", context: Context) -> Q:
        return Q(**{f"{field.path}__gte": dates.day_start(day, context)})

    def _day_of_year(self, field: "Field", context: Context) -> Expression:
        return day_of_year(field.path, tzinfo=context.store.zone)

    def export(self, value: Any, context: Context) -> str:
        if value is None:
            return ""
        return str(value.astimezone(context.store.zone).isoformat(timespec="microseconds"))


@dataclass(frozen=True, slots=True)
class Until(Moment):
    """The end of something: a day means that it lasts through this day in the store's time zone."""

    def control(self, value: str) -> str:
        """What a form asks it with: a calendar, unless an hour is part of it."""
        return "date" if len(value) in (0, 10) else "text"

    def clean(self, raw: str, field: "Field", context: Context) -> Any:
        text = raw.strip()
        if len(text) != 10:
            return Moment.clean(self, raw, field, context)
        day = Date().clean(text, field, context)
        if day is None or not 2 <= day.year <= 9997:
            raise Invalid(_("This date lies too far away."))
        return dates.day_start(dates.next_day(day), context)

    # What ends with a day is there on this day, and no more on the next.
    def _before(self, day: date, field: "Field", context: Context) -> Q:
        return Q(**{f"{field.path}__lte": dates.day_start(day, context)})

    def _from(self, day: date, field: "Field", context: Context) -> Q:
        return Q(**{f"{field.path}__gt": dates.day_start(day, context)})

    def export(self, value: Any, context: Context) -> str:
        if value is not None:
            local = value.astimezone(context.store.zone)
            if local.time() == time.min:
                return str((local.date() - timedelta(days=1)).isoformat())
        return Moment.export(self, value, context)
