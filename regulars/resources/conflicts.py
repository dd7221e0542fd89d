"""Two people changed the same field of a record at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.kit.errors import Refused
from regulars.stores.models import Store
from regulars.timeline.queries import happenings_since


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that somebody else changed meanwhile to another value than ours."""

    field: str
    theirs: Any
    by: str
    at: datetime


class UnknownVersion(Refused):
    """The change is based on a version the record does not have yet, so nobody can tell what it would undo."""

    code = "unknown_version"


class EditConflict(Refused):
    """Somebody else changed the same fields since the person began to edit. Nothing was written.

    `own` names all fields the person really changed; whatever else their form holds is old and must not be sent again.
    """

    code = "edit_conflict"

    def __init__(self, conflicts: list[Conflict], version: int, own: Iterable[str]) -> None:
        who = ", ".join(sorted({conflict.by for conflict in conflicts}))
        fields = ", ".join(conflict.field for conflict in conflicts)
        super().__init__(
            _("%(who)s changed %(fields)s while you were editing. Look at both values and save again.")
            % {"who": who, "fields": fields}
        )
        self.conflicts = conflicts
        self.version = version
        self.own = frozenset(own)


def own_changes(
    *,
    store: Store,
    record_id: UUID,
    noun: str,
    version: int,
    current: Mapping[str, Any],
    changed: Mapping[str, Any],
    base_version: int | None,
    as_json: Callable[[Any], Any],
) -> dict[str, Any]:
    """The fields a person really changed of those that differ from the `current` ones of the locked record.

    Raises `EditConflict` where others changed them differently since `base_version`, and `UnknownVersion`.
    """
    if base_version is not None and base_version > version:  # after a restore, or made up
        raise UnknownVersion(
            _("This %(noun)s is at version %(version)s. Look at it again, then change it.")
            % {"noun": noun, "version": version}
        )
    if base_version is None or base_version == version or not changed:
        return dict(changed)
    base: dict[str, Any] = {}
    latest: dict[str, tuple[str, datetime]] = {}
    for happening in happenings_since(store=store, record_id=record_id, version=base_version):
        for name, value in happening.before.items():
            base.setdefault(name, value)
            latest[name] = (happening.actor_name, happening.at)
    own = {name: value for name, value in changed.items() if name not in base or as_json(value) != base[name]}
    conflicts = [Conflict(name, as_json(current[name]), *latest[name]) for name in own if name in base]
    if conflicts:
        raise EditConflict(conflicts, version, own)
    return own
