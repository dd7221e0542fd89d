"""What can happen to requests about personal data, to rules of keeping, and to customers through them."""

from regulars.timeline.events import event_kind

ASKED = event_kind("privacy.asked", "Asked for: {what}", icon="shield-check", words=frozenset({"what"}))
# The same in the history of the request itself, which begins with it.
MADE = event_kind("privacy.made", "Asked for: {what}", icon="shield-check", words=frozenset({"what"}))
CONFIRMED = event_kind("privacy.confirmed", "Erasure confirmed, to be done on {day}", icon="shield-check")
VERIFIED = event_kind(
    "privacy.verified", "Identity checked: {how}", icon="shield-check", words=frozenset({"how", "what"})
)
TAKEN = event_kind("privacy.taken", "{who} takes care of it", icon="user")
EXTENDED = event_kind("privacy.extended", "More time taken, until {day}", icon="history")
DONE = event_kind("privacy.done", "Done: {what}", icon="circle-check", words=frozenset({"what"}))
REFUSED = event_kind("privacy.refused", "Turned down: {what}", icon="ban", words=frozenset({"what"}))
WITHDRAWN = event_kind(
    "privacy.withdrawn", "Withdrawn: {what}", icon="arrow-back-up", words=frozenset({"what"})
)
COPIED = event_kind("privacy.copied", "Copy of all data made", icon="download")
FETCHED = event_kind("privacy.fetched", "Copy of all data downloaded", icon="download")
WARNED = event_kind("privacy.warned", "Told that they will be forgotten on {day}", icon="mail")
SPARED = event_kind("privacy.spared", "Not forgotten after all: {why}", icon="circle-check")
SETTINGS_EDITED = event_kind("privacy.settings_edited", "Settings of privacy changed", icon="settings")
RULE_ADDED = event_kind("retention.added", "Rule of keeping added: {rule}", icon="history")
RULE_EDITED = event_kind("retention.edited", "Rule of keeping changed: {rule}", icon="pencil")
RULE_REMOVED = event_kind("retention.removed", "Rule of keeping removed: {rule}", icon="trash")
RULE_ON = event_kind(
    "retention.switched_on", "Rule of keeping on, for {count} customers: {rule}", icon="history"
)
RULE_OFF = event_kind("retention.switched_off", "Rule of keeping off: {rule}", icon="history")
SWEPT = event_kind("retention.swept", "Forgotten because nothing was heard: {rule}", icon="history")
