"""Doing two things at once: a thread makes the next items while the last one is worked on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from queue import Queue, ShutDown
from threading import Thread

from django.db import connections


@contextmanager
def made_ahead[Item](source: Iterator[Item]) -> Iterator[Iterator[Item]]:
    """The items of a source in their order, made by a thread, at most two ahead of what is asked for.

    While this thread waits for the database, that one has the processor. What the source raises is raised here, in its
    place. The thread ends with the block, however that ends.
    """
    ready: Queue[Item] = Queue(maxsize=1)
    failures: list[Exception] = []

    def make() -> None:
        try:
            for item in source:
                ready.put(item)
        except ShutDown:
            return  # nobody asks for more
        except Exception as failure:  # noqa: BLE001  (raised again where the items are taken)
            failures.append(failure)
        finally:
            ready.shutdown()
            connections.close_all()  # those of this thread, if the source has asked the database

    def items() -> Iterator[Item]:
        try:
            while True:
                yield ready.get()
        except ShutDown:
            for failure in failures:
                raise failure from None

    thread = Thread(target=copy_context().run, args=(make,), name="made-ahead", daemon=True)
    thread.start()
    try:
        yield items()
    finally:
        ready.shutdown(immediate=True)
        thread.join()
