"""Two people changed the same field of a record at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regulars.kit.errors import Refused


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
            f"{who} changed {fields} while you were editing. Look at both values and save again."
        )
        self.conflicts = conflicts
        self.version = version
        self.own = frozenset(own)
