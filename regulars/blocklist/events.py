"""What can happen to rules of the block list, and to customers through them."""

from regulars.timeline.events import event_kind

ADDED = event_kind("block.added", "Rule added", icon="ban")
CHANGED = event_kind("block.changed", "Rule changed", icon="pencil")
REMOVED = event_kind("block.removed", "Rule removed", icon="trash")
RESTORED = event_kind("block.restored", "Rule brought back", icon="restore")
CUSTOMER_BLOCKED = event_kind(
    "customer.blocked", "Blocked{because}", icon="ban", personal=frozenset({"because"})
)
CUSTOMER_UNBLOCKED = event_kind("customer.unblocked", "Unblocked", icon="lock-open")
