"""The jobs that the worker takes from the queue."""

from uuid import UUID

from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

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


@queue.periodic(cron="* * * * *")
@queue.task(name="jobs.release", queueing_lock="jobs.release")
async def release(timestamp: int) -> None:
    """Every minute: free the jobs of killed workers. Runs are taken up by `resume`, other jobs start again."""
    for job in await queue.job_manager.get_stalled_jobs():
        if job.task_name.startswith("jobs."):
            await queue.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
            continue
        try:
            await queue.job_manager.retry_job(job)
        except UniqueViolation:
            # The same work waits already, asked for after the kill: once is enough.
            await queue.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
