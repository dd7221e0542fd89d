"""Jobs of killed workers are freed, whatever was asked for since."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.jobs.tasks import release

pytestmark = pytest.mark.django_db(transaction=True)
_ADD = """INSERT INTO procrastinate_jobs (task_name, queue_name, priority, queueing_lock, args, status)
    VALUES (%s, 'default', 0, %s, '{}', %s::procrastinate_job_status)"""


def add(name: str, lock: str, status: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [name, lock, status])


def left() -> list[tuple[str, str]]:
    return list(ProcrastinateJob.objects.order_by("pk").values_list("task_name", "status"))


def free_jobs() -> None:
    """In a thread of its own: a browser that earlier tests opened keeps a loop running in this one."""

    def free() -> None:
        try:
            async_to_sync(release.func)(timestamp=0)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(free).result()


def test_begins_again_what_a_killed_worker_had_begun() -> None:
    add("duplicates.scan", "duplicates.scan", "doing")
    add("jobs.execute", "run-1", "doing")
    free_jobs()
    assert left() == [("duplicates.scan", "todo")]


def test_does_once_what_was_asked_for_again_since() -> None:
    add("duplicates.scan", "duplicates.scan", "doing")
    add("duplicates.scan", "duplicates.scan", "todo")
    add("segments.refresh", "segments.refresh", "doing")
    free_jobs()
    assert left() == [("duplicates.scan", "todo"), ("segments.refresh", "todo")]
