"""What can happen to saved views."""

from regulars.timeline.events import event_kind

_NAMED = frozenset({"name"})

SAVED = event_kind("view.saved", "Saved the view “{name}”", icon="bookmark", personal=_NAMED)
CHANGED = event_kind("view.changed", "Changed the view “{name}”", icon="bookmark", personal=_NAMED)
REMOVED = event_kind("view.removed", "Deleted the view “{name}”", icon="trash", personal=_NAMED)
UNDONE = event_kind("view.undone", "Put the view “{name}” back", icon="arrow-back-up", personal=_NAMED)
