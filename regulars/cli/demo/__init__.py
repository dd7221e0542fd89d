"""A demo store of any size: believable people of many countries, the same ones for the same seed."""
