"""Files that are kept for a week: small ones are made at once, large ones by the worker, and both are fetched by people
who are signed in and may see all that is in them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from regulars.jobs.models import Run
from regulars.jobs.services import OPEN, Progress, ask_to_cancel, run_kind
from regulars.kit.actor import Actor
from regulars.kit.errors import NotAllowed, NotFound, Refused
from regulars.resources.context import Context
from regulars.resources.page import count_matching
from regulars.resources.query import names_hidden_fields
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers.models import Export, ExportFetch
from regulars.transfers.services.asked import Asked, Table, table_of
from regulars.transfers.services.export import Follow, checked_table, enter, file_name, write_table
from regulars.transfers.services.mails import mail_link, stop_schedule
from regulars.transfers.services.making import begin_run, export_of, follower, taken_up
from regulars.transfers.writing import format_named

KIND = "transfers.export"
KEPT_FOR = timedelta(days=7)
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept file, open for reading."""

    name: str
    content_type: str
    size: int
    file: IO[bytes]


def keep_export(*, asked: Asked, context: Context) -> Export:
    """Make a file that can be fetched for a week: at once when it is small, else by the worker.

    Raises `NotAllowed`, `Invalid` and `QueryError`.
    """
    table = checked_table(asked, context)
    if not _is_small(asked, context):
        return keep_later(asked=asked, context=context)
    export = enter(asked, table, context)
    _make(export, asked, table, context, None)
    export.refresh_from_db()
    return export


def keep_later(*, asked: Asked, context: Context, saved_id: UUID | None = None) -> Export:
    """Have the file made by the worker. Raises `NotAllowed`, `Invalid` and `QueryError`."""
    return begin_export(asked=asked, context=context, saved_id=saved_id)[0]


def being_made(*, store: Store, export_id: UUID | None) -> Export | None:
    """The export, while its file waits for the worker or is being made."""
    making = Run.objects.filter(store=store, pk=OuterRef("run_id"), state__in=OPEN, cancel_asked=False)
    return Export.objects.filter(Exists(making), store=store, pk__in=[export_id], finished_at=None).first()


def begin_export(
    *, asked: Asked, context: Context, enqueue: bool = True, saved_id: UUID | None = None
) -> tuple[Export, Run]:
    """The same with its run; with `enqueue=False` whoever began it carries the run out."""
    with transaction.atomic():
        export = enter(asked, checked_table(asked, context), context, saved_id=saved_id)
        run = begin_run(kind=KIND, export=export, arguments=asked.as_json(), context=context, enqueue=enqueue)
    return export, run


@run_kind(KIND)
def make_export(progress: Progress) -> None:
    """Make the file of a run, from its beginning each time it is taken up; then mail the link, if it is for others."""
    export = export_of(progress)
    if export.finished_at is None:
        forget_file(export=export)  # by a worker that was killed before it had finished
        try:
            with taken_up(progress, progress.run.arguments) as (asked, context):
                table = table_of(asked=asked, context=context)
                progress.set_total(asked.rows(context).order_by().count())
                _make(export, asked, table, context, follower(progress, export))
        except Refused as refusal:
            stop_schedule(saved_id=export.saved_id, why=refusal.sentence)
            raise
        export.refresh_from_db()
    mail_link(export=export, now=progress.now)


def _is_small(asked: Asked, context: Context) -> bool:
    if asked.ids:
        return len(asked.ids) <= AT_ONCE
    count = count_matching(asked.query, context)
    return count.exact and count.value <= AT_ONCE


