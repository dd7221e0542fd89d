"""What owners look after: the store, its people, API tokens and kept mail."""
