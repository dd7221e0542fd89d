"""What can happen to invoices."""

from regulars.timeline.events import event_kind

DRAFTED = event_kind("invoice.drafted", "Draft made", icon="receipt")
EDITED = event_kind("invoice.edited", "Changed", icon="pencil")
DISCARDED = event_kind("invoice.discarded", "Draft discarded", icon="trash")
ISSUED = event_kind("invoice.issued", "Issued as {number}", icon="receipt")
PAID = event_kind("invoice.paid", "Payment of {amount} recorded", icon="wallet")
CREDITED = event_kind("invoice.credited", "Credited {amount} by {number}", icon="arrow-back-up")
PAYMENT_REMOVED = event_kind(
    "invoice.payment_removed", "Payment of {amount} taken back", icon="arrow-back-up"
)
VOIDED = event_kind("invoice.voided", "Made void: {reason}", icon="ban")
REOPENED = event_kind("invoice.reopened", "In force again", icon="restore")
MAILED = event_kind("invoice.mailed", "Mailed to {email}", icon="mail", personal=frozenset({"email"}))
REMINDED = event_kind(
    "invoice.reminded", "Reminder mailed to {email}", icon="clock", personal=frozenset({"email"})
)
SETTINGS_EDITED = event_kind("invoice_settings.edited", "Changed settings of invoices", icon="settings")
