"""Writing invoices: the only code that changes their tables."""

from regulars.invoices.services.correcting import Difference, correct_invoices, difference_of
from regulars.invoices.services.crediting import credit_invoices
from regulars.invoices.services.drafts import (
    AlreadyInvoiced,
    Issued,
    NewInvoice,
    discard_drafts,
    edit_invoice,
    make_invoice,
)
from regulars.invoices.services.forget import forget_people, let_go
from regulars.invoices.services.from_orders import invoice_orders
from regulars.invoices.services.issuing import CannotIssue, issue_invoice, issue_invoices
from regulars.invoices.services.mailing import mail_invoices, send_invoice
from regulars.invoices.services.order_payments import copy_payments
from regulars.invoices.services.payments import CannotPay, MoreThanDue, record_payment, record_payments
from regulars.invoices.services.preferences import edit_settings
from regulars.invoices.services.reminding import remind_customers, send_reminder
from regulars.invoices.services.settling import locked
from regulars.invoices.services.undo import undo_drafts, undo_edits, undo_payments, undo_voids
from regulars.invoices.services.voiding import void_invoices

__all__ = [
    "AlreadyInvoiced",
    "CannotIssue",
    "CannotPay",
    "Difference",
    "Issued",
    "MoreThanDue",
    "NewInvoice",
    "copy_payments",
    "correct_invoices",
    "credit_invoices",
    "difference_of",
    "discard_drafts",
    "edit_invoice",
    "edit_settings",
    "forget_people",
    "invoice_orders",
    "issue_invoice",
    "issue_invoices",
    "let_go",
    "locked",
    "mail_invoices",
    "make_invoice",
    "record_payment",
    "record_payments",
    "remind_customers",
    "send_invoice",
    "send_reminder",
    "undo_drafts",
    "undo_edits",
    "undo_payments",
    "undo_voids",
    "void_invoices",
]
