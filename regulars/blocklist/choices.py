from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RuleKind(TextChoices):
    """What a rule looks at."""

    EMAIL = "email", _("E-mail")
    DOMAIN = "domain", _("Domain")
    IP = "ip", _("IP address")
    PHONE = "phone", _("Phone")
    CUSTOMER = "customer", _("Customer")


class RuleList(TextChoices):
    """Trust wins over block, always."""

    BLOCK = "block", _("Block")
    TRUST = "trust", _("Trust")


class Mode(TextChoices):
    """A rule in shadow mode turns nobody away; it only counts whom it would have."""

    ACTIVE = "active", _("Active")
    SHADOW = "shadow", _("Shadow")


class Status(TextChoices):
    """What a rule does at this moment; follows from its mode and its end."""

    ACTIVE = "active", _("Active")
    SHADOW = "shadow", _("Shadow")
    EXPIRED = "expired", _("Expired")


class Door(TextChoices):
    """Where the block list is asked."""

    REGISTER = "register", _("Register")
    SIGN_IN = "sign_in", _("Sign in")
    ORDER = "order", _("Order")
    TRADE_IN = "trade_in", _("Trade in")
    API = "api", _("API")


class Cover(TextChoices):
    """What blocking a customer means."""

    IDENTITIES = "identities", _("The customer, their e-mail and their phone")
    RECORD = "record", _("This record alone")
