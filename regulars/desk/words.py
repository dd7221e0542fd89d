"""Moments the way people read them in lists of settings."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def shown(moment: datetime | None) -> str:
    """Date and time in the store's time zone and the reader's language; empty for never."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def shown_day(moment: datetime) -> str:
    """The day alone."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
