"""Offers: what a shop gives its customers, to whom it was sent, and what they made of it."""
