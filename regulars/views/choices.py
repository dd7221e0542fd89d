from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """For whom a view is."""

    PERSONAL = "personal", _("Only me")
    ROLE = "role", _("A role")
    STORE = "store", _("Everybody in the store")


class Density(TextChoices):
    """How high the rows of a view are; empty leaves it to the person."""

    COMPACT = "compact", _("Compact")
    NORMAL = "normal", _("Normal")
    COSY = "cosy", _("Cosy")
