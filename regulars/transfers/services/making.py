"""An export as a run of the worker: begun, taken up with the rights of who asked for it, followed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils import translation

from regulars.jobs.models import Run
from regulars.jobs.services import Progress, start_run
from regulars.resources.context import Context
from regulars.staff.queries import actor_again
from regulars.transfers.models import Export
from regulars.transfers.services.asked import Asked
from regulars.transfers.services.export import Follow


def begin_run(
    *, kind: str, export: Export, arguments: dict[str, Any], context: Context, enqueue: bool
) -> Run:
    """Leave an export that is in the ledger to the worker; without `enqueue` whoever began it carries the run out."""
    run = start_run(
        store=context.store,
        kind=kind,
        arguments=arguments
        | {
            "export": str(export.pk),
            "actor": context.actor.as_json(),
            "language": context.language or translation.get_language() or "",
        },
        actor=context.actor,
        enqueue=enqueue,
    )
    export.run_id = run.pk
    export.save(update_fields=["run_id"])
    return run


def export_of(progress: Progress) -> Export:
    """The line of the ledger that a run is about."""
    wanted = UUID(progress.run.arguments["export"])
    return Export.objects.select_related("store").get(store=progress.store, pk=wanted)


@contextmanager
def taken_up(progress: Progress, asked: dict[str, Any]) -> Iterator[tuple[Asked, Context]]:
    """What was asked for, by the rights that whoever asked has by now and in their language."""
    arguments = progress.run.arguments
    actor = actor_again(store=progress.store, who=arguments["actor"], surface="worker")
    context = Context(store=progress.store, actor=actor, now=progress.now, language=arguments["language"])
    with translation.override(context.locale):
        yield Asked.from_json(asked, context), context


def follower(progress: Progress, export: Export) -> Follow:
    """Keeps how far a run is, and stops it when somebody asks."""

    def follow(rows: int) -> None:
        progress.stop_if_cancelled()
        progress.save(done=rows, counts={"done": rows}, cursor={"change_set": str(export.pk)})

    return follow
