"""What reads the cells of one column, made once per file."""

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _

from regulars.kit.email import clean_email
from regulars.kit.errors import Invalid
from regulars.kit.phone import clean_phone
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.dates import day_start, next_day
from regulars.resources.field import Field
from regulars.resources.importer import Cleaner, Importer
from regulars.resources.kinds import Date, Email, Moment, Phone, Text, Until
from regulars.transfers.plan import Plan
from regulars.transfers.reading.dayformats import read_date, read_moment
from regulars.transfers.steps import Change

_LINE_BREAK = re.compile(r"[\r\n]")


def both(first: Change | None, second: Change | None) -> Change | None:
    """What the preset does to a cell, and then what a person asked for."""
    if first is None or second is None:
        return first or second
    return lambda cell: second(first(cell))


def cleaner_of(
    *, target: Field, order: str, change: Change | None, importer: Importer, context: Context
) -> Cleaner:
    """What reads the cells of a column; `order` is that of its days, `change` what is done to a cell before."""
    clean = _cleaner(target, order, importer, context)
    return (lambda cell: clean(change(cell))) if change else clean


def _cleaner(target: Field, order: str, importer: Importer, context: Context) -> Cleaner:
    kind = target.kind
    own = importer.cleaner(target, context)
    if own is not None and isinstance(kind, Moment | Date):
        own = _with_days(own, order, context)
    if own is not None:
        return own
    if isinstance(kind, Until):
        return lambda cell: _until(cell, order, context)
    if isinstance(kind, Moment):
        return lambda cell: read_moment(cell, order, context.today, context.store.zone)
    if isinstance(kind, Date):
        return lambda cell: read_date(cell, order, context.today)
    if isinstance(kind, Email):
        return lambda cell: clean_email(cell if cell.isprintable() else storable(cell))
    if isinstance(kind, Text):
        return _text(kind, target, context)
    return lambda cell: target.clean(cell, context)


def _until(cell: str, order: str, context: Context) -> datetime | None:
    """A day in a file is the last one that counts, as in a form."""
    zone = context.store.zone
    moment = read_moment(cell, order, context.today, zone)
    if moment is None or moment.tzinfo is not zone or moment.time() != time.min:
        return moment
    return day_start(next_day(moment.date()), context)


def _with_days(own: Cleaner, order: str, context: Context) -> Cleaner:
    """A cleaner that knows days as forms write them gets them so, however the file writes them."""

    def clean(cell: str) -> Any:
        try:
            day = read_date(cell, order, context.today)
        except Invalid:
            return own(cell)
        return own(day.isoformat() if day else "")

    return clean


def _text(kind: Text, target: Field, context: Context) -> Cleaner:
    longest, multiline = kind.max_length, kind.multiline

    def clean(cell: str) -> Any:
        if cell.isprintable() and len(cell) <= longest:
            return cell.strip()
        if not multiline and _LINE_BREAK.search(cell.strip()):
            raise Invalid(
                _("%(label)s goes over several lines: “%(names)s”. Write it on one line.")
                % {"label": target.label, "names": " ".join(cell.split())[:60]}
            )
        return target.clean(cell, context)

    return clean


def filled_by(
    *, plan: Plan, fields: Mapping[str, Field], importer: Importer, context: Context
) -> dict[str, Any]:
    """The values that empty cells get. Raises `Invalid` naming the field."""
    filled: dict[str, Any] = {}
    for name, text in plan.defaults.items():
        target = fields.get(name)
        if target is None or not target.importable or not context.actor.may(target.edit_permission):
            raise Invalid(_("There is no field “%(name)s” to fill.") % {"name": name}, field="defaults")
        if not text.strip():
            continue
        if isinstance(target.kind, Phone):
            country = plan.phone_country or context.store.country
            filled[name] = (clean_phone(text, country), text)
        else:
            own = importer.cleaner(target, context)
            filled[name] = own(text) if own else target.clean(text, context)
    return filled
