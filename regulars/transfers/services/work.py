"""What the worker does with an import: check its rows, or write them, batch by batch and resumable."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from itertools import islice
from typing import IO, Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.jobs.models import Run
from regulars.jobs.services import Progress, run_kind
from regulars.kit.ahead import made_ahead
from regulars.kit.errors import Refused
from regulars.kit.many import as_for_many_rows
from regulars.resources.context import Context
from regulars.resources.importer import APART, Decision, Verdict
from regulars.resources.resource import get_resource
from regulars.staff.queries import actor_again
from regulars.timeline.services import OpenChangeSet, open_change_set
from regulars.transfers.choices import Phase
from regulars.transfers.claims import Claims
from regulars.transfers.events import IMPORTED
from regulars.transfers.mapping import Column
from regulars.transfers.models import Import
from regulars.transfers.plan import Plan
from regulars.transfers.reading.csvfile import Layout, Record, open_text
from regulars.transfers.reading.folding import read_rows
from regulars.transfers.rows import ReadRow
from regulars.transfers.services.batch import LAST, BatchWork
from regulars.transfers.services.locking import KINDS
from regulars.transfers.services.numbering import numbers_in
from regulars.transfers.services.outcomes import NO_CHOICES, Outcome
from regulars.transfers.services.readers import importer_of, reader_of
from regulars.transfers.services.rehearsal import effects_of
from regulars.transfers.services.staging import Kept, Settled, forget_files, keep_rows, rows_of

BATCH_ROWS = 5000
BATCH_SIZE = 8 * 1024 * 1024
_COLLECTED = gc.get_threshold()
Listener = Callable[[int, int, dict[str, int]], None]
_listener: ContextVar[Listener | None] = ContextVar("transfers_listener", default=None)


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """Have progress told to a function of this process too: (rows done, rows in all, counts)."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@run_kind(KINDS[Phase.CHECK])
def check(progress: Progress) -> None:
    """Say of each row what it would do; writes nothing but the counts and the rows that cannot be taken."""
    _Work(progress, Phase.CHECK).carry_out()


@run_kind(KINDS[Phase.RUN])
def run(progress: Progress) -> None:
    """Write the rows. Each batch commits with its progress, so a killed run goes on where it was."""
    _Work(progress, Phase.RUN).carry_out()


