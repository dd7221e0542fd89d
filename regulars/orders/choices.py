from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    ONLINE = "online", _("Online")
    IN_STORE = "in_store", _("In store")
    MARKETPLACE = "marketplace", _("Marketplace")


class OrderStatus(TextChoices):
    """Only open and completed orders count for a customer's figures."""

    OPEN = "open", _("Open")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


COUNTED = (OrderStatus.OPEN.value, OrderStatus.COMPLETED.value)
