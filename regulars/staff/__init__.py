"""Staff: people who work for a store, their roles and permissions, invitations and API tokens."""
