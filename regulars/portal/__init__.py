"""The storefront: what customers of a store see."""
