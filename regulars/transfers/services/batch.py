"""One batch of rows: read, compare with what is stored and with the rest of the file, settle as planned, write.

Rows that look for a key which an earlier row of the file has taken are about what that row does. They are told apart
by the keys alone, never by what is stored meanwhile: a check, which writes nothing, finds the same ones as the run.
Most are left to a person. Those that are to be taken are done after the others of their batch, against what these have
written; the check writes for them what it needs, and takes it back at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg.errors import DeadlockDetected

from regulars.resources.context import Context
from regulars.resources.importer import (
    APART,
    SKIP,
    Decision,
    Importer,
    Matching,
    Option,
    Overtaken,
    Verdict,
)
from regulars.timeline.services import OpenChangeSet, open_change_set
from regulars.transfers.claims import Claimed, Claims
from regulars.transfers.events import IMPORTED
from regulars.transfers.plan import Plan
from regulars.transfers.reading.csvfile import Record
from regulars.transfers.rows import Problem, ReadRow, RowReader
from regulars.transfers.services.outcomes import (
    LAST,
    NO_CHOICE,
    NO_CHOICES,
    Choice,
    Found,
    Outcome,
    WorkRow,
    as_before_the_run,
    in_turn,
)
from regulars.transfers.settling import Settling

ATTEMPTS = 3


LEFT_OUT = gettext_noop("Left out by choice.")
_TAKEN = (Verdict.NEW, Verdict.CHANGED, Verdict.SAME)
_WRITTEN = (Verdict.NEW, Verdict.CHANGED)
_MAIL = "mail"
_KEY_NAMES = {
    "id": gettext_noop("external id"),
    _MAIL: gettext_noop("e-mail"),
    "named": gettext_noop("name"),
}


class Earlier(Protocol):
    """Gives earlier rows of the file again that the check has kept, in the order of the file, with their choices."""

    def __call__(self, lines: Collection[int]) -> Iterable[tuple[ReadRow, Choice]]: ...


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
        earlier: Earlier = lambda lines: (),
    ) -> None:
        self._plan = plan
        self._matching = Matching(match=plan.match, shared_mail=plan.shared_mail)
        self._settling = Settling(plan, importer)
        self._importer = importer
        self._reader = reader
        self._claims = claims
        self._context = context
        self._change_set = change_set
        self._earlier = earlier

    def do(
        self, records: Sequence[Record], now: datetime, choices: Mapping[int, Choice] = NO_CHOICES
    ) -> Outcome:
        """Read a batch and work through it inside the caller's transaction."""
        return self.do_read([self._reader.take(record) for record in records], now, choices)

    def decide_ahead(self, batch: Sequence[ReadRow]) -> list[Decision]:
        """What the rows that could be read would do, by what is stored while the batch before may still be written:
        rows about what that one does are told apart by their keys, whatever was decided of them."""
        return self._decide([WorkRow.of(row, NO_CHOICE) for row in batch if not row.problems])

    def do_read(
        self,
        batch: Sequence[ReadRow],
        now: datetime,
        choices: Mapping[int, Choice] = NO_CHOICES,
        decisions: list[Decision] | None = None,
    ) -> Outcome:
        """Work through rows inside the caller's transaction. `choices` are how people settled clashes, by line;
        `decisions` were made ahead, if nobody settled any."""
        outcome = Outcome()
        rows: list[WorkRow] = []
        for row in batch:
            choice = choices.get(row.record.line, NO_CHOICE)
            if not row.problems:
                rows.append(WorkRow.of(row, choice))
            elif choice.value == SKIP:
                outcome.counts[Verdict.SKIPPED] += 1
                outcome.found.append(Found(row.record, Verdict.SKIPPED, [Problem("", "", _(LEFT_OUT))]))
            else:
                outcome.fail(row.record, row.problems)
        if rows:
            self._work(rows, outcome, now, decisions)
            outcome.found.sort(key=lambda found: found.record.line)
        return outcome

    def _work(
        self, rows: Sequence[WorkRow], outcome: Outcome, now: datetime, decisions: list[Decision] | None
    ) -> None:
        # Somebody else may write some of these records meanwhile: decided anew, their writes are seen. When that goes
        # on, row by row, so that only theirs are left out.
        if (done := self._attempts(rows, outcome.claims, now, decisions)) is not None:
            outcome.absorb(done)
            return
        for row in rows:
            done = self._attempts([row], outcome.claims, now)
            if done is None:
                sentence = _("Somebody else is changing this record at this moment. Import the row again.")
                outcome.fail(row.record, [Problem("", "", sentence)])
            else:
                outcome.absorb(done)

    def _attempts(
        self,
        rows: Sequence[WorkRow],
        claimed: dict[int, Claimed],
        now: datetime,
        decisions: list[Decision] | None = None,
    ) -> Outcome | None:
        for _time in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    return self._decide_and_write(rows, claimed, now, decisions)
            except (IntegrityError, Overtaken):
                decisions = None
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
                decisions = None
        return None

    def _decide_and_write(
        self,
        rows: Sequence[WorkRow],
        claimed_before: dict[int, Claimed],
        now: datetime,
        decisions: list[Decision] | None = None,
    ) -> Outcome:
        decisions = self._decide(rows) if decisions is None else decisions
        outcome, waiting = self._compare_within_file(rows, decisions, claimed_before)
        if self._change_set is not None:
            self._write(decisions, self._change_set, now)
            self._do_waiting(waiting, self._change_set, outcome, now)
        elif waiting:
            self._rehearse(rows, decisions, waiting, outcome, now)
        return outcome

    def _decide(self, rows: Sequence[WorkRow]) -> list[Decision]:
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

    def _write(self, decisions: Iterable[Decision], change_set: OpenChangeSet, now: datetime) -> None:
        written = [one for one in decisions if one.verdict in _WRITTEN]
        if self._change_set is None:  # what is told of them stays as it is
            written = [replace(one, values={**one.values}) for one in written]
        if written:
            self._importer.write(store=self._context.store, decisions=written, change_set=change_set, now=now)

    def _compare_within_file(
        self, rows: Sequence[WorkRow], decisions: Sequence[Decision], claimed_before: dict[int, Claimed]
    ) -> tuple[Outcome, list[WorkRow]]:
        """Settle the rows, but for those that wait for what the others write; those are returned."""
        outcome, waiting = Outcome(), []
        number = self._claims.number
        numbers = [{key: number(key) for key in (*one.own, *one.known_by, *one.alike)} for one in decisions]
        asked = {found for one in numbers for found in one.values()}
        claimed = {**self._claims.find(asked), **claimed_before} if asked else {}
        for row, decision, keys in zip(rows, decisions, numbers, strict=True):
            line, row.keys = row.record.line, frozenset()
            if decision.alike:
                _take_for_alike(decision, {key: claimed.get(keys[key]) for key in decision.alike}, line)
            # Itself and later ones have claims too when a row is mended.
            taken = {key: claimed[keys[key]] for key in decision.own if keys[key] in claimed}
            row.earlier = {key: one.line for key, one in taken.items() if one.line < line}
            takes = self._place(row, decision, {one.digest for one in taken.values() if one.line < line})
            if row.keys:
                waiting.append(row)
            else:
                self._tell(row, decision, outcome)
            if takes and self._importer.numbering:
                given = self._importer.counted(row.candidate.values.get(self._importer.numbering) or 0)
                outcome.highest_number = max(outcome.highest_number, given)
            for key in takes:
                if keys[key] not in claimed or claimed[keys[key]].line >= line:
                    claimed[keys[key]] = outcome.claims[keys[key]] = Claimed(line, row.digest)
        return outcome, waiting

    def _place(self, row: WorkRow, decision: Decision, digests: Collection[int]) -> Iterable[str]:
        """Say what a row is beside the earlier ones of the file. Returns the keys it takes."""
        all_keys = dict.fromkeys((*decision.own, *decision.known_by))
        if row.candidate.choice == SKIP:
            # It keeps its keys, so that a second row about the same record does not take its place unasked.
            decision.verdict, decision.field, decision.sentence = Verdict.SKIPPED, "", _(LEFT_OUT)
            return all_keys
        if not row.earlier:
            self._settling.apply(decision)
            return decision.known_by if decision.verdict in _TAKEN or decision.alike else ()
        if row.digest in digests:
            decision.verdict = Verdict.SAME
            return ()
        shares_mail = row.first_earlier[0] == _MAIL and self._plan.shared_mail == APART
        if shares_mail or self._has_last_word(row):
            decision.verdict = Verdict.SKIPPED  # not written with the others
            row.keys = frozenset(all_keys)
            return all_keys
        self._leave(row, decision)
        return ()

    def _has_last_word(self, row: WorkRow) -> bool:
        """Whether a row is to be taken although an earlier one is about the same record: planned so, or chosen."""
        return self._plan.twins == LAST or bool(row.candidate.choice)

    def _leave(self, row: WorkRow, decision: Decision) -> None:
        """Leave a row about the record of an earlier one out, or to a person, as planned."""
        kind, line = row.first_earlier
        what = _(_KEY_NAMES.get(kind, kind))
        decision.field = ""
        if self._plan.twins == "first":
            decision.verdict = Verdict.SKIPPED
            decision.sentence = _("Line %(line)s of this file is the same one (same %(what)s).") % {
                "line": f"{line:,}",
                "what": what,
            }
            return
        decision.verdict = Verdict.CLASH
        decision.sentence = _(
            "Line %(line)s of this file is the same one (same %(what)s) with other values. The first "
            "was taken; make them one row, or give each its own."
        ) % {"line": f"{line:,}", "what": what}
        decision.options = (Option(LAST, _("Take this row too: it has the last word")),)
        if kind == _MAIL:
            decision.options += (Option(APART, _("Another person: add them without the e-mail")),)

    def _do_waiting(
        self, rows: Sequence[WorkRow], change_set: OpenChangeSet, outcome: Outcome, now: datetime
    ) -> None:
        """Do rows that wait for others, compared anew with what those have written; each after those it is about."""
        for wave in in_turn(rows):
            decisions = self._decide(wave)
            for row, decision in zip(wave, decisions, strict=True):
                if decision.record_id and not self._has_last_word(row):
                    self._leave(row, decision)
                else:
                    self._settling.apply(decision)
                self._tell(row, decision, outcome)
            self._write(decisions, change_set, now)

    def _rehearse(
        self,
        rows: Sequence[WorkRow],
        decisions: Sequence[Decision],
        waiting: Sequence[WorkRow],
        outcome: Outcome,
        now: datetime,
    ) -> None:
        """Find out what waiting rows will do: what they wait for is written, and taken back at once."""
        lines = {line for row in waiting for line in row.earlier.values()}
        here = {row.record.line: decision for row, decision in zip(rows, decisions, strict=True)}
        before = [WorkRow.of(*one) for one in self._earlier(lines - here.keys())]
        told = Outcome()
        with transaction.atomic():
            store, actor = self._context.store, self._context.actor
            opened = open_change_set(store=store, actor=actor, kind=IMPORTED, now=now)
            needed = self._decide(before) if before else []
            for decision in needed:
                self._settling.apply(decision)
            needed += [here[line] for line in lines & here.keys()]
            stored = {one.record_id for one in (*decisions, *needed)}
            self._write(needed, opened, now)
            self._do_waiting(waiting, opened, told, now)
            transaction.set_rollback(True)
        made = any(one.verdict is Verdict.NEW for one in needed)
        for found in told.found:
            as_before_the_run(found, stored, made)
        outcome.absorb(told)

    def _tell(self, row: WorkRow, decision: Decision, outcome: Outcome) -> None:
        verdict = decision.verdict
        outcome.counts[verdict] += 1
        if verdict is Verdict.SAME or (verdict in _TAKEN and self._change_set is not None):
            return
        problems: list[Problem] = []
        if decision.sentence:
            header, value = self._reader.cell_of(decision.field, row.record)
            line = row.first_earlier[1] if row.earlier else 0
            problems.append(Problem(header, value, decision.sentence, earlier=line))
        outcome.found.append(Found(row.record, verdict, problems, decision))


def _take_for_alike(decision: Decision, holders: Mapping[str, Claimed | None], line: int) -> None:
    """Take a row that names no record for one that looks like it, unless earlier rows are all of those."""
    free = (key for key, held in holders.items() if held is None or held.line >= line)
    if key := next(free, ""):
        decision.verdict, decision.known_by = Verdict.SAME, (key,)
    else:
        decision.alike = ()
