"""Bringing a file: taking it in, checking it, running it, stopping it."""

import time
from datetime import datetime, timedelta
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.jobs import services as jobs
from regulars.jobs.choices import RunState
from regulars.jobs.models import Run
from regulars.jobs.queries import get_run
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.resources.resource import Resource
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, emit
from regulars.transfers import events, queries
from regulars.transfers.choices import ImportState, Phase
from regulars.transfers.claims import Claims
from regulars.transfers.models import Import, ImportRow
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from regulars.transfers.services.locking import WrongState, begin, lock_import, run_of
from regulars.transfers.services.planning import refuse_unidentified
from regulars.transfers.services.staging import forget_files
from regulars.transfers.services.taking import take_in
from regulars.transfers.services.work import Listener, listening

KEPT_FOR = timedelta(days=30)
LIVE = (ImportState.READING, ImportState.CHECKING, ImportState.RUNNING)


def start_import(
    *,
    store: Store,
    resource: Resource,
    file: IO[bytes] | File,
    filename: str,
    actor: Actor,
    now: datetime,
    plan: Plan | None = None,
    asks: bool = False,
    import_id: UUID | None = None,
) -> ImportView:
    """Take a file in, find out how it is written and what its columns are, and have it checked by the worker.

    With `asks` it waits first for a person to say what its columns become. Without a plan the profile that was kept for
    such headers is taken; `import_id` is given by whoever has to find it again.

    Raises `NotAllowed`, `FileTooLarge`, `Invalid`, and `UnreadableFile` in words.
    """
    imported = take_in(
        store=store,
        resource=resource,
        file=file,
        filename=filename,
        actor=actor,
        now=now,
        plan=plan,
        asks=asks,
        import_id=import_id,
    )
    with transaction.atomic():
        if imported.phase == Phase.READ:
            begin(imported, Phase.READ, actor, enqueue=True)
        elif asks:
            imported.save()
        else:
            begin(imported, Phase.CHECK, actor, enqueue=True)
        _tell(store, imported, events.UPLOADED, actor, now)
    return queries.get_import(store=store, import_id=imported.pk)


def check_import(*, store: Store, import_id: UUID, actor: Actor, now: datetime) -> ImportView:
    """Have the rows checked by the worker, once the columns are mapped.

    Raises `NotFound`, `WrongState`, and `UnreadableFile` when no column says who the records are.
    """
    with transaction.atomic():
        imported, state = lock_import(store, import_id, actor)
        if state != ImportState.MAPPING:
            raise WrongState(_("Only a file whose columns are being mapped can be checked."))
        refuse_unidentified(imported, actor, now)
        begin(imported, Phase.CHECK, actor, enqueue=True)
    return queries.get_import(store=store, import_id=import_id)


def confirm_import(*, store: Store, import_id: UUID, actor: Actor, now: datetime) -> ImportView:
    """Have a checked import written by the worker. Raises `NotFound`, `NotAllowed` and `WrongState`."""
    with transaction.atomic():
        imported, state = lock_import(store, import_id, actor)
        if state != ImportState.CHECKED:
            raise WrongState(_("Only an import that is checked and has not run can be run."))
        begin(imported, Phase.RUN, actor, enqueue=True)
    return queries.get_import(store=store, import_id=import_id)


def cancel_import(*, store: Store, import_id: UUID, actor: Actor, now: datetime) -> ImportView:
    """Stop a check or a run after its current batch; what was written stays, and it can be taken up again."""
    with transaction.atomic():
        imported, state = lock_import(store, import_id, actor)
        if state not in LIVE:
            raise WrongState(_("This import is not running."))
        jobs.ask_to_cancel(store=store, run_id=run_of(imported))
        _tell(store, imported, events.CANCELLED, actor, now)
    return queries.get_import(store=store, import_id=import_id)


