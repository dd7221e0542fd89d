from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a customer's record stands. `blocked` is a thing of its own, not a state."""

    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    ARCHIVED = "archived", _("Archived")
    ANONYMISED = "anonymised", _("Anonymised")


class Flag(TextChoices):
    """How much a store trusts a customer."""

    NONE = "none", _("No flag")
    TRUSTED = "trusted", _("Trusted")
    MONITOR = "monitor", _("Monitor")
    HIGH_RISK = "high_risk", _("High risk")


class LifeStage(TextChoices):
    """Computed from a customer's orders and the store's thresholds, never typed."""

    POTENTIAL = "potential", _("Potential")
    NEW = "new", _("New")
    CUSTOMER = "customer", _("Customer")
    LOYAL = "loyal", _("Loyal")
    AT_RISK = "at_risk", _("At risk")
    LAPSED = "lapsed", _("Lapsed")


class PayoutKind(TextChoices):
    """How a customer is paid."""

    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    PAYPAL = "paypal", _("PayPal")
    CHEQUE = "cheque", _("Paper cheque")
    CASH = "cash", _("Cash in store")
    STORE_CREDIT = "store_credit", _("Store credit")
    POINTS = "points", _("Points")
