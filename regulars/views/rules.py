"""What a view may be called and how it may look."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from regulars.kit.errors import Invalid
from regulars.kit.text import storable
from regulars.staff.choices import Role
from regulars.views.choices import Density, Scope

MAX_NAME = 80
MOST_VIEWS = 200
NARROWEST, WIDEST = 40, 800
# What a view shows and how; the facts about it are its name and for whom it is.
LOOK = ("tab", "q", "where", "sort", "columns", "widths", "size", "density")
ABOUT = ("name", "scope", "role", "owner_id", "owner_name")


def clean_name(name: str) -> str:
    """The name on one line. Raises `Invalid`."""
    name = " ".join(storable(name).split())
    if not name:
        raise Invalid(_("Give the view a name."), field="name")
    if len(name) > MAX_NAME:
        raise Invalid(
            _("A name can be %(max_name)s characters long; this one has %(count)s.")
            % {"max_name": MAX_NAME, "count": f"{len(name):,}"},
            field="name",
        )
    return name


def clean_scope(scope: str, role: str) -> tuple[Scope, str]:
    """For whom the view is, and the role when it is for one. Raises `Invalid`."""
    if scope not in Scope.values:
        raise Invalid(_("Choose one of: ") + ", ".join(Scope.values) + ".", field="scope")
    if scope != Scope.ROLE:
        return Scope(scope), ""
    if role not in Role.values:
        raise Invalid(_("Choose one of the roles: ") + ", ".join(Role.values) + ".", field="role")
    return Scope.ROLE, role


def clean_density(density: str) -> str:
    """Compact, normal, cosy, or empty: as the person likes. Raises `Invalid`."""
    if density and density not in Density.values:
        raise Invalid(_("Choose one of: ") + ", ".join(Density.values) + ".", field="density")
    return density


def clean_widths(widths: Mapping[str, Any], columns: list[str]) -> dict[str, int]:
    """The widths in pixels of columns that the view shows, within reason."""
    return {
        name: int(max(NARROWEST, min(width, WIDEST)))
        for name, width in widths.items()
        if name in columns and isinstance(width, int | float) and not isinstance(width, bool)
    }


def copy_name(name: str, taken: set[str]) -> str:
    """ "Paris VIPs 2": the next free name like this one; `taken` holds names in lower case."""
    number = 2
    while True:
        ending = f" {number}"
        copied = name[: MAX_NAME - len(ending)] + ending
        if copied.lower() not in taken:
            return copied
        number += 1
