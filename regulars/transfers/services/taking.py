"""Taking a file in: kept, looked at while it passes, and made a text when it is a spreadsheet, JSON or a zip file."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.jobs.services import Progress, run_kind
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, Refused
from regulars.kit.ids import new_id
from regulars.kit.text import storable
from regulars.resources.resource import Resource, get_resource
from regulars.staff.queries import actor_again
from regulars.stores.models import Store
from regulars.transfers.choices import Phase
from regulars.transfers.models import Import
from regulars.transfers.plan import Plan
from regulars.transfers.reading.encoding import Evidence
from regulars.transfers.reading.formats import TEXT, format_of, name_note
from regulars.transfers.reading.unpack import unpack
from regulars.transfers.services.locking import KINDS, begin, lock_plannable
from regulars.transfers.services.planning import recognise
from regulars.transfers.services.readers import importer_of

CHUNK = 64 * 1024
# A small spreadsheet is read while the person waits; the worker reads a large one.
AT_ONCE = 512 * 1024


class FileTooLarge(Refused):
    """The file is larger than this install takes."""

    code = "file_too_large"
    status = 413


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
                    _(
                        "The file is larger than %(megabytes)s MB, the most that can be taken at "
                        "once. Split it into parts."
                    )
                    % {"megabytes": _megabytes(self.limit)}
                )
            self.evidence.feed(chunk)
            self.digest.update(chunk)
            yield chunk


def take_in(
    *,
    store: Store,
    resource: Resource,
    file: IO[bytes] | File,
    filename: str,
    actor: Actor,
    now: datetime,
    plan: Plan | None,
    asks: bool = False,
    at_once: int | None = None,
    import_id: UUID | None = None,
) -> Import:
    """Keep a file with what could be found out about it, as an import that is not saved yet and has no run.

    A spreadsheet of more than `at_once` bytes (512 KB) is left to the worker: its phase is "read" then, else "map".
    Raises `NotAllowed`, `FileTooLarge`, `UnreadableFile` and `Invalid`; nothing is kept then.
    """
    actor.require(resource.permission("import"))
    importer_of(resource)
    imported = Import(
        id=import_id or new_id(),
        store=store,
        resource=resource.name,
        file_name=storable(filename)[-200:] or "file.csv",
        actor_id=actor.id,
        actor_name=actor.name,
        created_at=now,
        phase=Phase.MAP,
        asks=asks,
    )
    passing = _Passing(file, settings.IMPORT_MAX_BYTES)
    kept = _place(imported)
    try:
        kept = default_storage.save(kept, passing)
        imported.size, imported.sha256 = passing.passed, passing.digest.hexdigest()
        imported.format = format_of(passing.evidence.head, filename)
        if imported.format == TEXT:
            imported.stored_as = kept
            imported.notes = [note] if (note := name_note(TEXT, filename)) else []
            recognise(imported, passing.evidence, plan, actor, now)
        else:
            imported.original_as = kept
            imported.plan = plan.as_json() if plan else {}
            imported.sheet = plan.reading.get("sheet", "") if plan else ""
            if passing.passed <= (AT_ONCE if at_once is None else at_once):
                make_text(imported, actor, now)
            else:
                imported.phase = Phase.READ
    except BaseException:  # a full disk and a sender who leaves among them
        for name in {kept, imported.stored_as, imported.original_as} - {""}:
            default_storage.delete(name)
        raise
    return imported


def make_text(
    imported: Import, actor: Actor, now: datetime, told: Callable[[int], None] | None = None
) -> None:
    """Make the text that the import reads of the file that was brought; `told` hears of the rows on the way.

    Raises `UnreadableFile` and `Invalid`.
    """
    with default_storage.open(imported.original_as, "rb") as original, tempfile.TemporaryFile() as out:
        unpacked = unpack(
            original.file or original,
            format=format_of_original(imported, original),
            filename=imported.file_name,
            sheet=imported.sheet,
            out=out,
            told=told,
        )
        out.seek(0)
        passing = _Passing(out, settings.IMPORT_MAX_BYTES)
        before, imported.stored_as = imported.stored_as, default_storage.save(_place(imported), passing)
    if before:
        transaction.on_commit(lambda: default_storage.delete(before))
    imported.format, imported.sheets, imported.sheet = unpacked.format, list(unpacked.sheets), unpacked.sheet
    imported.notes, imported.rows_expected = list(unpacked.notes), unpacked.rows
    imported.layout = {}
    plan = Plan.from_json(imported.plan) if imported.plan else None
    recognise(imported, passing.evidence, plan, actor, now)


def format_of_original(imported: Import, original: IO[bytes]) -> str:
    """The format of the file that was brought; known already unless it was a zip file that held a text."""
    return imported.format if imported.format != TEXT else format_of(original.read(CHUNK), "")


def choose_sheet(*, store: Store, import_id: UUID, sheet: str, actor: Actor, now: datetime) -> Import:
    """Read another sheet of the workbook that was brought. What its columns become is proposed anew.

    Raises `NotFound`, `NotAllowed`, `WrongState`, `Invalid` and `UnreadableFile`.
    """
    with transaction.atomic():
        imported = lock_plannable(store, import_id, actor)
        if sheet not in imported.sheets:
            raise Invalid(_("The workbook has no sheet “%(sheet)s”.") % {"sheet": sheet}, field="sheet")
        imported.sheet, imported.plan, imported.profile_name = sheet, {}, ""
        imported.check_counts, imported.effects, imported.asks = {}, [], True
        if imported.size <= AT_ONCE:
            make_text(imported, actor, now)
            imported.phase, imported.run_id = Phase.MAP, None
            imported.save()
        else:
            begin(imported, Phase.READ, actor, enqueue=True)
    return imported


@run_kind(KINDS[Phase.READ])
def read(progress: Progress) -> None:
    """Make the text of a large spreadsheet, then wait for a person or go on with the check."""
    imported = Import.objects.get(store=progress.store, pk=UUID(progress.run.arguments["import"]))
    actor = actor_again(store=progress.store, who=progress.run.arguments["actor"], surface="import")
    actor.require(get_resource(imported.resource).permission("import"))
    if not imported.original_as or not default_storage.exists(imported.original_as):
        raise Refused(_("The uploaded file is not there any more. Bring it again."), code="file_gone")

    def told(rows: int) -> None:
        progress.stop_if_cancelled()
        progress.save(done=rows, counts={}, cursor={})

    make_text(imported, actor, progress.now, told)
    with transaction.atomic():
        if imported.asks:
            imported.phase, imported.run_id = Phase.MAP, None
            imported.save()
        else:
            begin(imported, Phase.CHECK, actor, enqueue=True)


def _place(imported: Import) -> str:
    return f"imports/{imported.store_id}/{imported.pk}"


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:,.0f}" if size >= 1024**2 else f"{size / 1024**2:.2f}"
