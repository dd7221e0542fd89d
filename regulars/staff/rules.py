"""Who may give which role, and how secrets are kept."""

import hashlib
import secrets

from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid, NotAllowed
from regulars.staff.choices import Role

_RANK = {Role.VIEWER: 0, Role.CLERK: 1, Role.MANAGER: 2, Role.OWNER: 3}


def known_role(role: str) -> Role:
    """The role with this name. Raises `Invalid`."""
    if role not in Role.values:
        raise Invalid(_("Choose one of the roles: ") + ", ".join(Role.values) + ".", field="role")
    return Role(role)


def check_may_give(*, own: str, role: Role) -> None:
    """Nobody gives more than they have. The install itself (no role of its own) may give any."""
    if own and _RANK[known_role(own)] < _RANK[role]:
        raise NotAllowed(
            _("You cannot give the role %(label)s: it is above your own.") % {"label": role.label}
        )


def new_secret() -> str:
    """A secret that cannot be guessed (256 bits), safe in a link."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """What is kept of a secret. A plain digest is enough: secrets are random, not chosen words."""
    return hashlib.sha256(secret.encode()).hexdigest()
