"""Running things at the same moment, each over its own connection to the database."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def together(*works: Callable[[], Any]) -> list[Any]:
    """What each returned or raised, in order. All begin at the same moment."""
    barrier = threading.Barrier(len(works), timeout=20)
    results: list[Any] = [None] * len(works)

    def run(at: int, work: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            results[at] = work()
        except Exception as error:  # noqa: BLE001  (handed to the test, which says what is expected)
            results[at] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at, work)) for at, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "two of them wait for each other"
    return results


def refusals(results: list[Any]) -> list[Any]:
    return [one for one in results if isinstance(one, Exception)]
