"""What can happen to trade-ins besides their moves, and to how customers are paid."""

from regulars.timeline.events import event_kind

CREATED = event_kind("tradein.created", "Trade-in added", icon="package")
EDITED = event_kind("tradein.edited", "Edited", icon="pencil")
UNDONE = event_kind("tradein.undone", "Undone: {what}", icon="arrow-back-up")
PAYOUT_SET = event_kind("tradein.payout_set", "Payout method set", icon="wallet")
PAYOUT_SEEN = event_kind("tradein.payout_seen", "Payout particulars looked at", icon="eye")
CUSTOMER_PAYOUT_SET = event_kind("customer.payout_set", "Payout method set", icon="wallet")
CUSTOMER_PAYOUT_SEEN = event_kind("customer.payout_seen", "Payout particulars looked at", icon="eye")
