"""Signing in and what a person looks after about themselves."""