class _Work:
    def __init__(self, progress: Progress, phase: Phase) -> None:
        self.progress, self.phase, self.store = progress, phase, progress.store
        self.imported = Import.objects.get(store=self.store, pk=UUID(progress.run.arguments["import"]))
        resource = get_resource(self.imported.resource)
        self.importer = importer_of(resource)
        actor = actor_again(store=self.store, who=progress.run.arguments["actor"], surface="import")
        actor.require(resource.permission("import"))
        self.context = Context(store=self.store, actor=actor, now=_started_at(progress))
        self.columns = [Column(**column) for column in self.imported.columns]
        self.layout = Layout(**self.imported.layout)
        self.plan = Plan.from_json(self.imported.plan)
        self.reader = reader_of(self.imported, self.plan, self.context)
        self.claims = Claims(store=self.store, import_id=self.imported.pk, phase=phase)

    def carry_out(self) -> None:
        """Work through the file from the cursor on."""
        cursor = dict(self.progress.run.cursor)
        counts = {**dict.fromkeys(map(str, Verdict), 0), **self.progress.run.counts}
        if not cursor:
            cursor = self._begin()
        # Rows are read ahead in a thread; a reader remembers cells, so each thread has its own.
        again = reader_of(self.imported, self.plan, self.context)
        work = BatchWork(
            importer=self.importer,
            reader=self.reader,
            claims=self.claims,
            context=self.context,
            plan=self.plan,
            change_set=self._change_set(cursor) if self.phase == Phase.RUN else None,
            earlier=Kept(self.imported, again),
        )
        settled = Settled(self.imported, again) if self.phase == Phase.RUN else None
        around = self.importer.around(self.store, self.progress.run.total) if settled else nullcontext()
        ahead = self._may_decide_ahead() and not (settled and settled.any)
        with (
            _collecting_seldom(),
            around,
            stored_file(self.imported) as raw,
            made_ahead(self._read(raw, cursor["rows"], work if ahead else None)) as batches,
        ):
            for batch, decisions in batches:
                self.progress.stop_if_cancelled()
                with transaction.atomic():
                    as_for_many_rows()
                    choices = settled.put_into(batch) if settled else NO_CHOICES
                    outcome = work.do_read(batch, self.context.now, choices, decisions)
                    self._keep(outcome)
                    cursor["rows"] += len(batch)
                    cursor["highest"] = max(cursor["highest"], outcome.highest_number)
                    counts = {name: counts[name] + outcome.counts[name] for name in counts}
                    self.progress.save(done=cursor["rows"], counts=counts, cursor=cursor)
                self._tell(cursor["rows"], counts)
        self._end(cursor, counts)

    def _read(
        self, raw: IO[bytes], done: int, deciding: BatchWork | None
    ) -> Iterator[tuple[list[ReadRow], list[Decision] | None]]:
        """The rows from the cursor on, in batches, with what was decided of them. A thread of its own does this."""
        records = read_rows(open_text(raw, self.layout.encoding), self.layout)
        for batch in _batches(islice(records, self.layout.skip + 1 + done, None)):
            rows = [self.reader.take(record) for record in batch]
            if deciding is None:
                yield rows, None
                continue
            with transaction.atomic():
                as_for_many_rows()
                decisions = deciding.decide_ahead(rows)
            yield rows, decisions

    def _may_decide_ahead(self) -> bool:
        """Whether nothing of a batch hangs on what the one before it writes: no row is taken after an earlier one about
        the same record, and its keys show from the row alone, as not all of those do that a person chose."""
        plan = self.plan
        fits = self.importer.ahead and not plan.match and plan.twins != LAST and plan.shared_mail != APART
        return fits and _others_see_it()

    def _begin(self) -> dict[str, Any]:
        cursor: dict[str, Any] = {"rows": 0, "highest": 0}
        if self.phase == Phase.RUN and not self.imported.check_counts:
            self._look_at_numbers()
        with transaction.atomic():
            self.claims.forget()
            rows_of(self.imported, self.phase).delete()
            if self.phase == Phase.RUN:
                if self.importer.reserve and self.imported.highest_number:
                    self.importer.reserve(self.store, self.imported.highest_number)
                opened = open_change_set(
                    store=self.store,
                    actor=self.context.actor,
                    kind=IMPORTED,
                    now=self.context.now,
                    note=self.imported.file_name,
                    run_id=self.progress.run.pk,
                )
                cursor["change_set"] = str(opened.id)
            self.progress.save(done=0, counts={}, cursor=cursor)
        self.progress.set_total(self.imported.check_counts.get("total") or self.imported.rows_expected)
        return cursor

    def _look_at_numbers(self) -> None:
        """Find out what a check would have: above which number those that are given out have to stay."""
        with stored_file(self.imported) as raw:
            found = numbers_in(self.imported, raw, self.plan, self.context)
        if found is not None:
            self.imported.rows_expected, self.imported.highest_number = found.rows, found.highest
            self.imported.save(update_fields=["rows_expected", "highest_number"])

    def _change_set(self, cursor: Mapping[str, Any]) -> OpenChangeSet:
        return OpenChangeSet(store=self.store, actor=self.context.actor, id=UUID(cursor["change_set"]))

    def _keep(self, outcome: Outcome) -> None:
        self.claims.add(outcome.claims)
        keep_rows(self.imported, self.phase, outcome.found, {one.index for one in self.columns if one.secret})

    def _end(self, cursor: Mapping[str, Any], counts: dict[str, int]) -> None:
        total = cursor["rows"]
        with transaction.atomic():
            if self.phase == Phase.CHECK:
                # The keys stay until the run begins: rows that are mended are compared with the file by them.
                self.imported.check_counts = {**counts, "total": total}
                self.imported.highest_number = cursor["highest"]
                self.imported.effects = effects_of(self.imported, self.context)
                self.imported.save(update_fields=["check_counts", "highest_number", "effects"])
            else:
                self.claims.forget()
                # What the file holds is in the records now; a second copy of personal data is not kept.
                forget_files(self.imported)
                rows_of(self.imported, Phase.CHECK).delete()
            self.progress.set_total(total)

    def _tell(self, done: int, counts: dict[str, int]) -> None:
        if (listener := _listener.get()) is not None:
            listener(done, max(self.progress.run.total, done), counts)


def _batches(rows: Iterator[Record]) -> Iterator[list[Record]]:
    """Rows in batches of bounded size, however wide the rows are."""
    batch: list[Record] = []
    size = 0
    for record in rows:
        batch.append(record)
        size += record.size
        if len(batch) >= BATCH_ROWS or size >= BATCH_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Have Python look for garbage in circles less often: rows make millions of small things and hardly a circle, and
    looking for them took a sixth of the time."""
    gc.set_threshold(50_000, *_COLLECTED[1:])
    try:
        yield
    finally:
        gc.set_threshold(*_COLLECTED)


def _others_see_it() -> bool:
    """Whether the thread that decides ahead sees what is there: of an open transaction its connection sees nothing."""
    return not connection.in_atomic_block


def _started_at(progress: Progress) -> datetime:
    """When the run began; one moment for all of it, also when it was taken up again."""
    started: datetime | None = Run.objects.values_list("started_at", flat=True).get(pk=progress.run.pk)
    return started or progress.run.created_at


@contextmanager
def stored_file(imported: Import) -> Iterator[IO[bytes]]:
    try:
        opened = default_storage.open(imported.stored_as, "rb") if imported.stored_as else None
    except FileNotFoundError:
        opened = None
    if opened is None:
        raise Refused(
            _("The uploaded file is not there any more. Bring it again as a new import."), code="file_gone"
        )
    with opened:
        if opened.file is not None:
            yield opened.file
