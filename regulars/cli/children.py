"""A process that the supervisor starts, restarts when it crashes, and stops."""

import contextlib
import os
import signal
import subprocess
import sys
import time

from regulars.cli.tie import SUPERVISOR, WAIT

# A worker in the middle of a batch gets this long; what it was doing is taken up again at the next start.
STOP_SECONDS = 6
LONGEST_PAUSE = 30
STEADY_SECONDS = 60


class Child:
    """One `regulars …` process in a session of its own, so that Ctrl-C reaches only the supervisor."""

    def __init__(self, name: str, arguments: list[str]) -> None:
        self.name = name
        self.command = [sys.executable, "-m", "regulars.cli.main", *arguments]
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._again_at: float | None = None
        self._crashes = 0
        self._stop_by = 0.0

    def start(self, *, waiting: bool = False) -> None:
        """Start it; a `waiting` one loads its code and goes on when told to."""
        self._again_at = None
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE if waiting else subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, SUPERVISOR: str(os.getpid()), **({WAIT: "1"} if waiting else {})},
        )

    def go(self) -> None:
        """Let a waiting process go on; one that has ended meanwhile is started again by `keep_running`."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(b"go\n")
                self._process.stdin.close()

    def keep_running(self) -> None:
        """Start a crashed process again, at once the first time and then with growing pauses."""
        if self._process is None or self._process.poll() is None:
            return
        now = time.monotonic()
        if self._again_at is None:
            self._end_group()
            self._crashes = 0 if now - self._started_at > STEADY_SECONDS else self._crashes + 1
            pause = 0 if self._crashes <= 1 else min(2 ** (self._crashes - 1), LONGEST_PAUSE)
            self._again_at = now + pause
            when = f"in {pause} seconds" if pause else "now"
            print(
                f"The {self.name} ended unexpectedly ({_ending(self._process)}); starting it again {when}.",
                file=sys.stderr,
            )
        if now >= self._again_at:
            self.start()

    def ask_to_stop(self) -> None:
        self._stop_by = time.monotonic() + STOP_SECONDS
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait_until_stopped(self) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(timeout=max(0.1, self._stop_by - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._end_group()

    def _end_group(self) -> None:
        """A crashed web server may have left workers, which are in its group."""
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return


def _ending(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"signal {-code}" if code < 0 else f"code {code}"
