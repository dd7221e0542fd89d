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


class ProductState(TextChoices):
    ACTIVE = "active", _("Active")
    ARCHIVED = "archived", _("Archived")


class Paying(TextChoices):
    """How a buyer of the shop page means to pay."""

    PICKUP = "pickup", _("On pickup")
    TRANSFER = "transfer", _("By bank transfer")


class PaymentMethod(TextChoices):
    """How an order was paid."""

    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    TRANSFER = "transfer", _("Bank transfer")
    PAYPAL = "paypal", _("PayPal")
    CREDIT = "store_credit", _("Store credit")
    OTHER = "other", _("Other")
