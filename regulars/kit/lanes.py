"""Two lanes: independent pieces of one large work are done over two connections at once."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context

from django.db import connection, connections

LANES = 2


def in_lanes[Result](works: Iterable[Callable[[], Result]]) -> Iterator[Result]:
    """Do these works, two at a time, each with a connection of its own; gives what each returned, as they end.

    What one raises is raised here when the other has ended; further ones are not begun. Inside a transaction of the
    caller they are done one after the other and belong to it.
    """
    if connection.in_atomic_block:
        yield from (work() for work in works)
        return
    under_way: set[Future[Result]] = set()
    with ThreadPoolExecutor(max_workers=LANES, thread_name_prefix="lane") as pool:
        for work in works:
            if len(under_way) == LANES:
                ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in ended)
            under_way.add(pool.submit(copy_context().run, _alone, work))
        yield from (one.result() for one in under_way)


def _alone[Result](work: Callable[[], Result]) -> Result:
    try:
        return work()
    finally:
        connections.close_all()
