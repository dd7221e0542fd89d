from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Source(TextChoices):
    """Where an entry of the ledger came from."""

    HAND = "hand", _("By hand")
    TRADE_IN = "trade_in", _("Trade-in")
    ORDER = "order", _("Order")
    INVOICE = "invoice", _("Invoice")
    REVERSAL = "reversal", _("Taken back")
