"""Reports: what a store's customers and orders add up to, and how each customer compares with the others."""
