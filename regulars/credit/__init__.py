"""Store credit: what the shop owes its customers, kept as a ledger."""
