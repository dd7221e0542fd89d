from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Way(TextChoices):
    """How the goods come to the shop."""

    IN_STORE = "in_store", _("In store")
    MAIL_IN = "mail_in", _("Mail-in")


class Status(TextChoices):
    """Where a trade-in stands. Which follows which is declared in `moves`."""

    REQUIRES_REVIEW = "requires_review", _("Requires review")
    PENDING = "pending", _("Pending")
    LEAD = "lead", _("Lead")
    IN_TRANSIT = "in_transit", _("In transit")
    DELIVERED = "delivered", _("Delivered")
    BEING_INSPECTED = "being_inspected", _("Being inspected")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
    ON_HOLD = "on_hold", _("On hold")
    PAYOUT_PROCESSING = "payout_processing", _("Payout processing")
    COMPLETED = "completed", _("Completed")
    RETURN = "return", _("Return")
    RETURNED = "returned", _("Returned")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")
    ABANDONED = "abandoned", _("Abandoned")


# Nothing is waited for any more.
CLOSED = (
    Status.COMPLETED,
    Status.RETURNED,
    Status.EXPIRED,
    Status.CANCELLED,
    Status.ABANDONED,
)
OPEN = tuple(status for status in Status if status not in CLOSED)
# The customer has not agreed to a price yet, so it can still be changed.
OFFERED = (Status.REQUIRES_REVIEW, Status.PENDING)
# The shop has the goods in hand and can say what they are worth.
LOOKED_AT = (Status.BEING_INSPECTED, Status.NOT_AS_DESCRIBED, Status.ON_HOLD)


class Hold(TextChoices):
    """Why a trade-in waits."""

    GENERAL = "general", _("General hold")
    ACTIVATION_LOCK = "activation_lock", _("Activation lock")


class Acceptance(TextChoices):
    """Who agreed to the price."""

    SELLER = "seller", _("By the customer")
    ON_BEHALF = "on_behalf", _("On behalf of the customer")
    AUTO = "auto", _("Automatic")


class Condition(TextChoices):
    """In what state an item is."""

    NEW = "new", pgettext_lazy("goods", "New")
    LIKE_NEW = "like_new", _("Like new")
    GOOD = "good", _("Good")
    FAIR = "fair", _("Fair")
    POOR = "poor", _("Poor")
    BROKEN = "broken", _("Broken")
