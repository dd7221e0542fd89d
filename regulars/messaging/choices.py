from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """How a message reaches a customer."""

    MAIL = "mail", _("Mail")
    SMS = "sms", _("SMS")


class Purpose(TextChoices):
    """Why a customer is written to: what they must have agreed to follows from it."""

    SERVICE = "service", _("About their own business with the shop")
    MARKETING = "marketing", _("Marketing")
    POINTS = "points", _("Points summary")


class Agreement(TextChoices):
    """What a customer can agree to, by the column that says it."""

    MARKETING = "accepts_marketing", _("Newsletter")
    POINTS = "points_summary", _("Points summary")
    SMS = "accepts_sms", _("Text messages")


# Why one may write because of it, and on which way.
MEANING = {
    Agreement.MARKETING: (Purpose.MARKETING, Channel.MAIL),
    Agreement.POINTS: (Purpose.POINTS, Channel.MAIL),
    Agreement.SMS: (Purpose.MARKETING, Channel.SMS),
}


class MessageState(TextChoices):
    """Where a message stands."""

    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    WITHHELD = "withheld", _("Withheld")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Bounced")
    COMPLAINED = "complained", _("Marked as spam")


class Stop(TextChoices):
    """Why nothing is sent to an address any more."""

    BOUNCE = "bounce", _("It does not exist or takes no mail")
    COMPLAINT = "complaint", _("Its owner marked a message as spam")


class News(StrEnum):
    """What a provider can say of a message that it took, or would not take."""

    BOUNCED = "bounced"  # for good: the address takes nothing
    RETURNED = "returned"  # this one came back; the next may arrive
    COMPLAINED = "complained"
    REFUSED = "refused"
    LEFT = "left"  # the customer wants no more of these
