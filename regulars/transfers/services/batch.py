"""One batch of rows: read, compare with what is stored and with the rest of the file, settle as planned, write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from regulars.resources.context import Context
from regulars.resources.importer import (
    SKIP,
    Candidate,
    Decision,
    Importer,
    Matching,
    Option,
    Overtaken,
    Verdict,
)
from regulars.timeline.services import OpenChangeSet
from regulars.transfers.claims import Claimed, Claims
from regulars.transfers.plan import Plan
from regulars.transfers.reading.csvfile import Record
from regulars.transfers.rows import Problem, ReadRow, RowReader
from regulars.transfers.settling import Settling

ATTEMPTS = 3
LAST = "last"


class Choice(NamedTuple):
    """How somebody settled a row, and which record they were shown: the answer is about no other one."""

    value: str
    record_id: UUID | None = None


NO_CHOICES: Mapping[int, Choice] = MappingProxyType({})
NO_CHOICE = Choice("")
LEFT_OUT = "Left out by choice."
_TAKEN = (Verdict.NEW, Verdict.CHANGED, Verdict.SAME)
_KEY_NAMES = {"id": "external id", "mail": "e-mail", "named": "name"}


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
class _Row:
    record: Record
    candidate: Candidate
    digest: int
    chosen_for: UUID | None = None
    earlier: int = 0


class BatchWork:
    """Works through batches of one file. Without a change set it only says what would happen."""

    def __init__(
        self,
        *,
        importer: Importer,
        reader: RowReader,
        claims: Claims,
        context: Context,
        plan: Plan,
        change_set: OpenChangeSet | None,
    ) -> None:
        self._plan = plan
        self._matching = Matching(match=plan.match, shared_mail=plan.shared_mail)
        self._settling = Settling(plan, importer)
        self._importer = importer
        self._reader = reader
        self._claims = claims
        self._context = context
        self._change_set = change_set

    def do(
        self, records: Sequence[Record], now: datetime, choices: Mapping[int, Choice] = NO_CHOICES
    ) -> Outcome:
        """Read a batch and work through it inside the caller's transaction."""
        return self.do_read([self._reader.take(record) for record in records], now, choices)

    def do_read(
        self, batch: Sequence[ReadRow], now: datetime, choices: Mapping[int, Choice] = NO_CHOICES
    ) -> Outcome:
        """Work through rows inside the caller's transaction. `choices` are how people settled clashes, by line."""
        outcome = Outcome()
        rows: list[_Row] = []
        for row in batch:
            choice = choices.get(row.record.line, NO_CHOICE)
            if not row.problems:
                candidate = Candidate(row.record.line, row.values, choice.value)
                rows.append(_Row(row.record, candidate, row.digest, choice.record_id))
            elif choice.value == SKIP:
                outcome.counts[Verdict.SKIPPED] += 1
                outcome.found.append(Found(row.record, Verdict.SKIPPED, [Problem("", "", LEFT_OUT)]))
            else:
                outcome.fail(row.record, row.problems)
        if rows:
            self._work(rows, outcome, now)
            outcome.found.sort(key=lambda found: found.record.line)
        return outcome

    def _work(self, rows: Sequence[_Row], outcome: Outcome, now: datetime) -> None:
        try:
            with transaction.atomic():
                outcome.absorb(self._decide_and_write(rows, outcome.claims, now))
        except (IntegrityError, Overtaken):
            # Somebody wrote one of these records meanwhile: row by row, so that only theirs is decided anew.
            for row in rows:
                outcome.absorb(self._one_by_one(row, outcome.claims, now))

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
        decisions = self._decide(rows)
        outcome, later = self._compare_within_file(rows, decisions, claimed_before)
        if self._change_set is not None:
            self._importer.write(
                store=self._context.store,
                decisions=[one for one in decisions if one.verdict in (Verdict.NEW, Verdict.CHANGED)],
                change_set=self._change_set,
                now=now,
            )
        for row in later:
            # The last row has the last word: compared anew with what the earlier ones have written.
            outcome.absorb(self._again(row, now))
        return outcome

    def _decide(self, rows: Sequence[_Row]) -> list[Decision]:
        decisions = self._importer.decide(
            store=self._context.store,
            candidates=[row.candidate for row in rows],
            matching=self._matching,
            context=self._context,
        )
        for at, (row, decision) in enumerate(zip(rows, decisions, strict=True)):
            if row.chosen_for and decision.record_id and decision.record_id != row.chosen_for:
                # Another record is found by the same keys since: whoever chose did not mean that one.
                row.candidate.choice, row.chosen_for = "", None
                decisions[at] = self._decide([row])[0]
        return decisions

    def _again(self, row: _Row, now: datetime) -> Outcome:
        outcome = Outcome()
        (decision,) = self._decide([row])
        self._settling.apply(decision)
        if decision.verdict is Verdict.NEW and self._change_set is None:
            decision.verdict = Verdict.CHANGED  # the earlier row would have made it by then
        elif self._change_set is not None and decision.verdict in (Verdict.NEW, Verdict.CHANGED):
            self._importer.write(
                store=self._context.store, decisions=[decision], change_set=self._change_set, now=now
            )
        self._tell(row, decision, outcome)
        return outcome

    def _compare_within_file(
        self, rows: Sequence[_Row], decisions: Sequence[Decision], claimed_before: dict[int, Claimed]
    ) -> tuple[Outcome, list[_Row]]:
        """The first row about a record wins; what a later one is, the plan says. Returns those to be done again."""
        outcome, later = Outcome(), []
        number = self._claims.number
        numbers = [{key: number(key) for key in one.known_by} for one in decisions]
        asked = {found for one in numbers for found in one.values()}
        claimed = {**self._claims.find(asked), **claimed_before} if asked else {}
        settled = not self._settling.does_nothing
        for row, decision, keys in zip(rows, decisions, numbers, strict=True):
            if settled:
                self._settling.apply(decision)
            taken = decision.verdict in _TAKEN
            if row.candidate.choice == SKIP:
                # It keeps its keys, so that a second row about the same record does not take its place unasked.
                decision.verdict, decision.field, decision.sentence = Verdict.SKIPPED, "", LEFT_OUT
            elif taken and self._is_later(row, decision, keys, claimed):
                later.append(row)
                decision.verdict = Verdict.SKIPPED  # not written with the others
                continue
            self._tell(row, decision, outcome)
            if not taken or (decision.verdict not in _TAKEN and row.candidate.choice != SKIP):
                continue
            if self._importer.numbering:
                given = row.candidate.values.get(self._importer.numbering) or 0
                outcome.highest_number = max(outcome.highest_number, given)
            for key in keys.values():
                if key not in claimed or claimed[key].line >= row.record.line:
                    claimed[key] = outcome.claims[key] = Claimed(row.record.line, row.digest)
        return outcome, later

    def _tell(self, row: _Row, decision: Decision, outcome: Outcome) -> None:
        verdict = decision.verdict
        outcome.counts[verdict] += 1
        if verdict is Verdict.SAME or (verdict in _TAKEN and self._change_set is not None):
            return
        problems: list[Problem] = []
        if decision.sentence:
            header, value = self._reader.cell_of(decision.field, row.record)
            problems.append(Problem(header, value, decision.sentence, earlier=row.earlier))
        outcome.found.append(Found(row.record, verdict, problems, decision))

    def _is_later(
        self, row: _Row, decision: Decision, keys: dict[str, int], claimed: dict[int, Claimed]
    ) -> bool:
        """True when the row is about a record of an earlier row and has the last word; else it is settled here."""
        for key in decision.own:
            earlier = claimed.get(keys[key])
            if earlier is None or earlier.line >= row.record.line:  # itself, or later ones, when it is mended
                continue
            if earlier.digest == row.digest:
                decision.verdict = Verdict.SAME
                return False
            if self._plan.twins == "last" or row.candidate.choice == LAST:
                return True
            kind, _, _value = key.partition(":")
            what = _KEY_NAMES.get(kind, kind)
            decision.field, row.earlier = "", earlier.line
            if self._plan.twins == "first":
                decision.verdict = Verdict.SKIPPED
                decision.sentence = f"Line {earlier.line:,} of this file is the same one (same {what})."
                return False
            decision.verdict = Verdict.CLASH
            decision.sentence = (
                f"Line {earlier.line:,} of this file is the same one (same {what}) with other "
                "values. The first was taken; make them one row, or give each its own."
            )
            decision.options = (Option(LAST, "Take this row too: it has the last word"),)
            return False
        return False
