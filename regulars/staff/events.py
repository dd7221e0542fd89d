"""What can happen to the people and keys of a store."""

from regulars.kit.words import Words
from regulars.staff.choices import Role
from regulars.timeline.events import event_kind

_NAMED = frozenset({"email"})


def _called(role: str) -> Words:
    return Role(role).label if role in Role.values else role


_ROLE = {"role": _called}

STAFF_INVITED = event_kind(
    "staff.invited", "Invited {email} as {role}", icon="mail", personal=_NAMED, labels=_ROLE
)
STAFF_REINVITED = event_kind("staff.reinvited", "Sent {email} a new invitation", icon="mail", personal=_NAMED)
STAFF_UNINVITED = event_kind(
    "staff.uninvited", "Withdrew the invitation of {email}", icon="mail-off", personal=_NAMED
)
STAFF_JOINED = event_kind(
    "staff.joined", "{email} joined as {role}", icon="user-plus", personal=_NAMED, labels=_ROLE
)
STAFF_ROLE_CHANGED = event_kind(
    "staff.role_changed", "Made {email} {role}", icon="user-cog", personal=_NAMED, labels=_ROLE
)
STAFF_REMOVED = event_kind("staff.removed", "Ended the access of {email}", icon="user-minus", personal=_NAMED)
STAFF_DEACTIVATED = event_kind(
    "staff.deactivated", "Switched off the sign-in of {email}", icon="user-off", personal=_NAMED
)
STAFF_ACTIVATED = event_kind(
    "staff.activated", "Switched the sign-in of {email} on again", icon="user-check", personal=_NAMED
)
TOKEN_CREATED = event_kind("token.created", "Made the API token “{name}” as {role}", icon="key", labels=_ROLE)
TOKEN_REVOKED = event_kind("token.revoked", "Ended the API token “{name}”", icon="key-off")
