from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class InvoiceKind(TextChoices):
    """A purchase note is the bill that the store writes itself for what a customer sold to it."""

    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    PURCHASE_NOTE = "purchase_note", _("Purchase note")


class InvoiceState(TextChoices):
    """What is stored. Whether an open invoice is overdue follows from its due date."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PARTLY_PAID = "partly_paid", _("Partly paid")
    PAID = "paid", _("Paid")
    VOID = "void", _("Void")


class InvoiceStatus(TextChoices):
    """What people see and ask for."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    PARTLY_PAID = "partly_paid", _("Partly paid")
    OVERDUE = "overdue", _("Overdue")
    PAID = "paid", _("Paid")
    VOID = "void", _("Void")


class PaymentMethod(TextChoices):
    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    TRANSFER = "transfer", _("Bank transfer")
    PAYPAL = "paypal", _("PayPal")
    STORE_CREDIT = "store_credit", _("Store credit")
    CREDIT_NOTE = "credit_note", _("Credit note")
    OTHER = "other", _("Other")


class Source(TextChoices):
    """What an invoice was made from; empty for those made by hand."""

    ORDER = "order", _("Order")
    TRADE_IN = "tradein", _("Trade-in")


OUTSTANDING = (InvoiceState.OPEN.value, InvoiceState.PARTLY_PAID.value)
ISSUED = (*OUTSTANDING, InvoiceState.PAID.value)
