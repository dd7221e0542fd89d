"""What goes into a batch of rows and what comes out of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.resources.importer import Candidate, Decision, Verdict
from regulars.transfers.claims import Claimed
from regulars.transfers.reading.csvfile import Record
from regulars.transfers.rows import Problem, ReadRow


class Choice(NamedTuple):
    """How somebody settled a row, and which record they were shown: the answer is about no other one."""

    value: str
    record_id: UUID | None = None


# The choice of a row that is to be taken although an earlier one is about the same record.
LAST = "last"
NO_CHOICES: Mapping[int, Choice] = MappingProxyType({})
NO_CHOICE = Choice("")


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one row, as people are shown it: its verdict, what is wrong, or what it would change."""

    record: Record
    verdict: Verdict
    problems: list[Problem]
    decision: Decision | None = None


@dataclass(slots=True)
class Outcome:
    """What became of a batch. `found` are the rows to be kept for people, in the order of the file."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))
    found: list[Found] = field(default_factory=list)
    claims: dict[int, Claimed] = field(default_factory=dict)
    highest_number: int = 0

    def fail(self, record: Record, problems: list[Problem]) -> None:
        """Count a row that is wrong."""
        self.counts[Verdict.FAILED] += 1
        self.found.append(Found(record, Verdict.FAILED, problems))

    def absorb(self, other: "Outcome") -> None:
        """Take over what became of other rows."""
        for name, count in other.counts.items():
            self.counts[name] += count
        self.found += other.found
        self.claims |= other.claims
        self.highest_number = max(self.highest_number, other.highest_number)


@dataclass(slots=True)
class WorkRow:
    """A row whose cells could be read. `earlier` are the keys it looks for that earlier rows of the file have taken,
    with their lines; `keys` are all of its keys, once it waits for those rows."""

    record: Record
    candidate: Candidate
    digest: int
    chosen_for: UUID | None = None
    earlier: dict[str, int] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()

    @classmethod
    def of(cls, row: ReadRow, choice: Choice) -> "WorkRow":
        return cls(
            row.record,
            Candidate(row.record.line, row.values, choice.value),
            row.digest,
            choice.record_id,
        )

    @property
    def first_earlier(self) -> tuple[str, int]:
        """The kind of the first of those keys, and the line that has it."""
        key, line = next(iter(self.earlier.items()))
        return key.partition(":")[0], line


def in_turn(rows: Sequence[WorkRow]) -> Iterator[list[WorkRow]]:
    """The rows in few groups, none in one with, or before, an earlier row that it shares a key with."""
    left = list(rows)
    while left:
        group: list[WorkRow] = []
        rest: list[WorkRow] = []
        held: set[str] = set()
        for row in left:
            (group if held.isdisjoint(row.keys) else rest).append(row)
            held |= row.keys
        yield group
        left = rest


def as_before_the_run(found: Found, stored: Collection[UUID | None], made: bool) -> None:
    """Take out of what was found by writing what is not there before the run: records that earlier rows make."""
    decision = found.decision
    if decision is None:
        return
    if decision.record_id not in stored:
        decision.record_id = None
    if made and found.problems and not any(one.value == LAST for one in decision.options):
        line = found.problems[0].earlier
        sentence = _(
            "Line %(line)s of this file is the same one, and this row does not fit to it: make them one row."
        ) % {"line": f"{line:,}"}
        found.problems[:] = [Problem("", "", sentence, earlier=line)]
        decision.options = tuple(one for one in decision.options if not one.names_record)
