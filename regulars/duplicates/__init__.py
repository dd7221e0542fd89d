"""Duplicates: who may be the same person, what staff decided about it, and merging with a way back."""
