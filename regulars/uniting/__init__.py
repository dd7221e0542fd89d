"""One person with two accounts makes them one, having proven both mailboxes. Above accounts, duplicates and privacy,
which know nothing of one another."""
