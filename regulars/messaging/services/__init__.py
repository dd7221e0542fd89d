"""Writing to customers: the only code that changes the tables of messages."""

from regulars.messaging.choices import News
from regulars.messaging.services.again import lift_stops, try_again
from regulars.messaging.services.agreeing import set_agreements
from regulars.messaging.services.by_hand import admit_writing, preview_writing, write_to
from regulars.messaging.services.delivering import deliver_due
from regulars.messaging.services.evidence import keep_brought, keep_changes, keep_merged
from regulars.messaging.services.leaving import come_back, leave, read_way, unsubscribe_url
from regulars.messaging.services.people import forget_people, remove_messages
from regulars.messaging.services.queueing import Wanted, send, send_many
from regulars.messaging.services.reporting import Report, take_report
from regulars.messaging.services.secret import send_secret
from regulars.messaging.services.wording import (
    Shown,
    check_words,
    edit_settings,
    edit_template,
    preview_wording,
    reset_template,
)

__all__ = [
    "News",
    "Report",
    "Shown",
    "Wanted",
    "admit_writing",
    "check_words",
    "come_back",
    "deliver_due",
    "edit_settings",
    "edit_template",
    "forget_people",
    "keep_brought",
    "keep_changes",
    "keep_merged",
    "leave",
    "lift_stops",
    "preview_wording",
    "preview_writing",
    "read_way",
    "remove_messages",
    "reset_template",
    "send",
    "send_many",
    "send_secret",
    "set_agreements",
    "take_report",
    "try_again",
    "unsubscribe_url",
    "write_to",
]
