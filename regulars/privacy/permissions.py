"""What a role may include about privacy."""

from regulars.staff.permissions import CLERKS, EVERYONE, MANAGERS, declare

VIEW = declare("privacy_requests.view", "See requests about personal data", EVERYONE)
CREATE = declare("privacy_requests.create", "Note a request about personal data", CLERKS)
HANDLE = declare("privacy_requests.handle", "Take care of requests: check who asks, take more time", MANAGERS)
CLOSE = declare("privacy_requests.close", "Carry requests about personal data out, turn them down", MANAGERS)
EXPORT = declare("privacy_requests.export", "Take requests about personal data out as a file", MANAGERS)
COPY = declare("privacy.copy", "Make and download a copy of everything about a customer", MANAGERS)
SETTINGS = declare("privacy.settings", "Change what the store promises about personal data", MANAGERS)
RETENTION = declare("privacy.retention", "Change how long customers are kept, and switch that on", MANAGERS)
declare("privacy_requests.edit", "Nobody: a request stays as it was made", frozenset())
