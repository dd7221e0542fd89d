"""`regulars serve`: the whole install in one terminal, started in order and stopped in order."""

import argparse
import contextlib
import errno
import http.client
import io
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import regulars
from regulars.cli import database, web
from regulars.cli.children import Child
from regulars.embedded import Cluster, EmbeddedError
from regulars.embedded.errors import for_os_error
from regulars.embedded.locks import open_lock, take_alone

START_SECONDS = 60


def run(arguments: list[str]) -> int:
    """Start database, web and worker, keep them running, and stop them on Ctrl-C."""
    parser = argparse.ArgumentParser(prog="regulars serve", description="Start everything; Ctrl-C stops it.")
    web.add_options(parser)
    parser.add_argument("--no-demo", action="store_true", help="do not make a demo store on a new install")
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    os.environ["PORT"] = str(options.port)
    address = address_of(host=options.host, port=options.port)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with only_one(database.data_dir(), address=address):
        check_port(host=options.host, port=options.port)
        with database.available() as bundled:
            web_server, worker = children = (
                Child(
                    "web",
                    [
                        "web",
                        f"--host={options.host}",
                        f"--port={options.port}",
                        f"--workers={options.workers}",
                    ],
                ),
                Child("worker", ["worker"]),
            )
            try:
                # It loads its code while we load ours; the worker, which no page needs, comes after both.
                web_server.start(waiting=True)
                sign_ins = _prepare(web_server, demo=not options.no_demo, stop=stop)
                _wait_until_healthy(children, host=options.host, port=options.port, stop=stop)
                if not stop.is_set():
                    worker.start()
                    print(
                        f"\nRegulars {regulars.__version__} runs at {address}\n\n{sign_ins}Ctrl-C stops it.",
                        flush=True,
                    )
                _watch(children, cluster=Cluster(database.data_dir()) if bundled else None, stop=stop)
            finally:
                _stop(children)
    return 0


def address_of(*, host: str, port: int) -> str:
    """The address to type into a browser on this machine."""
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host
    return f"http://{shown}:{port}"


@contextlib.contextmanager
def only_one(data_dir: Path, *, address: str) -> Iterator[None]:
    """One supervisor per data folder; the lock file says which, and a killed one frees it."""
    Cluster(data_dir).prepare_folder()
    path = data_dir / "serve.lock"
    with open_lock(path) as lock:
        if not take_alone(lock):
            raise EmbeddedError(f"Regulars is already running on this data folder ({_holder(path)}).")
        os.truncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "address": address}).encode(), 0)
        yield


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text())
        return f"pid {holder['pid']}, {holder['address']}"
    except (ValueError, KeyError):
        return "it is starting or being restored"


def check_port(*, host: str, port: int) -> None:
    """Find out now, in one line, rather than from a web server that cannot start."""
    deadline = time.monotonic() + 2  # a web server killed a moment ago is still leaving
    while True:
        try:
            family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
            return
        except (socket.gaierror, OverflowError):
            raise EmbeddedError(f"This machine cannot listen on {host}:{port}.") from None
        except OSError as error:
            if error.errno == errno.EACCES:
                raise EmbeddedError(
                    f"Port {port} needs more rights; choose one from 1024 on: make run PORT=8000"
                ) from None
            if error.errno != errno.EADDRINUSE:
                raise EmbeddedError(
                    f"This machine cannot listen on {host}:{port} ({error.strerror})."
                ) from None
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Port {port} is taken by another program; choose one: make run PORT={port + 1}"
                ) from None
            time.sleep(0.1)


def _prepare(web_server: Child, *, demo: bool, stop: threading.Event) -> str:
    """Bring the database up to date, let the web server go on, make the demo; returns what the person must know:
    the demo's sign-ins, and on an install without a store the one-time code of the first visit."""
    from regulars.cli.migrations import apply_pending

    apply_pending()
    web_server.go()
    from django.core.management import CommandError, call_command
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    said, code = io.StringIO(), io.StringIO()
    try:
        if demo and not stop.is_set():
            call_command("demo", "--ensure", stdout=sys.stderr)
        if not stop.is_set():
            call_command("demo", "--show", stdout=said)
            call_command("staff", "start-code", stdout=code)
    except CommandError as error:
        raise EmbeddedError(f"The demo store could not be made: {error}") from error
    for connection in connections.all(initialized_only=True):
        connection.close()
        if isinstance(connection, DatabaseWrapper):
            connection.close_pool()
    if code.getvalue().strip():
        said.write("There is no store yet. Open the address and set up yours with the code  ")
        said.write(code.getvalue().strip() + "\n")
    return said.getvalue().rstrip() + "\n\n" if said.getvalue().strip() else ""


def _wait_until_healthy(children: Sequence[Child], *, host: str, port: int, stop: threading.Event) -> None:
    ask = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    deadline = time.monotonic() + START_SECONDS
    pause = 0.03
    while not stop.wait(pause):
        status = _status(ask, port)
        if status == 200:
            return
        # A server that answers with an error logs each of them: do not fill the screen.
        pause = 0.03 if status is None else 2
        _keep_running(children)
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The web server did not answer within {START_SECONDS} seconds.")


def _status(host: str, port: int) -> int | None:
    """What `/healthz` answers; `None` while nobody listens."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _watch(children: Sequence[Child], *, cluster: Cluster | None, stop: threading.Event) -> None:
    """Keep everything running until told to stop."""
    while not stop.wait(0.5):
        if cluster is not None and not cluster.is_running():
            print("The database ended unexpectedly; starting it again.", file=sys.stderr)
            cluster.start()
        _keep_running(children)


def _keep_running(children: Sequence[Child]) -> None:
    for child in children:
        child.keep_running()


def _stop(children: Sequence[Child]) -> None:
    """Web and worker first; the database, which they use, goes when the caller gives it back."""
    try:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait_until_stopped()
    except OSError as error:
        raise for_os_error(error, database.data_dir()) from error
