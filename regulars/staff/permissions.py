"""Permissions: named once, beside the roles that include them.

A part declares its permissions with `declare` when it is loaded; docs/reference is generated from here.
"""

from dataclasses import dataclass

from regulars.staff.choices import Role

OWNERS = frozenset({Role.OWNER})
MANAGERS = OWNERS | {Role.MANAGER}
CLERKS = MANAGERS | {Role.CLERK}
EVERYONE = CLERKS | {Role.VIEWER}


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a role may include: `noun.verb`, a label for people and the roles that have it."""

    name: str
    label: str
    roles: frozenset[Role]


_declared: dict[str, Permission] = {}


def declare(name: str, label: str, roles: frozenset[Role]) -> str:
    """Make a permission known and return its name. Declaring the same name twice differently is a mistake."""
    permission = Permission(name, label, frozenset(roles))
    if _declared.setdefault(name, permission) != permission:
        raise ValueError(f"The permission {name} is declared twice with different roles.")
    return name


def all_permissions() -> list[Permission]:
    """Every declared permission, by name."""
    return [_declared[name] for name in sorted(_declared)]


def permissions_of(role: str) -> frozenset[str]:
    """The names of the permissions a role includes."""
    return frozenset(name for name, permission in _declared.items() if role in permission.roles)


STORE_MANAGE = declare("store.manage", "Change the settings of the store", OWNERS)
STAFF_VIEW = declare("staff.view", "See who works for the store", MANAGERS)
STAFF_MANAGE = declare("staff.manage", "Invite people, change roles, end access", OWNERS)
TOKENS_MANAGE = declare("tokens.manage", "Create and end API tokens", OWNERS)
OUTBOX_VIEW = declare(
    "outbox.view", "Read messages that were not sent because no mail provider is set", MANAGERS
)
AUDIT_VIEW = declare("audit.view", "See everything that happened in the store", MANAGERS)
