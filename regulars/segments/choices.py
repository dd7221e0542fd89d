from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SegmentKind(TextChoices):
    """By a rule, or by hand."""

    DYNAMIC = "dynamic", _("Dynamic")
    STATIC = "static", _("Static")


class How(TextChoices):
    """How a customer came into a segment."""

    RULE = "rule", _("by its conditions")
    HAND = "hand", _("by hand")
    IMPORT = "import", _("from a list")
