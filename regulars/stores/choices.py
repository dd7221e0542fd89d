from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeletePolicy(TextChoices):
    """What a store allows when a customer is to be taken out for good."""

    ALWAYS = "always", _("Delete any customer, with their orders")
    WITHOUT_ORDERS = "without_orders", _("Delete only without purchases, else anonymise")
    NEVER = "never", _("Never delete, only archive or anonymise")
