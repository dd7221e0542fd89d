"""Is a server already running on this folder? Asked of the process itself, never of a file alone."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Postmaster:
    """A live server process, as its `postmaster.pid` describes it."""

    pid: int
    socket_dir: Path
    status: str

    @property
    def ready(self) -> bool:
        return self.status == "ready"


def find_postmaster(folder: Path) -> Postmaster | None:
    """The live server of this folder; `None` when none runs, whatever an old `postmaster.pid` says.

    After a crash or a restart of the machine the file's number may belong to any other program.
    A server's working directory is its data folder, and that cannot be mistaken.
    """
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
        return None
    if not _works_in(pid, folder):
        return None
    lines += [""] * (8 - len(lines))
    return Postmaster(pid=pid, socket_dir=Path(lines[4]), status=lines[7].strip())


def clear_after_crash(folder: Path, *, socket_dir: Path) -> None:
    """Make a folder whose server was killed ready for the next start.

    PostgreSQL refuses to start when the process number in its files belongs to anybody, be it a
    zombie or another program; we know better, because we looked where that process works.

    Servers of single connections may outlive a killed postmaster for a moment; starting beside them
    would damage the data, so they are waited for and then ended before the old pid file goes.
    """
    pid_file = folder / "postmaster.pid"
    if not pid_file.exists():
        return
    deadline = time.monotonic() + 5
    while (left := _processes_in(folder)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in left:
        send(pid, signal.SIGKILL)
    while _processes_in(folder):
        time.sleep(0.02)
    for left_file in socket_dir.glob(".s.PGSQL.*"):
        left_file.unlink(missing_ok=True)
    pid_file.unlink(missing_ok=True)


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _works_in(pid: int, folder: Path) -> bool:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
            return False
        return os.path.samefile(process.cwd(), folder)
    except (psutil.Error, OSError):
        return False


def _processes_in(folder: Path) -> list[int]:
    return [pid for pid in psutil.pids() if _works_in(pid, folder)]
