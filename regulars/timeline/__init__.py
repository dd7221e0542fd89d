"""What happened: one event with its actor for each write, and the before and after of every record it touched."""
