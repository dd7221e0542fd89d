"""Every file that a merchant brings becomes a table of texts."""
