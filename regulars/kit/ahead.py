"""Doing two things at once: a thread makes the next item while the last one is worked on."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from itertools import islice

from django.db import connections


@contextmanager
def made_ahead[Item](source: Iterator[Item]) -> Iterator[Iterator[Item]]:
    """The items of a source in their order, made by a thread, one ahead of what is asked for.

    While this thread waits for the database, that one has the processor. What the source raises is raised here, in its
    place. The thread ends with the block, however that ends.
    """
    context = copy_context()

    def make() -> list[Item]:
        """The next item; none at the end of the source."""
        return list(islice(source, 1))

    def items(pool: ThreadPoolExecutor) -> Iterator[Item]:
        ahead: Future[list[Item]] = pool.submit(context.run, make)
        while made := ahead.result():
            ahead = pool.submit(context.run, make)
            yield made[0]

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="made-ahead") as pool:
        try:
            yield items(pool)
        finally:
            pool.submit(connections.close_all)  # those of its thread, if the source has asked the database
