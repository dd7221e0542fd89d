"""What can happen between a shop and a customer in writing."""

from regulars.timeline.events import event_kind

SENT = event_kind("message.sent", "Sent: {message}", icon="mail")
WITHHELD = event_kind("message.withheld", "Not sent: {message} ({why})", icon="mail-off")
FAILED = event_kind("message.failed", "Could not be sent: {message} ({why})", icon="mail-off")
BOUNCED = event_kind("message.bounced", "Came back: {message}", icon="mail-off")
COMPLAINED = event_kind("message.complained", "Marked as spam: {message}", icon="mail-off")
TEMPLATE_EDITED = event_kind("message.template_edited", "Wording changed: {message}", icon="edit")
SETTINGS_EDITED = event_kind("message.settings_edited", "Settings of messages changed", icon="settings")
