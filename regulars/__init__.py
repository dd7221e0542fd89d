"""Regulars: the customer desk for merchants."""

__version__ = "0.1.0"
