"""Basket, checkout and the order that comes of it."""
