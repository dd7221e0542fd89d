"""What a role may include about messages."""

from regulars.staff.permissions import CLERKS, EVERYONE, MANAGERS, declare

VIEW = declare("messages.view", "See messages to customers and what they agreed to", EVERYONE)
EXPORT = declare("messages.export", "Take messages out as a file", MANAGERS)
WRITE = declare("messages.write", "Write to one customer", CLERKS)
WRITE_MANY = declare("messages.write_many", "Write to many customers at once", MANAGERS)
RETRY = declare(
    "messages.retry", "Send messages again that failed, and let addresses be written to again", CLERKS
)
TEMPLATES = declare("messages.templates", "Change how messages are worded and when they are sent", MANAGERS)
SEE_CONSENTS = declare("consents.view", "See what customers agreed to, and when", EVERYONE)
EXPORT_CONSENTS = declare("consents.export", "Take what customers agreed to out as a file", MANAGERS)
# What was written and what was agreed to comes about by itself; no role makes or changes it as a record.
for _noun in ("messages", "consents"):
    for _verb in ("create", "edit"):
        declare(f"{_noun}.{_verb}", "Nobody: it comes about by itself and stays as it is", frozenset())
