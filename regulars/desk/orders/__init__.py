"""Orders and products in the desk: writing one down, its page, goods that come back."""
