"""What can happen to imports and exports."""

from regulars.kit.words import Words
from regulars.resources.resource import all_resources
from regulars.timeline.events import event_kind


def _called(resource: str) -> Words:
    """What to call a kind of record; one of a part that was taken out since still shows its name."""
    known = {one.name: one.label for one in all_resources()}
    return known.get(resource, resource)


UPLOADED = event_kind("import.uploaded", "Uploaded {file}", icon="file-import")
IMPORTED = event_kind("import.ran", "Imported {file}", icon="file-import")
CANCELLED = event_kind("import.cancelled", "Asked to stop the import of {file}", icon="player-stop")
RETRIED = event_kind("import.retried", "Took the import of {file} up again", icon="player-play")
DISCARDED = event_kind("import.discarded", "Threw the import of {file} away", icon="trash")
PROFILE_KEPT = event_kind("import_profile.kept", "Kept the import profile “{name}”", icon="bookmark")
PROFILE_REMOVED = event_kind("import_profile.removed", "Deleted the import profile “{name}”", icon="trash")
EXPORTED = event_kind(
    "export.made", "Took {resource} out as {format}", icon="file-export", labels={"resource": _called}
)

_NAMED = frozenset({"name"})
EXPORT_SAVED = event_kind("saved_export.saved", "Saved the export “{name}”", icon="bookmark", personal=_NAMED)
EXPORT_CHANGED = event_kind(
    "saved_export.changed", "Changed the saved export “{name}”", icon="bookmark", personal=_NAMED
)
EXPORT_REMOVED = event_kind(
    "saved_export.removed", "Deleted the saved export “{name}”", icon="trash", personal=_NAMED
)
EXPORT_UNDONE = event_kind(
    "saved_export.undone", "Put the saved export “{name}” back", icon="arrow-back-up", personal=_NAMED
)
