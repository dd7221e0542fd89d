"""Saved views: a list's conditions, columns, order and look under a name, for one person, a role or the store."""
