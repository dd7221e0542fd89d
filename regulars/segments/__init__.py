"""Segments: named sets of customers, by a rule that is always asked anew, or by hand."""
