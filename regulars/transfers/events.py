"""What can happen to imports and exports."""

from regulars.timeline.events import event_kind

UPLOADED = event_kind("import.uploaded", "Uploaded {file}", icon="file-import")
IMPORTED = event_kind("import.ran", "Imported {file}", icon="file-import")
CANCELLED = event_kind("import.cancelled", "Asked to stop the import of {file}", icon="player-stop")
RETRIED = event_kind("import.retried", "Took the import of {file} up again", icon="player-play")
DISCARDED = event_kind("import.discarded", "Threw the import of {file} away", icon="trash")
EXPORTED = event_kind("export.made", "Took {resource} out as {format}", icon="file-export")
