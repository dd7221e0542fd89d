"""What the store offers."""