def _make(export: Export, asked: Asked, table: Table, context: Context, follow: Follow | None) -> None:
    """Write the file and keep it. Who was erased meanwhile may be in it; then it is made once more.

    The ledger knows where the file will lie before there is one, so that whatever ends this, it is found and thrown
    away.
    """
    kept_as = f"exports/{export.store_id}/{export.pk}{format_named(asked.format).suffix}"
    columns = [field.name for field in table.fields]  # somebody may see more by now than when they asked
    known = {"stored_as": kept_as, "columns": columns, "expires_at": context.now + KEPT_FOR}
    while True:
        attempt = Export.objects.values_list("attempt", flat=True).get(pk=export.pk)
        with TemporaryFile() as file:
            made = write_table(asked, table, context, file, follow)
            Export.objects.filter(pk=export.pk).update(**known)
            _keep(kept_as, file)
        mine = Export.objects.filter(pk=export.pk, attempt=attempt, stored_as=kept_as)
        if mine.update(finished_at=Now(), **made):
            return
        default_storage.delete(kept_as)  # spoilt or thrown away while it was written


def _keep(kept_as: str, file: IO[bytes]) -> None:
    default_storage.delete(kept_as)
    try:
        default_storage.save(kept_as, File(file))
    except OSError:
        default_storage.delete(kept_as)  # half a file on a full disk only keeps others from being written
        raise


def spoil_unfinished(*, store: Store) -> None:
    """Have every file that is being made now made once more: somebody who is in it is being erased."""
    Export.objects.filter(store=store, finished_at=None).update(attempt=F("attempt") + 1)


def fetch_export(*, store: Store, export_id: UUID, actor: Actor, now: datetime) -> Kept:
    """Open a kept file and write down who fetches it.

    Raises `NotFound` when it is not kept (any more), and `NotAllowed` for who may not see all that is in it.
    """
    export = Export.objects.select_related("store").filter(store=store, pk=export_id).first()
    if export is None:
        raise NotFound(_("There is no such file in this store."))
    check_may_see(export=export, actor=actor)
    gone = NotFound(_("This file is not kept any more; take the records out again."))
    if not (export.finished_at and export.stored_as and export.expires_at and export.expires_at > now):
        raise gone
    try:
        file = default_storage.open(export.stored_as, "rb")
    except FileNotFoundError as error:
        raise gone from error
    ExportFetch.objects.create(
        store=store, export_id=export.pk, actor_id=actor.id, actor_name=actor.name, at=now
    )
    return Kept(file_name(export=export), format_named(export.format).content_type, export.size, file)


def check_may_see(*, export: Export, actor: Actor) -> None:
    """Refuse who may not take these records out, or may not see a field that is in the file. Raises `NotAllowed`."""
    resource = get_resource(export.resource)
    actor.require(resource.permission("export"))
    known = {field.name for field in resource.all_fields()}
    for name in export.columns:
        if name in known and resource.field(name, actor) is None:
            raise NotAllowed(_("This file holds columns that your role may not see."))
    if names_hidden_fields(query=export.query, resource=resource, actor=actor):
        raise NotAllowed(_("This file was filtered by columns that your role may not see."))


def discard_export(*, store: Store, export_id: UUID, actor: Actor, now: datetime) -> None:
    """Throw a kept file away, or stop making it; the ledger stays. Raises `NotFound` and `NotAllowed`."""
    with transaction.atomic():
        export = Export.objects.select_for_update(of=("self",)).filter(store=store, pk=export_id).first()
        if export is None:
            raise NotFound(_("There is no such file in this store."))
        check_may_see(export=export, actor=actor)
        if export.run_id and Run.objects.filter(store=store, pk=export.run_id, state__in=OPEN).exists():
            ask_to_cancel(store=store, run_id=export.run_id)
        forget_file(export=export)


def forget_file(*, export: Export) -> None:
    """Delete the file of an export when the transaction commits."""
    if stored_as := export.stored_as:
        Export.objects.filter(pk=export.pk).update(stored_as="")
        transaction.on_commit(lambda: default_storage.delete(stored_as))


def forget_old_exports(*, now: datetime) -> int:
    """Throw files away whose week is over; the ledger stays. Returns how many."""
    old = list(Export.objects.filter(expires_at__lte=now).exclude(stored_as=""))
    for export in old:
        forget_file(export=export)
    return len(old)
