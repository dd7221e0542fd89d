"""The web server: granian, set up for pages that wait on the database."""

import argparse
import functools
import gc
import importlib
import os
import signal
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from regulars.cli import database
from regulars.cli.tie import die_with_parent, wait_for_go

APPLICATION = "regulars.config.wsgi:application"
# A page that asks the database for longer is given up; imports, exports and bulk work run elsewhere or in batches.
STATEMENT_SECONDS = 15


def run(arguments: list[str]) -> int:
    """Serve the web pages until told to stop."""
    parser = argparse.ArgumentParser(prog="regulars web", description="Start the web server alone.")
    add_options(parser)
    options = parser.parse_args(arguments)
    os.environ["PORT"] = str(options.port)
    with database.available():
        serve(host=options.host, port=options.port, workers=options.workers)
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that `serve` and `web` share."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000), help="default 8000")
    parser.add_argument("--workers", type=int, default=2, help="web processes (default 2)")


def serve(*, host: str, port: int, workers: int) -> None:
    """Run granian in this process; its workers are children of ours.

    The application is loaded here, once, and the forked workers share its memory.
    """
    os.environ.setdefault("REGULARS_STATEMENT_SECONDS", str(STATEMENT_SECONDS))
    load_application(APPLICATION)
    wait_for_go()
    gc.freeze()
    server = Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # As many as a process has database connections: more threads would only queue for one of those.
        blocking_threads=int(os.environ.get("REGULARS_POOL") or 8),
        # Counts open connections, idle ones too: at 8, sixteen quiet browsers block everybody (measured).
        backpressure=512,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        websockets=False,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=functools.partial(_load, os.getpid()))


def _load(server: int, target: str) -> Callable[..., Any]:
    """Runs in each worker: a worker whose server was killed must not keep the port."""
    die_with_parent(server, number=signal.SIGKILL)
    return load_application(target)


def load_application(target: str) -> Callable[..., Any]:
    """The web application with all its pages, so that the first visitor does not wait for them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    module, name = target.split(":")
    application: Callable[..., Any] = getattr(importlib.import_module(module), name)
    from django.urls import get_resolver

    len(get_resolver().url_patterns)
    return application
