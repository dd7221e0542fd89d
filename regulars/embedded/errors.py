"""What can go wrong with the bundled database, each said in one line that a merchant can act on."""

import errno
from pathlib import Path


class EmbeddedError(Exception):
    """One clear line for the terminal; the technical reason, when there is one, is its `__cause__`."""

    @property
    def message(self) -> str:
        return str(self)


def for_os_error(error: OSError, path: Path) -> EmbeddedError:
    """Say what the operating system refused, and where."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(path)
    if error.errno in (errno.EACCES, errno.EPERM):
        return EmbeddedError(
            f"No permission to use {path}: run Regulars as its owner, or choose another folder with DATA_DIR."
        )
    if error.errno == errno.EROFS:
        return EmbeddedError(f"{path} is on a read-only disk: choose another folder with DATA_DIR.")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return EmbeddedError(f"{path} is not a folder: choose another one with DATA_DIR.")
    return EmbeddedError(f"Cannot use {path}: {error.strerror or error}.")


def for_server_output(output: str, *, doing: str, folder: Path) -> EmbeddedError:
    """Pick the one line that explains why a PostgreSQL program gave up."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return disk_full(folder)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "error:"))]
    reason = (telling or lines or ["it said nothing"])[-1]
    error = EmbeddedError(f"The database could not {doing}: {_without_prefix(reason)}")
    error.__cause__ = RuntimeError(lines[-1]) if lines else None
    return error


def disk_full(path: Path, *, detail: str = "") -> EmbeddedError:
    said = f" ({detail})" if detail else ""
    return EmbeddedError(f"The disk that holds {path} is full{said}: make room there and start again.")


def _without_prefix(line: str) -> str:
    """`2026-01-01 10:00:00 UTC [12] FATAL:  x` and `initdb: error: x` both mean x."""
    for mark in ("FATAL:", "PANIC:", "error:"):
        if mark in line:
            return line.split(mark, 1)[1].strip()
    return line
