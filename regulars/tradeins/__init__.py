"""Trade-ins: what the shop buys from its customers, at the counter and by post."""
