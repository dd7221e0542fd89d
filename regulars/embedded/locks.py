"""Files that processes lock: a killed process frees its lock, so nothing is ever left behind to clean up."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from regulars.embedded.errors import for_os_error
from regulars.embedded.identity import give_to_owner_of


@contextlib.contextmanager
def open_lock(path: Path) -> Iterator[int]:
    """The descriptor of a lock file, owned like its folder, whoever made it."""
    try:
        fresh = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if fresh:
            give_to_owner_of(path, path.parent)
    except OSError as error:
        raise for_os_error(error, path) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def take_alone(descriptor: int) -> bool:
    """Take the lock if nobody else holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
