"""Starting, carrying out, resuming and cancelling runs.

A run is a row plus a job in procrastinate's queue, which lives in the same database: both commit with the write that
asked for them, or neither does. A session advisory lock makes sure that one process at a time carries out a run, and
ends by itself when that process is killed; the worker then takes the run up again at its cursor.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from functools import partial
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import AlreadyEnqueued

from regulars.jobs.choices import RunState
from regulars.jobs.models import Run, Skipped
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.kit.lanes import in_lanes
from regulars.kit.language import spoken
from regulars.kit.space import no_space
from regulars.stores.models import Store

OPEN = (RunState.WAITING, RunState.RUNNING)
Work = Callable[["Progress"], None]
_kinds: dict[str, Work] = {}


# What a person chose, among the arguments of a run; the rest are names of ours and who asked.
ASKED = ("query", "inputs")
# Marks in the arguments: to forget what was asked when the run ends, and that it was forgotten.
FORGET, FORGOTTEN = "forget", "forgotten"
# The language of who began the run: what it says about records is kept in it.
SPOKEN = "spoken"


class Forgotten(Refused):
    """The run cannot be taken up again, because what it was asked for has been erased."""

    code = "forgotten"


class Decided(Refused):
    """The run does not wait for a second person, or not any more."""

    code = "decided_already"


class Cancelled(Exception):
    """Raised at a batch border when somebody asked the run to stop."""


class Interrupted(Exception):
    """Raised at a batch border when this process has to end; the run goes on at its cursor elsewhere or later."""


_leaving = threading.Event()


def _caught(lane: Callable[[Any], None], work: Any) -> Exception | None:
    try:
        lane(work)
    except Exception as error:  # noqa: BLE001  (raised again by whoever asked for the lanes, when both have ended)
        return error
    return None


def leave() -> None:
    """Let every run of this process stop at its next batch border, to be taken up again at its cursor."""
    _leaving.set()


class Progress:
    """What the work of a run reports to: counts, the cursor to go on from, and whether to stop."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.store = run.store
        self.now = timezone.now()
        self._halted = threading.Event()

    def in_lanes(self, works: Iterable[Callable[["Progress"], None]]) -> None:
        """Let two connections work at this run at once. Each of the works has a mark of its own in the cursor; when one
        ends early, the other stops at its next batch border."""

        def lane(work: Callable[["Progress"], None]) -> None:
            mine = copy(self)
            mine.run = copy(self.run)
            try:
                work(mine)
            except BaseException:
                self._halted.set()
                raise

        ended = in_lanes([partial(_caught, lane, work) for work in works])
        errors = [error for error in ended if error is not None]
        if errors:
            # One that was only halted says nothing about why.
            raise next((error for error in errors if not isinstance(error, Interrupted)), errors[0])

    def save(self, *, done: int, counts: dict[str, int], cursor: dict[str, Any]) -> None:
        """Keep how far it got. Call inside the transaction of the batch, so both commit together."""
        self.run.done, self.run.counts, self.run.cursor = done, counts, cursor
        Run.objects.filter(pk=self.run.pk).update(done=done, counts=counts, cursor=cursor)

    def add(self, *, looked_at: int, done: int, skipped: Mapping[UUID, str], cursor: dict[str, Any]) -> None:
        """Keep what became of one batch: how many were done, and which were left as they were and why; and what of the
        cursor it moved. Call as the last thing inside the transaction of the batch. Raises `Interrupted` when another
        process has gone on from there: this batch is done by that one."""
        known = (
            Run.objects.select_for_update(no_key=True).only("done", "counts", "cursor").get(pk=self.run.pk)
        )
        if any(known.cursor.get(name) != self.run.cursor.get(name) for name in cursor):
            raise Interrupted
        Skipped.objects.bulk_create(
            [Skipped(run=self.run, record_id=record_id, why=why) for record_id, why in skipped.items()],
            ignore_conflicts=True,
        )
        counts = {"done": 0, "skipped": 0, **known.counts}
        counts["done"] += done
        counts["skipped"] += len(skipped)
        self.save(done=known.done + looked_at, counts=counts, cursor=known.cursor | cursor)

    def set_total(self, total: int) -> None:
        """Say how much there is to do."""
        self.run.total = total
        Run.objects.filter(pk=self.run.pk).update(total=total)

    def stop_if_cancelled(self) -> None:
        """Raise `Cancelled` when somebody asked the run to stop, `Interrupted` when this process ends. Call between
        batches."""
        if _leaving.is_set() or self._halted.is_set():
            raise Interrupted
        if Run.objects.filter(pk=self.run.pk, cancel_asked=True).exists():
            raise Cancelled


def run_kind(name: str) -> Callable[[Work], Work]:
    """Declare how runs of a kind are carried out."""

    def register(work: Work) -> Work:
        if _kinds.setdefault(name, work) is not work:
            raise ValueError(f"Two functions carry out runs of the kind {name}.")
        return work

    return register


def start_run(
    *,
    store: Store,
    kind: str,
    arguments: dict[str, Any],
    actor: Actor,
    enqueue: bool = True,
    held: str = "",
) -> Run:
    """Ask for a long piece of work. With `enqueue` the worker does it; else the caller does, with `execute_run`.

    A `held` one, for the reason given, begins when a second person agrees (`agree_to_run`).
    """
    with transaction.atomic():
        run = Run.objects.create(
            store=store,
            kind=kind,
            arguments=arguments | {SPOKEN: get_language() if actor.id else store.language},
            actor_id=actor.id,
            actor_name=actor.name,
            state=RunState.HELD if held else RunState.WAITING,
            message=held,
        )
        if enqueue and not held:
            enqueue_run(run_id=run.pk)
    return run


