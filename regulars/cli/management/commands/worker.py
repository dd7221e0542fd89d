"""`regulars worker`: carry out imports, exports and other long work until told to stop."""

import asyncio
import contextlib
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app as queue
from procrastinate.contrib.django.django_connector import DjangoConnector

from regulars.jobs.services import leave, resume_open_runs

# Jobs get this long to reach their next batch border; what is left of a run goes on at its cursor.
STOP_SECONDS = 5


class Command(BaseCommand):
    help = "Run imports, exports and mail in the background; several may run at once"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--concurrency", type=int, default=2, metavar="N", help="jobs at a time (default 2)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        resume_open_runs()
        assert isinstance(queue.connector, DjangoConnector)
        with queue.replace_connector(queue.connector.get_worker_connector()):
            asyncio.run(_work(max(1, options["concurrency"])))


async def _work(concurrency: int) -> None:
    async with queue.open_async():
        worker = asyncio.ensure_future(
            queue.run_worker_async(
                concurrency=concurrency,
                fetch_job_polling_interval=2,
                shutdown_graceful_timeout=STOP_SECONDS,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
        )

        def stop() -> None:
            leave()
            worker.cancel()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        with contextlib.suppress(asyncio.CancelledError):
            await worker
