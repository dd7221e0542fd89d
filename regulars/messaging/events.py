"""What can happen between a shop and a customer in writing."""

from regulars.timeline.events import event_kind

# Providers write addresses into their reasons.
_WHY = frozenset({"why"})
_MESSAGE = frozenset({"message"})

SENT = event_kind("message.sent", "Sent: {message}", icon="mail", words=_MESSAGE)
WITHHELD = event_kind(
    "message.withheld", "Not sent: {message} ({why})", icon="mail-off", personal=_WHY, words=_MESSAGE
)
FAILED = event_kind(
    "message.failed", "Could not be sent: {message} ({why})", icon="mail-off", personal=_WHY, words=_MESSAGE
)
BOUNCED = event_kind(
    "message.bounced", "Came back: {message} ({why})", icon="mail-off", personal=_WHY, words=_MESSAGE
)
COMPLAINED = event_kind(
    "message.complained", "Marked as spam: {message}", icon="mail-off", personal=_WHY, words=_MESSAGE
)
TEMPLATE_EDITED = event_kind(
    "message.template_edited", "Wording changed: {message}", icon="edit", words=_MESSAGE
)
SETTINGS_EDITED = event_kind("message.settings_edited", "Settings of messages changed", icon="settings")
TRIED_AGAIN = event_kind(
    "message.tried_again", "To be sent once more: {message}", icon="mail", words=_MESSAGE
)
STOP_LIFTED = event_kind("message.stop_lifted", "Messages may go to their address again", icon="mail-check")
WRITTEN = event_kind(
    "message.written", "Written to by hand: {subject}", icon="mail", personal=frozenset({"subject"})
)
TEMPLATE_RESET = event_kind(
    "message.template_reset", "First wording again: {message}", icon="arrow-back-up", words=_MESSAGE
)