def retry_import(*, store: Store, import_id: UUID, actor: Actor, now: datetime) -> ImportView:
    """Take up a stopped or failed import where it was."""
    with transaction.atomic():
        imported, state = lock_import(store, import_id, actor)
        if state not in (ImportState.FAILED, ImportState.CANCELLED):
            raise WrongState(_("Only an import that was stopped or did not finish can be taken up again."))
        jobs.retry_run(store=store, run_id=run_of(imported))
        _tell(store, imported, events.RETRIED, actor, now)
    return queries.get_import(store=store, import_id=import_id)


def discard_import(*, store: Store, import_id: UUID, actor: Actor, now: datetime) -> ImportView:
    """Throw an import away: its file and the rows that were not taken. What it wrote stays."""
    with transaction.atomic():
        imported, state = lock_import(store, import_id, actor)
        if state in LIVE:
            raise WrongState(_("Stop the import first."))
        imported.discarded_at = now
        imported.save(update_fields=["discarded_at"])
        forget_files(imported)
        ImportRow.objects.filter(store=store, import_id=import_id).delete()
        Claims(store=store, import_id=import_id, phase=imported.phase).forget()
        _tell(store, imported, events.DISCARDED, actor, now)
    return queries.get_import(store=store, import_id=import_id)


def forget_old_imports(*, now: datetime) -> int:
    """Throw away what imports still hold of people's files a month after they were brought: the file, the rows that
    wait to be run, and those that were not taken. The history stays. Returns how many imports were concerned."""
    old = Import.objects.filter(created_at__lt=now - KEPT_FOR, discarded_at__isnull=True)
    holding = old.filter(~Q(stored_as="", original_as="") | Exists(_rows_kept()))
    gone = 0
    for import_id in list(holding.values_list("pk", flat=True)):
        with transaction.atomic():
            imported = (
                Import.objects.select_related("store").select_for_update(of=("self",)).get(pk=import_id)
            )
            if queries.get_import(store=imported.store, import_id=import_id).is_live:
                continue
            if imported.stored_as or imported.original_as:
                imported.discarded_at = now
                imported.save(update_fields=["discarded_at"])
            forget_files(imported)
            ImportRow.objects.filter(store=imported.store, import_id=import_id).delete()
            Claims(store=imported.store, import_id=import_id, phase=imported.phase).forget()
            gone += 1
    return gone


def _rows_kept() -> QuerySet[ImportRow]:
    return ImportRow.objects.filter(store=OuterRef("store"), import_id=OuterRef("pk"))


def import_now(
    *,
    store: Store,
    resource: Resource,
    file: IO[bytes] | File,
    filename: str,
    actor: Actor,
    now: datetime,
    plan: Plan | None = None,
    dry_run: bool = False,
    progress: Listener | None = None,
) -> ImportView:
    """Import a file within this process, whether a worker runs or not; with `dry_run` only check it.

    Each row is checked when it is written in any case, so there is no pass of checking first. `progress` is told (rows
    done, in all, counts). Raises as `start_import`, and `Refused` when the work could not be finished.
    """
    imported = take_in(
        store=store,
        resource=resource,
        file=file,
        filename=filename,
        actor=actor,
        now=now,
        plan=plan,
        at_once=settings.IMPORT_MAX_BYTES,
    )
    with transaction.atomic():
        run = begin(imported, Phase.CHECK if dry_run else Phase.RUN, actor, enqueue=False)
        _tell(store, imported, events.UPLOADED, actor, now)
    with listening(progress):
        run = _finished(store, jobs.execute_run(run_id=run.pk))
    if run.state != RunState.DONE:
        raise Refused(run.message or _("The import was stopped."), code="import_stopped")
    return queries.get_import(store=store, import_id=imported.pk)


def _finished(store: Store, run: Run) -> Run:
    """The run when it is over; a worker that looked after open runs in between may have taken it."""
    while run.state in jobs.OPEN:
        time.sleep(0.5)
        run = get_run(store=store, run_id=run.pk)
    return run


def _tell(store: Store, imported: Import, kind: EventKind, actor: Actor, now: datetime) -> None:
    touched = Touched(imported.pk, data={"file": imported.file_name})
    emit(store=store, actor=actor, resource="imports", kind=kind, touched=touched, now=now)
