"""Who is doing it. Every service takes an actor; every event keeps one."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.kit.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or machine at work in one store.

    `kind` is staff, api, system or customer; `surface` is where the work came from (desk, api, cli, import,
    worker). `permissions` are the names the role grants in the store the actor was made for.
    """

    kind: str
    name: str
    id: UUID | None = None
    role: str = ""
    surface: str = "desk"
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """True when the role grants the permission; the empty permission is everybody's."""
        return not permission or permission in self.permissions or "*" in self.permissions

    def require(self, permission: str) -> None:
        """Refuse unless the role grants the permission."""
        if not self.may(permission):
            raise NotAllowed(
                _(
                    "Your role does not include “%(permission)s”. An owner or manager of the store can do this."
                )
                % {"permission": permission}
            )

    def as_json(self) -> dict[str, Any]:
        """Who asked, as the arguments of a run keep it; what the role grants is looked up again by then."""
        return {"kind": self.kind, "id": str(self.id) if self.id else None, "name": self.name}


def system(name: str = "Regulars", *, surface: str = "worker") -> Actor:
    """The install itself: the worker, a command of the person at the machine, the demo."""
    return Actor(kind="system", name=name, surface=surface, permissions=frozenset({"*"}))
