from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What an offer gives. What each does is declared in `benefits`."""

    PERCENT = "percent", _("Percent off")
    AMOUNT = "amount", _("Amount off")
    GIFT = "gift", _("Gift")
    POINTS = "points", _("Points")
    FREE_SHIPPING = "free_shipping", _("Free shipping")


class Codes(TextChoices):
    """Whether everybody has the same code or each their own."""

    SHARED = "shared", _("One code for all")
    UNIQUE = "unique", _("A code for each")


class Audience(TextChoices):
    """Whom an offer is for."""

    ALL = "all", _("Everybody")
    SEGMENT = "segment", _("A segment")
    TIER = "tier", _("A tier")
    CHOSEN = "chosen", _("Who it is sent to")


class State(TextChoices):
    """Where an offer stands."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class Place(TextChoices):
    """Where an offer was redeemed."""

    COUNTER = "counter", _("At the counter")
    API = "api", _("Another system")
