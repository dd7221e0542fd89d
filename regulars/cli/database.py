"""Which database a command works on: the one of DATABASE_URL, or the bundled one of DATA_DIR."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from regulars.embedded import borrow


def data_dir() -> Path:
    """The folder of this install."""
    return Path(os.environ.get("DATA_DIR") or "var").absolute()


def settle_data_dir() -> None:
    """Fix the folder for us and for every process that we start, whatever folder that one works in."""
    os.environ["DATA_DIR"] = str(data_dir())


@contextlib.contextmanager
def available() -> Iterator[bool]:
    """Have a database in DATABASE_URL for a while; true when it is the bundled one."""
    if os.environ.get("DATABASE_URL"):
        yield False
        return
    with borrow(data_dir()) as url:
        os.environ["DATABASE_URL"] = url
        try:
            yield True
        finally:
            del os.environ["DATABASE_URL"]
