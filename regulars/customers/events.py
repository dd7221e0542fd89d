"""What can happen to a customer."""

from regulars.timeline.events import event_kind

CREATED = event_kind("customer.created", "Added", icon="user-plus")
IMPORTED = event_kind("customer.imported", "Came in with a file", icon="file-import")
CHANGED_BY_FILE = event_kind("customer.changed_by_file", "Changed by a file", icon="file-import")
IMPORT_UNDONE = event_kind(
    "customer.import_undone", "Removed again: the file it came in with was taken back", icon="arrow-back-up"
)
EDITED = event_kind("customer.edited", "Changed", icon="pencil")
ARCHIVED = event_kind("customer.archived", "Archived", icon="archive")
RESTORED = event_kind("customer.restored", "Restored from the archive", icon="restore")
DEACTIVATED = event_kind("customer.deactivated", "Deactivated: data kept, cannot sign in", icon="user-off")
ACTIVATED = event_kind("customer.activated", "Activated", icon="user-check")
TAGGED = event_kind("customer.tagged", "Tags changed", icon="tag")
GROUPED = event_kind("customer.grouped", "Group changed", icon="users-group")
LANGUAGE_SET = event_kind("customer.language_set", "Language changed", icon="world")
# Which words somebody agreed to, as a colleague wrote them down: a name may stand among them.
_WORDING = frozenset({"wording"})
SUBSCRIBED = event_kind("customer.subscribed", "Newsletter: subscribed", icon="mail-check", personal=_WORDING)
UNSUBSCRIBED = event_kind("customer.unsubscribed", "Newsletter: unsubscribed", icon="mail-off")
SUMMARY_SUBSCRIBED = event_kind(
    "customer.summary_subscribed", "Points summary: subscribed", icon="mail-check", personal=_WORDING
)
SUMMARY_UNSUBSCRIBED = event_kind(
    "customer.summary_unsubscribed", "Points summary: unsubscribed", icon="mail-off"
)
SMS_SUBSCRIBED = event_kind(
    "customer.sms_subscribed", "Text messages: agreed to", icon="mail-check", personal=_WORDING
)
SMS_UNSUBSCRIBED = event_kind("customer.sms_unsubscribed", "Text messages: no more", icon="mail-off")
FLAGGED = event_kind("customer.flagged", "Flag changed", icon="flag")
FLAG_REVIEWED = event_kind("customer.flag_reviewed", "Flag looked at and kept", icon="flag-check")
ANONYMISED = event_kind("customer.anonymised", "Anonymised: all personal data removed", icon="user-x")
DELETED = event_kind("customer.deleted", "Customer #{number} deleted with all personal data", icon="trash")
ADDRESS_ADDED = event_kind("customer.address_added", "Address added", icon="map-pin")
ADDRESS_EDITED = event_kind("customer.address_edited", "Address changed", icon="map-pin")
ADDRESS_REMOVED = event_kind("customer.address_removed", "Address removed", icon="map-pin-off")
ADDRESS_MADE_MAIN = event_kind("customer.address_made_main", "Main address swapped", icon="map-pin-star")
MERGED = event_kind("customer.merged", "Merged: #{number} went into this customer", icon="arrow-merge")
MERGED_AWAY = event_kind("customer.merged_away", "Merged into #{into}", icon="arrow-merge")
UNMERGED = event_kind(
    "customer.unmerged", "Split again: #{number} is a customer of its own", icon="arrows-split"
)
NOTED = event_kind("customer.noted", "Note written", icon="note", personal=frozenset({"body"}))
NOTE_EDITED = event_kind("customer.note_edited", "Note changed", icon="note", personal=frozenset({"body"}))
NOTE_PINNED = event_kind("customer.note_pinned", "Note pinned", icon="pin")
NOTE_UNPINNED = event_kind("customer.note_unpinned", "Note unpinned", icon="pinned-off")
NOTE_REMOVED = event_kind("customer.note_removed", "Note removed", icon="note-off")
GROUP_CREATED = event_kind("group.created", "Group added: {name}", icon="users-group")
UNDONE = event_kind(
    "customer.undone", "Undone: {what}", icon="arrow-back-up", personal=frozenset({"what", "undone_data"})
)
ADDRESS_UNDONE = event_kind("customer.address_undone", "Undone: a change of an address", icon="arrow-back-up")
MAIN_ADDRESS_UNDONE = event_kind(
    "customer.main_address_undone", "Undone: main address swapped", icon="arrow-back-up"
)
NOTE_UNDONE = event_kind(
    "customer.note_undone", "Undone: a change of a note", icon="arrow-back-up", personal=frozenset({"body"})
)
