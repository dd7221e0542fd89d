"""Stores: the shops an install holds, each with its own customers and policies."""
