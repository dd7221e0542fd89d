"""What a resource declares to be importable: how its rows are matched with what is stored, and how they are written.

Reading the file, finding the columns, the batches, duplicates within one file, progress and resuming belong to
transfers and are the same for every resource.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from regulars.kit.words import Words
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """How rows of another system's file that are one record are made one.

    Rows in a row with the same cell under the header `key` are one; the cells under the headers `parts` make, by the
    names given there, an object for each of the rows; the objects are a list in one more column with the header `into`.
    """

    key: str
    parts: Mapping[str, str]
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """The file of another system, recognised when all of `headers` are there (compared by `header_key`).

    `columns` says what its headers become where that differs from the fields' own aliases ("" leaves one out);
    `transforms` rewrite the cells of a header first; `fold` says which rows are one.
    """

    name: str
    label: Words
    headers: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    transforms: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    fold: Fold | None = None


@dataclass(slots=True)
class Candidate:
    """One row of a file whose cells could all be read: the values of its non-empty cells by field name.

    `choice` is how a person settled a clash of this row: the value of one of its options.
    """

    line: int
    values: dict[str, Any]
    choice: str = ""


class Verdict(StrEnum):
    """What becomes of a row: a clash waits for a person, a skipped one is left out on purpose, a failed is wrong."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    CLASH = "clash"
    SKIPPED = "skipped"
    FAILED = "failed"


class Mark(StrEnum):
    """What a person may want to treat apart about the record that a row is about."""

    ARCHIVED = "archived"
    INACTIVE = "inactive"
    BLOCKED = "blocked"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Option:
    """A way to settle a clash. `skip` is always there and not listed. A value with a colon names a record."""

    value: str
    label: str

    @property
    def names_record(self) -> bool:
        """Whether the row is said to be about one record."""
        return ":" in self.value


SKIP = "skip"
APART = "apart"  # another person than the one who has the same e-mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """How rows are compared with what is stored, as far as a person can choose it.

    `match` are the keys a row is looked for by, in order (empty: all of the resource's own); `shared_mail` says what a
    row with the e-mail of somebody of another name is: ask, same (person) or apart.
    """

    match: tuple[str, ...] = ()
    shared_mail: str = "ask"


@dataclass(slots=True)
class Decision:
    """What a row would do to the records that are stored.

    `own` are the keys by which the row was looked for, in their order, also when it is not to be written: a later row
    of the file that looks for a key in the `known_by` of an earlier one is about that one's record. Those are all keys
    by which the record can be found before or after the write. `alike` are the keys of stored records that look like a
    new row which names none: as many such rows are those records, and change nothing.
    `together` are values of which all change or none: when the plan keeps one of them, they all stay.
    `found` are the marks of the matched record; `options` the ways to settle a clash.
    """

    verdict: Verdict
    own: tuple[str, ...] = ()
    known_by: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    together: frozenset[str] = frozenset()
    record_id: UUID | None = None
    version: int = 0
    field: str = ""
    sentence: str = ""
    found: tuple[Mark, ...] = ()
    options: tuple[Option, ...] = ()


class Overtaken(Exception):
    """Somebody else changed a matched record between the decision and the write; decide again."""


class Decide(Protocol):
    """Compare rows with what is stored; writes nothing. One decision per candidate, in order."""

    def __call__(
        self, *, store: Store, candidates: Sequence[Candidate], matching: Matching, context: Context
    ) -> list[Decision]: ...


class Write(Protocol):
    """Carry out new and changed decisions in the caller's transaction, with their history.

    Raises `Overtaken`, and the database's IntegrityError when somebody else made the same record meanwhile.
    """

    def __call__(
        self, *, store: Store, decisions: Sequence[Decision], change_set: OpenChangeSet, now: datetime
    ) -> None: ...


Cleaner = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """How a resource comes in from files.

    `identifying` are the fields of which a file needs at least one. `cleaner` may give a field another way to read a
    cell than the form has (None: the field's own). `numbering` is the field with numbers that are also given out
    automatically, of which `counted` says how high one is; `reserve` keeps automatic ones above the highest of the
    file. `origin` is the field that says which system a record came from; a file that does not say it is of the system
    it was recognised as, else "import". `sample` rows fill the template. `matched_by` are the keys a person may choose
    and order; `columns_of` gives the names in a decision's values that a field becomes; `revived` is what makes an
    archived or inactive record active. `kept_as_typed` are phones that do not spoil a row when nobody can have them:
    they come as they were typed. `around` prepares the tables for a run of so many rows, and ends what it prepared.
    `ahead` says that rows can be decided while the batch before is written: nothing but the keys of a row hangs on what
    earlier rows do.
    """

    identifying: tuple[str, ...]
    decide: Decide
    write: Write
    presets: tuple[Preset, ...] = ()
    cleaner: Callable[[Field, Context], Cleaner | None] = lambda field, context: None
    numbering: str = ""
    counted: Callable[[Any], int] = int
    origin: str = ""
    reserve: Callable[[Store, int], None] | None = None
    sample: tuple[Mapping[str, str], ...] = ()
    matched_by: tuple[str, ...] = ()
    columns_of: Callable[[str], tuple[str, ...]] = lambda field: (field,)
    revived: Mapping[str, Any] = field(default_factory=dict)
    kept_as_typed: tuple[str, ...] = ()
    around: Callable[[Store, int], AbstractContextManager[None]] = lambda store, rows: nullcontext()
    ahead: bool = False
