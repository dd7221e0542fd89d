"""Tie a process to the one that started it: a killed supervisor must not leave a web server on its port."""

import ctypes
import os
import signal
import sys
import threading
import time

SUPERVISOR = "REGULARS_SUPERVISOR"
WAIT = "REGULARS_WAIT"
PR_SET_PDEATHSIG = 1


def die_with_supervisor() -> None:
    """End this process when the supervisor named in the environment ends, however that ends."""
    supervisor = os.environ.pop(SUPERVISOR, None)
    if supervisor is not None:
        die_with_parent(int(supervisor), number=signal.SIGTERM)


def die_with_parent(parent: int, *, number: signal.Signals) -> None:
    """Have the kernel send us this signal when our parent ends; where it cannot, look every second."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it ended before the line above
            os.kill(os.getpid(), number)
    else:
        threading.Thread(target=_watch, args=(parent, number), daemon=True).start()


def wait_for_go() -> None:
    """Wait, if the supervisor asked for that, until it has prepared the database."""
    if os.environ.pop(WAIT, None):
        sys.stdin.readline()


def _watch(parent: int, number: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), number)
