"""Taking people out of what runs were asked for, and out of finished jobs of the queue."""

from typing import Any

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.jobs.models import Run, Skipped
from regulars.jobs.services import ASKED, FORGET, OPEN
from regulars.kit.traces import Traces
from regulars.stores.models import Store

_WAITING = ("todo", "doing")


def clean_runs(*, store: Store, traces: Traces) -> None:
    """Take traces out of the questions and messages of runs.

    A run that is still going on needs its question to the end; it is told to forget it then.
    """
    for run in Run.objects.filter(store=store).only("arguments", "message", "state").iterator():
        asked = {name: value for name, value in run.arguments.items() if name in ASKED}
        cleaned = traces.clean_json(asked)
        found: dict[str, Any] = {}
        if cleaned != asked:
            found["arguments"] = run.arguments | ({FORGET: True} if run.state in OPEN else cleaned)
        if (message := traces.clean(run.message, names=False)) != run.message:
            found["message"] = message
        if found:
            Run.objects.filter(pk=run.pk).update(**found)
    skipped = Skipped.objects.filter(run__store=store)
    for why in skipped.values_list("why", flat=True).distinct():
        if (cleaned := traces.clean(why, names=False)) != why:
            skipped.filter(why=why).update(why=cleaned)


def clean_queue(*, traces: Traces) -> None:
    """Remove finished jobs whose arguments name one of the people; waiting ones still have their work to do."""
    finished = ProcrastinateJob.objects.exclude(status__in=_WAITING).only("args")
    named = [job.pk for job in finished.iterator() if traces.clean_json(job.args, names=False) != job.args]
    if named:
        with connection.cursor() as cursor:  # the models of the queue are for reading only
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [named])
