from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What an entry of the points ledger is."""

    EARN = "earn", _("Earned")
    SPEND = "spend", _("Spent")
    ADJUST = "adjust", _("Adjusted")
    EXPIRE = "expire", _("Expired")
    REVERSE = "reverse", _("Taken back")
    TRANSFER = "transfer", _("Transferred")


class Source(TextChoices):
    """Where an entry came from."""

    HAND = "hand", _("By hand")
    FILE = "file", _("File")
    ORDER = "order", _("Order")
    RETURN = "return", _("Return")
    RULE = "rule", _("Earning rule")
    OFFER = "offer", _("Offer")
    TRADE_IN = "trade_in", _("Trade-in")
    EXPIRY = "expiry", _("Expiry")
    CUSTOMER = "customer", _("Another customer")


class BelowZero(TextChoices):
    """What becomes of taking more points than a customer has."""

    REFUSE = "refuse", _("Leave as before")
    CLAMP = "clamp", _("Take only what there is")
    DEBT = "debt", _("Allow debt")


class Mode(TextChoices):
    """What a row of a file does with its points."""

    ADD = "add", _("Add")
    SET = "set", _("Set")


class TierBy(TextChoices):
    """What a tier is reached by."""

    POINTS = "points", _("Points earned")
    SPEND = "spend", _("Money spent")


class Origin(TextChoices):
    """How a customer came into a tier."""

    AUTO = "auto", _("Reached")
    HAND = "hand", _("By hand")
    MERGE = "merge", _("Brought by a merge")


class Colour(TextChoices):
    """The colour of a tier, as of every badge."""

    GREY = "grey", _("Grey")
    GREEN = "green", _("Green")
    BLUE = "blue", _("Blue")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")
    VIOLET = "violet", _("Violet")
