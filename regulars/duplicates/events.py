"""What can happen to two customers that look alike. Merging itself is an event of customers."""

from regulars.timeline.events import event_kind

TOLD_APART = event_kind("duplicate.told_apart", "Not the same person as #{number}", icon="users-minus")
HOUSEHOLD = event_kind("duplicate.household", "Same household as #{number}", icon="home")
REOPENED = event_kind("duplicate.reopened", "May be the same as #{number} after all", icon="users")
