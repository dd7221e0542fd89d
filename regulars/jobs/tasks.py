"""The jobs that the worker takes from the queue."""

from uuid import UUID

from procrastinate.contrib.django import app as queue

from regulars.jobs import services


@queue.task(name="jobs.execute", retry=False)
def execute(run_id: str) -> None:
    """Carry out one run."""
    services.execute_run(run_id=UUID(run_id))


@queue.periodic(cron="* * * * *")
@queue.task(name="jobs.resume", queueing_lock="jobs.resume")
def resume(timestamp: int) -> None:
    """Every minute: take up runs again whose process was killed."""
    services.resume_open_runs()
