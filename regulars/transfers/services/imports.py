"""Bringing a file: taking it in, checking it, running it, stopping it."""

import time
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from phonenumbers import SUPPORTED_REGIONS

from regulars.jobs import services as jobs
from regulars.jobs.choices import RunState
from regulars.jobs.models import Run
from regulars.jobs.queries import get_run
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, Refused
from regulars.kit.ids import new_id
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.resource import Resource, get_resource
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, emit
from regulars.transfers import events, queries
from regulars.transfers.choices import ImportState, Phase
from regulars.transfers.claims import Claims
from regulars.transfers.mapping import Headers, propose, refuse_unless_identified
from regulars.transfers.models import FailedRow, Import
from regulars.transfers.queries import ImportView
from regulars.transfers.reading.detect import detect
from regulars.transfers.reading.encoding import Evidence
from regulars.transfers.services.work import (
    CHECK,
    RUN,
    ImportOptions,
    Listener,
    importer_of,
    listening,
    run_arguments,
)

CHUNK = 64 * 1024


class FileTooLarge(Refused):
    """The file is larger than this install takes."""

    code = "file_too_large"
    status = 413


class WrongState(Refused):
    """The import is not where this step could be taken."""

    code = "wrong_state"


class _Passing(File):
    """A file on its way into the storage: counted, hashed and looked at while it passes."""

    def __init__(self, file: IO[bytes] | File, limit: int) -> None:
        super().__init__(file)
        self._bytes = file
        self.limit, self.passed, self.evidence, self.digest = limit, 0, Evidence(), sha256()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The bytes of the file. Raises `FileTooLarge`."""
        while chunk := self._bytes.read(CHUNK):
            self.passed += len(chunk)
            if self.passed > self.limit:
                raise FileTooLarge(
                    f"The file is larger than {_megabytes(self.limit)} MB, the most that can be taken at once. "
                    "Split it into parts."
                )
            self.evidence.feed(chunk)
            self.digest.update(chunk)
            yield chunk


def start_import(
    *,
    store: Store,
    resource: Resource,
    file: IO[bytes] | File,
    filename: str,
    actor: Actor,
    now: datetime,
    options: ImportOptions = ImportOptions(),  # noqa: B008  (frozen)
) -> ImportView:
    """Take a file in, find out how it is written and what its columns are, and have it checked by the worker.

    Raises `NotAllowed`, `FileTooLarge`, and `UnreadableFile` with what to do about it.
    """
    imported = _take_in(store, resource, file, filename, actor, now, options)
    with transaction.atomic():
        _begin(store, imported, Phase.CHECK, actor, enqueue=True)
        _tell(store, imported, events.UPLOADED, actor, now)
    return queries.get_import(store=store, import_id=imported.pk)


def confirm_import(*, store: Store, import_id: UUID, actor: Actor, now: datetime) -> ImportView:
    """Have a checked import written by the worker. Raises `NotFound`, `NotAllowed` and `WrongState`."""
    with transaction.atomic():
        imported, state = _lock(store, import_id, actor)
        if state != ImportState.CHECKED:
            raise WrongState("Only an import that is checked and has not run can be run.")
        _begin(store, imported, Phase.RUN, actor, enqueue=True)
    return queries.get_import(store=store, import_id=import_id)


def cancel_import(*, store: Store, import_id: UUID, actor: Actor, now: datetime) -> ImportView:
    """Stop a check or a run after its current batch; what was written stays, and it can be taken up again."""
    with transaction.atomic():
        imported, state = _lock(store, import_id, actor)
        if state not in (ImportState.CHECKING, ImportState.RUNNING):
            raise WrongState("This import is not running.")
        jobs.ask_to_cancel(store=store, run_id=imported.run_id)
        _tell(store, imported, events.CANCELLED, actor, now)
    return queries.get_import(store=store, import_id=import_id)


def retry_import(*, store: Store, import_id: UUID, actor: Actor, now: datetime) -> ImportView:
    """Take up a stopped or failed import where it was."""
    with transaction.atomic():
        imported, state = _lock(store, import_id, actor)
        if state not in (ImportState.FAILED, ImportState.CANCELLED):
            raise WrongState("Only an import that was stopped or did not finish can be taken up again.")
        jobs.retry_run(store=store, run_id=imported.run_id)
        _tell(store, imported, events.RETRIED, actor, now)
    return queries.get_import(store=store, import_id=import_id)


def discard_import(*, store: Store, import_id: UUID, actor: Actor, now: datetime) -> ImportView:
    """Throw an import away: its file and the rows that were not taken. What it wrote stays."""
    with transaction.atomic():
        imported, state = _lock(store, import_id, actor)
        if state in (ImportState.CHECKING, ImportState.RUNNING):
            raise WrongState("Stop the import first.")
        stored_as, imported.stored_as, imported.discarded_at = imported.stored_as, "", now
        imported.save(update_fields=["stored_as", "discarded_at"])
        FailedRow.objects.filter(store=store, import_id=import_id).delete()
        Claims(store=store, import_id=import_id, phase=imported.phase).forget()
        _tell(store, imported, events.DISCARDED, actor, now)
        if stored_as:
            transaction.on_commit(lambda: default_storage.delete(stored_as))
    return queries.get_import(store=store, import_id=import_id)


def import_now(
    *,
    store: Store,
    resource: Resource,
    file: IO[bytes] | File,
    filename: str,
    actor: Actor,
    now: datetime,
    options: ImportOptions = ImportOptions(),  # noqa: B008  (frozen)
    dry_run: bool = False,
    progress: Listener | None = None,
) -> ImportView:
    """Import a file within this process, whether a worker runs or not; with `dry_run` only check it.

    Each row is checked when it is written in any case, so there is no pass of checking first, but for files that bring
    numbers: automatic ones must stay above the highest of the file. `progress` is told (rows done, in all, counts).
    Raises as `start_import`, and `Refused` when the work could not be finished.
    """
    imported = _take_in(store, resource, file, filename, actor, now, options)
    numbering = importer_of(resource).numbering
    numbered = numbering and any(column["field"] == numbering for column in imported.columns)
    phases = [Phase.CHECK] if dry_run else [Phase.CHECK, Phase.RUN] if numbered else [Phase.RUN]
    for phase in phases:
        with transaction.atomic():
            if phase != phases[0]:
                imported.refresh_from_db()
            run = _begin(store, imported, phase, actor, enqueue=False)
            if phase == phases[0]:
                _tell(store, imported, events.UPLOADED, actor, now)
        with listening(progress):
            run = _finished(store, jobs.execute_run(run_id=run.pk))
        if run.state != RunState.DONE:
            raise Refused(run.message or "The import was stopped.", code="import_stopped")
    return queries.get_import(store=store, import_id=imported.pk)


def _take_in(
    store: Store,
    resource: Resource,
    file: IO[bytes] | File,
    filename: str,
    actor: Actor,
    now: datetime,
    options: ImportOptions,
) -> Import:
    """Store the file and what could be found out about it, without a run yet."""
    actor.require(resource.permission("import"))
    importer = importer_of(resource)
    if options.phone_country and options.phone_country not in SUPPORTED_REGIONS:
        raise Invalid(
            "Write the country of the phone numbers as its two-letter code, like FR.", field="phone_country"
        )
    import_id = new_id()
    passing = _Passing(file, settings.IMPORT_MAX_BYTES)
    wanted_name = f"imports/{store.pk}/{import_id}"
    stored_as = ""
    try:
        stored_as = default_storage.save(wanted_name, passing)
        context = Context(store=store, actor=actor, now=now)
        headers = Headers(resource, importer, context)
        found = detect(passing.evidence.head, passing.evidence.encoding(), headers.is_known)
        columns, preset = propose(
            resource=resource,
            headers=headers,
            header=found.header,
            rows=[record.cells for record in found.sample],
            chosen=options.columns,
            context=context,
        )
        refuse_unless_identified(columns, resource, importer, headers)
    except Refused:
        default_storage.delete(stored_as or wanted_name)
        raise
    lines = max(passing.evidence.head.count(b"\n"), passing.evidence.head.count(b"\r"), 1)
    return Import(
        id=import_id,
        store=store,
        resource=resource.name,
        file_name=storable(filename)[-200:] or "file.csv",
        stored_as=stored_as,
        size=passing.passed,
        sha256=passing.digest.hexdigest(),
        layout=found.layout.as_json(),
        columns=[column.as_json() for column in columns],
        preset=preset.name if preset else "",
        options=options.as_json() | {"rows_expected": passing.passed * lines // len(passing.evidence.head)},
        actor_id=actor.id,
        actor_name=actor.name,
        created_at=now,
    )


def _begin(store: Store, imported: Import, phase: Phase, actor: Actor, *, enqueue: bool) -> Run:
    run = jobs.start_run(
        store=store,
        kind=CHECK if phase == Phase.CHECK else RUN,
        arguments=run_arguments(imported, actor),
        actor=actor,
        enqueue=enqueue,
    )
    imported.phase, imported.run_id = phase, run.pk
    imported.save()
    return run


def _finished(store: Store, run: Run) -> Run:
    """The run when it is over; a worker that looked after open runs in between may have taken it."""
    while run.state in jobs.OPEN:
        time.sleep(0.5)
        run = get_run(store=store, run_id=run.pk)
    return run


def _lock(store: Store, import_id: UUID, actor: Actor) -> tuple[Import, ImportState]:
    """The import, locked, and where it stands."""
    view = queries.get_import(store=store, import_id=import_id)
    actor.require(get_resource(view.resource).permission("import"))
    imported = Import.objects.select_for_update(no_key=True).get(store=store, pk=import_id)
    return imported, queries.get_import(store=store, import_id=import_id).state


def _tell(store: Store, imported: Import, kind: EventKind, actor: Actor, now: datetime) -> None:
    touched = Touched(imported.pk, data={"file": imported.file_name})
    emit(store=store, actor=actor, resource="imports", kind=kind, touched=touched, now=now)


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:,.0f}" if size >= 1024**2 else f"{size / 1024**2:.2f}"
