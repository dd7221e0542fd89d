"""Invoices: numbered without gaps, with lines and taxes, paid in parts; credit notes and purchase notes beside them."""