def agree_to_run(*, store: Store, run_id: UUID, actor: Actor, enqueue: bool = True) -> None:
    """Let a held run begin. Raises `Decided`."""
    _decide(store, run_id, actor, RunState.WAITING, "")
    if enqueue:
        enqueue_run(run_id=run_id)


def turn_down_run(*, store: Store, run_id: UUID, actor: Actor, message: str) -> None:
    """Let a held run never begin. Raises `Decided`."""
    _decide(store, run_id, actor, RunState.CANCELLED, message)
    _forget(run_id)


def _decide(store: Store, run_id: UUID, actor: Actor, state: RunState, message: str) -> None:
    with transaction.atomic():
        decided = Run.objects.filter(store=store, pk=run_id, state=RunState.HELD).update(
            state=state,
            message=message,
            decided_by_id=actor.id,
            decided_by_name=actor.name,
            finished_at=timezone.now() if state == RunState.CANCELLED else None,
        )
    if not decided:
        raise Decided(_("Somebody has decided about this already."))


def enqueue_run(*, run_id: UUID) -> None:
    """Put a run into the queue; does nothing when it waits there already."""
    lock = f"run-{run_id}"
    try:
        with transaction.atomic():
            queue.configure_task("jobs.execute", queueing_lock=lock).defer(run_id=str(run_id))
    except AlreadyEnqueued:
        return


def ask_to_cancel(*, store: Store, run_id: UUID) -> None:
    """Ask a run to stop at its next batch; what it has written stays and is counted."""
    Run.objects.filter(store=store, pk=run_id, state__in=OPEN).update(cancel_asked=True)


def execute_run(*, run_id: UUID) -> Run:
    """Carry out a run from its cursor, unless another process is at it or it is finished."""
    with _only_here(run_id) as mine:
        run = Run.objects.select_related("store").get(pk=run_id)
        if not mine or run.state not in OPEN:
            return run
        Run.objects.filter(pk=run_id).update(
            state=RunState.RUNNING, started_at=run.started_at or timezone.now(), finished_at=None
        )
        try:
            with spoken(run.arguments.get(SPOKEN) or run.store.language):
                _kinds[run.kind](Progress(run))
        except Interrupted:
            return run
        except Cancelled:
            _finish(run_id, RunState.CANCELLED, "")
        except Refused as refusal:
            _finish(run_id, RunState.FAILED, refusal.sentence)
        except Exception as error:
            if _is_lost(error):
                connection.close()
                raise  # the run has not failed: it goes on at its cursor when the database is back
            full = no_space(error)
            said = (
                full.sentence
                if full
                else _("Something went wrong on our side (%(name)s).") % {"name": type(error).__name__}
            )
            _finish(run_id, RunState.FAILED, said)
            raise
        else:
            _finish(run_id, RunState.DONE, "")
        return Run.objects.select_related("store").get(pk=run_id)


def retry_run(*, store: Store, run_id: UUID) -> None:
    """Take up a failed or cancelled run again at its cursor. Raises `Forgotten`, and `Decided` for one that a second
    person turned down: it never begins."""
    with transaction.atomic():
        never = Run.objects.filter(store=store, pk=run_id, state=RunState.CANCELLED, started_at=None)
        if never.exclude(decided_by_name="").exists():
            raise Decided(_("This was turned down. Ask for it anew."))
        if Run.objects.filter(store=store, pk=run_id, arguments__has_key=FORGOTTEN).exists():
            raise Forgotten(_("What this was asked for named somebody who was erased since. Begin anew."))
        taken = Run.objects.filter(
            store=store, pk=run_id, state__in=(RunState.FAILED, RunState.CANCELLED)
        ).update(state=RunState.WAITING, message="", cancel_asked=False, finished_at=None)
        if taken:
            enqueue_run(run_id=run_id)


def resume_open_runs() -> int:
    """Put runs back into the queue whose process was killed. Returns how many were looked at."""
    runs = Run.objects.filter(state__in=OPEN).values_list("pk", flat=True)
    for run_id in runs:
        if not _is_being_executed(run_id):
            enqueue_run(run_id=run_id)
    return len(runs)


def note(*, run: Run, message: str) -> None:
    """A line about the run for people."""
    Run.objects.filter(pk=run.pk).update(message=message)


def add_done(*, run_id: UUID, count: int) -> None:
    """Move the progress on by a number of rows."""
    Run.objects.filter(pk=run_id).update(done=F("done") + count)


def _finish(run_id: UUID, state: RunState, message: str) -> None:
    Run.objects.filter(pk=run_id).update(state=state, message=message, finished_at=timezone.now())
    _forget(run_id)


def _forget(run_id: UUID) -> None:
    """Forget what was asked, where it names somebody who is erased."""
    for run in Run.objects.filter(pk=run_id, arguments__has_key=FORGET):
        kept = {name: value for name, value in run.arguments.items() if name not in (*ASKED, FORGET, SPOKEN)}
        Run.objects.filter(pk=run_id).update(arguments=kept | {FORGOTTEN: True})


def _is_lost(error: Exception) -> bool:
    """True when the database went away under the work, or was not there yet; such errors come without a state or with
    one of its shutdown."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith("57P")


@contextmanager
def _only_here(run_id: UUID) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_lock_number(run_id)])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_lock_number(run_id)])


def _is_being_executed(run_id: UUID) -> bool:
    with _only_here(run_id) as free:
        return not free


def _lock_number(run_id: UUID) -> int:
    return int.from_bytes(run_id.bytes[8:], signed=True)
