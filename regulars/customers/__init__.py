"""Customers: people and companies known to a store."""
