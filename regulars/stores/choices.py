from functools import cache
from zoneinfo import available_timezones

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeletePolicy(TextChoices):
    """What a store allows when a customer is to be taken out for good."""

    ALWAYS = "always", _("Delete any customer, with their orders")
    WITHOUT_ORDERS = "without_orders", _("Delete only without purchases, else anonymise")
    NEVER = "never", _("Never delete, only archive or anonymise")


@cache
def known_time_zones() -> frozenset[str]:
    """The time zones of this machine: asked once, for it looks through all their files."""
    return frozenset(available_timezones())
