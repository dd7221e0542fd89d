"""Many commands, one server: whoever comes first starts it, whoever leaves last stops it."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from regulars.embedded.cluster import Cluster
from regulars.embedded.locks import open_lock, take_alone


@contextlib.contextmanager
def borrow(data_dir: Path) -> Iterator[str]:
    """Have the database of a data folder for a while; gives its URL.

    Users are counted by shared locks on one file, which the kernel drops with their process: a kill
    leaves no count behind.
    """
    cluster = Cluster(data_dir)
    cluster.prepare_folder()
    with open_lock(cluster.data_dir / "postgres.users") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while somebody who left last is stopping the server
        try:
            yield cluster.start()
        finally:
            if take_alone(users):
                cluster.stop()
