"""One batch of rows: read, compare with what is stored and with the rest of the file, write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from regulars.resources.context import Context
from regulars.resources.importer import Candidate, Decision, Importer, Overtaken, Verdict
from regulars.timeline.services import OpenChangeSet
from regulars.transfers.claims import Claimed, Claims
from regulars.transfers.reading.csvfile import Record
from regulars.transfers.rows import Problem, RowReader

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that is not taken, and everything that is wrong with it."""

    record: Record
    problems: list[Problem]


@dataclass(slots=True)
class Outcome:
    """What became of a batch."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("new", "changed", "same", "failed"), 0)
    )
    failures: list[Failure] = field(default_factory=list)
    claims: dict[int, Claimed] = field(default_factory=dict)
    highest_number: int = 0

    def fail(self, record: Record, problems: list[Problem]) -> None:
        """Count a row that is not taken."""
        self.counts["failed"] += 1
        self.failures.append(Failure(record, problems))

    def absorb(self, other: "Outcome") -> None:
        """Take over what became of other rows."""
        for name, count in other.counts.items():
            self.counts[name] += count
        self.failures += other.failures
        self.claims |= other.claims
        self.highest_number = max(self.highest_number, other.highest_number)


@dataclass(slots=True)
class _Row:
    record: Record
    candidate: Candidate
    digest: int


class BatchWork:
    """Works through batches of one file. Without a change set it only says what would happen."""

    def __init__(
        self,
        *,
        importer: Importer,
        reader: RowReader,
        claims: Claims,
        context: Context,
        change_set: OpenChangeSet | None,
    ) -> None:
        self._importer = importer
        self._reader = reader
        self._claims = claims
        self._context = context
        self._change_set = change_set

    def do(self, records: Sequence[Record], now: datetime) -> Outcome:
        """Work through a batch inside the caller's transaction."""
        outcome = Outcome()
        rows: list[_Row] = []
        for record in records:
            values, problems = self._reader.read(record)
            if problems:
                outcome.fail(record, problems)
            else:
                rows.append(_Row(record, Candidate(record.line, values), self._reader.digest(record.cells)))
        if not rows:
            return outcome
        try:
            with transaction.atomic():
                outcome.absorb(self._decide_and_write(rows, outcome.claims, now))
        except (IntegrityError, Overtaken):
            # Somebody wrote one of these records meanwhile: row by row, so that only theirs is decided anew.
            for row in rows:
                outcome.absorb(self._one_by_one(row, outcome.claims, now))
        outcome.failures.sort(key=lambda failure: failure.record.line)
        return outcome

    def _one_by_one(self, row: _Row, claimed: dict[int, Claimed], now: datetime) -> Outcome:
        for _ in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    return self._decide_and_write([row], claimed, now)
            except (IntegrityError, Overtaken):
                continue
        outcome = Outcome()
        sentence = "Somebody else is changing this record at this moment. Import the row again."
        outcome.fail(row.record, [Problem("", "", sentence)])
        return outcome

    def _decide_and_write(
        self, rows: Sequence[_Row], claimed_before: dict[int, Claimed], now: datetime
    ) -> Outcome:
        store = self._context.store
        candidates = [row.candidate for row in rows]
        decisions = self._importer.decide(store=store, candidates=candidates, context=self._context)
        outcome = self._compare_within_file(rows, decisions, claimed_before)
        if self._change_set is not None:
            self._importer.write(
                store=store,
                decisions=[one for one in decisions if one.verdict in (Verdict.NEW, Verdict.CHANGED)],
                change_set=self._change_set,
                now=now,
            )
        return outcome

    def _compare_within_file(
        self, rows: Sequence[_Row], decisions: Sequence[Decision], claimed_before: dict[int, Claimed]
    ) -> Outcome:
        """The first row about a record wins; a later one is the same, or it fails and says which line was first."""
        outcome = Outcome()
        number = self._claims.number
        numbers = [{key: number(key) for key in one.known_by} for one in decisions]
        asked = {found for one in numbers for found in one.values()}
        claimed = {**self._claims.find(asked), **claimed_before} if asked else {}
        for row, decision, keys in zip(rows, decisions, numbers, strict=True):
            if decision.verdict is not Verdict.FAILED:
                self._settle(row, decision, keys, claimed)
            if decision.verdict is Verdict.FAILED:
                header, value = self._reader.cell_of(decision.field, row.record)
                outcome.fail(row.record, [Problem(header, value, decision.sentence)])
                continue
            outcome.counts[decision.verdict] += 1
            if self._importer.numbering:
                given = row.candidate.values.get(self._importer.numbering) or 0
                outcome.highest_number = max(outcome.highest_number, given)
            for key in keys.values():
                if key not in claimed:
                    claimed[key] = outcome.claims[key] = Claimed(row.record.line, row.digest)
        return outcome

    def _settle(
        self, row: _Row, decision: Decision, keys: dict[str, int], claimed: dict[int, Claimed]
    ) -> None:
        for key in decision.own:
            earlier = claimed.get(keys[key])
            if earlier is None:
                continue
            if earlier.digest == row.digest:
                decision.verdict = Verdict.SAME
                return
            kind, _, _value = key.partition(":")
            names = {
                "id": "external id",
                "mail": "e-mail",
                "phone": "phone",
                "name": "name",
                "number": "number",
            }
            decision.verdict, decision.field = Verdict.FAILED, ""
            decision.sentence = (
                f"Line {earlier.line:,} of this file is the same one (same {names.get(kind, kind)}) with other "
                "values. The first was taken; make them one row, or give each its own."
            )
            return
