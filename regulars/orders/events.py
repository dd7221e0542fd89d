"""What can happen to orders and products."""

from regulars.timeline.events import event_kind

PLACED = event_kind("order.placed", "Order {number} placed", icon="shopping-cart")
IMPORTED = event_kind("order.imported", "Came in with a file", icon="file-import")
CHANGED_BY_FILE = event_kind("order.changed_by_file", "Changed by a file", icon="file-import")
IMPORT_UNDONE = event_kind(
    "order.import_undone", "Taken back, with the import that brought it", icon="arrow-back-up"
)
REMOVED = event_kind("order.removed", "Order {number} taken back", icon="trash")
EDITED = event_kind("order.edited", "Order changed", icon="pencil")
COMPLETED = event_kind("order.completed", "Order completed", icon="circle-check")
CANCELLED = event_kind("order.cancelled", "Order cancelled", icon="circle-x")
REOPENED = event_kind("order.reopened", "Order reopened", icon="restore")
MOVED = event_kind("order.moved", "Moved from customer #{giver} to #{taker}", icon="arrow-right")
PAID = event_kind("order.paid", "Payment: {amount}", icon="cash", personal=frozenset({"reference"}))
UNPAID = event_kind(
    "order.unpaid", "Payment taken back: {amount}", icon="arrow-back-up", personal=frozenset({"reference"})
)
RETURNED = event_kind(
    "order.returned", "Returned: {items}, {amount} refunded", icon="package-import",
    personal=frozenset({"reason"}),
)  # fmt: skip
KEPT = event_kind(
    "order.kept", "Return taken back: {items}, {amount}", icon="arrow-back-up", personal=frozenset({"reason"})
)
DELETED = event_kind("order.deleted", "Order {number} deleted", icon="trash")
UNDONE = event_kind(
    "order.undone", "Undone: {what}", icon="arrow-back-up", personal=frozenset({"what", "undone_data"})
)

AGREED = event_kind(
    "customer.agreed",
    "Newsletter: ticked with order {number}, agreed to from the mailbox: “{wording}”",
    icon="mail-check",
)

PRODUCT_CREATED = event_kind("product.created", "Product added", icon="package")
PRODUCT_EDITED = event_kind("product.edited", "Product changed", icon="pencil")
PRODUCT_ARCHIVED = event_kind("product.archived", "Product archived", icon="archive")
PRODUCT_RESTORED = event_kind("product.restored", "Product offered again", icon="restore")
PRODUCT_REMOVED = event_kind("product.removed", "Product removed again", icon="trash")

DRIFTED = event_kind(
    "figures.drifted",
    "The nightly count put right {customers} customers and {orders} orders",
    icon="alert-triangle",
)
