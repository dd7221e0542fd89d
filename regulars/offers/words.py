"""When an offer holds, in words for customers."""

from babel.dates import format_datetime, get_day_names
from django.utils.translation import gettext as _

from regulars.kit.language import locale_of
from regulars.offers.hours import write_windows
from regulars.offers.models import Offer
from regulars.stores.models import Store


def valid_words(offer: Offer, store: Store, locale: str = "") -> str:
    """When an offer holds, as a mail goes on to say: ", until 31 Dec 2026, Fri 12:00-14:00 only". Days are written as
    `locale` does, else the store."""
    locale, parts = locale or locale_of(store.language), []
    if offer.ends_at is not None:
        when = format_datetime(offer.ends_at.astimezone(store.zone), "d MMM y HH:mm", locale=locale)
        parts.append(_("until %(when)s") % {"when": when})
    if offer.windows:
        named = get_day_names("abbreviated", locale=locale)
        days = [named[day] for day in range(7)]
        parts.append(_("%(hours)s only") % {"hours": write_windows(offer.windows, days)})
    return "".join(f", {part}" for part in parts)
