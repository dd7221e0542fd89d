"""What can happen to the store credit of a customer."""

from regulars.timeline.events import event_kind

ADDED = event_kind(
    "credit.added", "{amount} store credit added{because}", icon="wallet", personal=frozenset({"because"})
)
TAKEN = event_kind(
    "credit.taken", "{amount} store credit taken{because}", icon="wallet", personal=frozenset({"because"})
)
REVERSED = event_kind("credit.reversed", "Taken back: {amount} of store credit", icon="arrow-back-up")
