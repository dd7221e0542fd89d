"""Rows of a checked file that a person mends or settles before it runs; each is checked anew at once."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.jobs.models import Run
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.importer import SKIP, Verdict
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers.choices import ImportState, Phase, RowVerdict
from regulars.transfers.claims import Claims
from regulars.transfers.models import Import, ImportRow
from regulars.transfers.plan import Plan
from regulars.transfers.reading.csvfile import Record
from regulars.transfers.rows import Problem
from regulars.transfers.services.batch import LEFT_OUT, BatchWork
from regulars.transfers.services.locking import WrongState, lock_import, run_of
from regulars.transfers.services.outcomes import LAST, Choice, Found, Outcome
from regulars.transfers.services.readers import importer_of, reader_of
from regulars.transfers.services.staging import Kept, facts_of, rows_of, shown

LONGEST_CELL = 20_000
# So many rows are looked at again with one that changes; the run looks at all of them.
MOST_OTHERS = 200
# Rows that keep others from being about the same record.
_HOLDING = (RowVerdict.NEW, RowVerdict.CHANGED, RowVerdict.SAME, RowVerdict.SKIPPED)


Keys = Mapping[int, set[int]]


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a row: "same" and its old self when it changes nothing any more."""

    verdict: Verdict
    row: ImportRow


def mend_row(
    *, store: Store, import_id: UUID, line: int, cells: Mapping[str, str], actor: Actor, now: datetime
) -> Mended:
    """Write other cells, by header, into a row of a checked file. Raises `NotFound`, `WrongState` and `Invalid`."""
    with transaction.atomic():
        imported, row = _lock_row(store, import_id, line, actor)
        columns = {column["header"]: column["index"] for column in reversed(imported.columns)}
        written = list(row.cells) + [""] * (len(imported.columns) - len(row.cells))
        for header, text in cells.items():
            if header not in columns or imported.columns[columns[header]]["secret"]:
                raise Invalid(_("The file has no column “%(header)s”.") % {"header": header}, field="cells")
            if len(text) > LONGEST_CELL:
                raise Invalid(
                    _("“%(header)s” takes up to %(longest_cell)s characters.")
                    % {"header": header, "longest_cell": f"{LONGEST_CELL:,}"},
                    field="cells",
                )
            written[columns[header]] = shown(storable(text))
        for told in row.problems:
            if told.get("lasting") and told["column"] and told["column"] not in cells:
                raise Invalid(
                    _("Write “%(told)s” too: %(told2)s")
                    % {"told": told["column"], "told2": told["sentence"]},
                    field="cells",
                )
        checker = _Checker(imported, actor, now)
        before = checker.keys_of([row])
        # A row whose cells could not be told apart has as many as the header from now on.
        row.cells, row.edited = written[: len(imported.columns)], True
        return checker.check([row], before)[0]


def settle_row(
    *, store: Store, import_id: UUID, line: int, choice: str, actor: Actor, now: datetime
) -> Mended:
    """Decide a clash, leave a row out, or (with "") take that back. Raises `NotFound`, `WrongState` and `Invalid`."""
    with transaction.atomic():
        imported, row = _lock_row(store, import_id, line, actor)
        if choice and choice not in _allowed(row):
            raise Invalid(_("This is no answer for this row."), field="choice")
        checker = _Checker(imported, actor, now)
        before = checker.keys_of([row])
        row.choice = choice
        return checker.check([row], before)[0]


def settle_rows(
    *,
    store: Store,
    import_id: UUID,
    verdict: str,
    choice: str,
    actor: Actor,
    now: datetime,
    limit: int = 1000,
) -> int:
    """Give all rows of one verdict the same answer, as far as they allow it. Returns how many there were."""
    with transaction.atomic():
        imported, _state = _lock(store, import_id, actor)
        rows = rows_of(imported, Phase.CHECK).filter(verdict=verdict).exclude(choice=choice).order_by("line")
        fitting = list(
            islice((row for row in rows.iterator() if not choice or choice in _allowed(row)), limit)
        )
        checker = _Checker(imported, actor, now)
        before = checker.keys_of(fitting)
        for row in fitting:
            row.choice = choice
        checker.check(fitting, before)
    return len(fitting)


def _allowed(row: ImportRow) -> set[str]:
    # What was offered before stays open, so that a settled clash can be settled otherwise.
    return {SKIP, *(value for value, _label in row.options or ()), *({LAST} if row.choice == LAST else ())}


def _lock(store: Store, import_id: UUID, actor: Actor) -> tuple[Import, ImportState]:
    imported, state = lock_import(store, import_id, actor)
    if state != ImportState.CHECKED:
        raise WrongState(_("Rows can be mended after the check, until the import runs."))
    return imported, state


def _lock_row(store: Store, import_id: UUID, line: int, actor: Actor) -> tuple[Import, ImportRow]:
    imported, _state = _lock(store, import_id, actor)
    row = rows_of(imported, Phase.CHECK).filter(line=line).first()
    if row is None:
        raise NotFound(_("Line %(line)s of this file needs nothing.") % {"line": f"{line:,}"})
    return imported, row


