"""Small shared parts that know nothing of stores or customers."""