class _Checker:
    """Checks rows anew, as the check of the file did."""

    def __init__(self, imported: Import, actor: Actor, now: datetime) -> None:
        store = imported.store
        context = Context(store=store, actor=actor, now=now)
        plan = Plan.from_json(imported.plan)
        self._imported, self._now = imported, now
        self._claims = Claims(store=store, import_id=imported.pk, phase=Phase.CHECK)
        self._work = BatchWork(
            importer=importer_of(get_resource(imported.resource)),
            reader=reader_of(imported, plan, context),
            claims=self._claims,
            context=context,
            plan=plan,
            change_set=None,
            earlier=Kept(imported, reader_of(imported, plan, context)),
        )

    def keys_of(self, rows: Sequence[ImportRow]) -> Keys:
        """By line, the keys that rows hold as they are; asked before they are changed."""
        return _by_line(self._do([row for row in rows if row.verdict in _HOLDING]))

    def check(self, rows: Sequence[ImportRow], before: Keys) -> list[Mended]:
        """What becomes of the rows now, and of those that were compared with them; kept with them and in the counts."""
        were = {row.line: row.verdict for row in rows}
        taken, displaced = self._check(rows, before)
        given_up = {line for line, held in before.items() if held - taken.get(line, set())}
        others = [row for row in self._others(displaced, given_up) if row.line not in were]
        for row in others:  # each beside those that are settled by then
            were[row.line] = row.verdict
            self._check([row], self.keys_of([row]))
        checked = [*rows, *others]
        ImportRow.objects.bulk_update(
            checked,
            ["cells", "edited", "choice", "verdict", "record_id", "before", "after", "problems", "options"],
            batch_size=500,
        )
        _recount(self._imported, list(were.values()), [row.verdict for row in checked])
        return [Mended(Verdict(row.verdict), row) for row in rows]

    def _others(self, lines: set[int], earlier: set[int]) -> list[ImportRow]:
        """Rows that held the keys before, and those that an earlier row kept from being taken."""
        kept = rows_of(self._imported, Phase.CHECK)
        twins = kept.filter(verdict__in=(RowVerdict.CLASH, RowVerdict.SKIPPED))
        told = twins.filter(problems__0__earlier__in=sorted(earlier)).exclude(line__in=earlier)
        told = told.order_by("line")[:MOST_OTHERS]
        found = {row.line: row for row in (*kept.filter(line__in=lines), *(told if earlier else ()))}
        return [found[line] for line in sorted(found)]

    def _do(self, rows: Sequence[ImportRow]) -> Outcome:
        records = [Record(row.line, list(row.cells)) for row in rows]
        return self._work.do(records, self._now, {row.line: Choice(row.choice) for row in rows})

    def _check(self, rows: Sequence[ImportRow], held: Keys) -> tuple[Keys, set[int]]:
        """Look at rows anew. Returns their keys by line, and the lines of other rows that had them until now."""
        looked_at = [row for row in rows if not _stays_wrong(row)]
        self._claims.give_up(frozenset().union(*held.values()))
        outcome = self._do(looked_at)
        found = {one.record.line: one for one in outcome.found}
        for row in looked_at:
            _keep(row, found.get(row.line))
        return _by_line(outcome), self._claims.take_over(outcome.claims)


def _stays_wrong(row: ImportRow) -> bool:
    """Whether what was wrong with a row in the file is not to be seen in its cells any more; it is told again then."""
    lasting = [one for one in row.problems if one.get("lasting")]
    if not lasting or row.edited:
        return False
    left_out = row.choice == SKIP
    row.verdict = RowVerdict.SKIPPED if left_out else RowVerdict.FAILED
    row.problems = [*([Problem("", "", _(LEFT_OUT)).as_json()] if left_out else []), *lasting]
    return True


def _keep(row: ImportRow, found: Found | None) -> None:
    """Write what became of a row into it; of one that changes nothing, nothing is found."""
    if found is None:
        row.verdict = RowVerdict.SAME
        row.before, row.after, row.problems = None, None, []
        return
    row.verdict = RowVerdict(found.verdict)
    facts = facts_of(found)
    if row.choice and not facts["options"]:
        facts.pop("options")  # a settled clash can be settled otherwise
    for name, value in facts.items():
        setattr(row, name, orjson.loads(value) if isinstance(value, str) else value)


def _by_line(outcome: Outcome) -> Keys:
    keys: dict[int, set[int]] = defaultdict(set)
    for key, claimed in outcome.claims.items():
        keys[claimed.line].add(key)
    return keys


def _recount(imported: Import, before: Sequence[str], after: Sequence[str]) -> None:
    """The counts of the check are those of its run."""
    run = Run.objects.select_for_update().get(pk=run_of(imported))
    moved = Counter(after)
    moved.subtract(before)
    for counts in (run.counts, imported.check_counts):
        for name, change in moved.items():
            counts[name] = max(0, counts.get(name, 0) + change)
    run.save(update_fields=["counts"])
    imported.save(update_fields=["check_counts"])
