"""Run a program as another user: PostgreSQL refuses to run as root.

Used as `python drop.py UID GID PATH… -- PROGRAM ARGUMENT…`, a process of its own, so that no thread of the
caller is ever between two users. Each PATH must be reachable by that user. Where a folder on the way is
closed to others (a checkout in /root, say) nobody's folders are opened: the program keeps the one
capability to pass through folders, and nothing else of root. Standard library only.
"""

import ctypes
import os
import sys

PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAPABILITY_VERSION_3 = 0x20080522
# Either lets a process enter any folder; reading alone is the smaller right, but containers often lack it.
CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE = 2, 1


def main(arguments: list[str]) -> None:
    uid, gid = int(arguments[0]), int(arguments[1])
    end = arguments.index("--")
    paths, command = arguments[2:end], arguments[end + 1 :]
    try:
        closed = [path for path in paths if not _reachable(path, uid=uid, gid=gid)]
        if closed:
            _become_with_passage(uid=uid, gid=gid)
        else:
            os.setgroups([])
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
    except (OSError, LookupError) as error:
        sys.exit(
            f"FATAL: PostgreSQL refuses to run as root, and cannot run as user {uid} here ({error}): "
            "start Regulars as an ordinary user, or choose a folder open to others with DATA_DIR."
        )
    os.execv(command[0], command)


def _reachable(path: str, *, uid: int, gid: int) -> bool:
    """Try with the user's own eyes; the real identity stays root, so it can be taken back."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(gid)
    os.seteuid(uid)
    try:
        os.stat(path)
        return True
    except PermissionError:
        return False
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


def _become_with_passage(*, uid: int, gid: int) -> None:
    """Become the user and keep the right to pass through closed folders across the exec."""
    libc = ctypes.CDLL(None, use_errno=True)
    capability = _passage_capability()
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    _check(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    mask = 1 << capability
    # effective, permitted, inheritable of capabilities 0-31; then the same of 32-63.
    data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    _check(libc.capset(ctypes.byref(header), ctypes.byref(data)))
    _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def _passage_capability() -> int:
    with open("/proc/self/status", encoding="ascii") as status:
        permitted = next(int(line.split()[1], 16) for line in status if line.startswith("CapPrm:"))
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if permitted & (1 << capability):
            return capability
    raise LookupError("the right to pass through closed folders is missing")


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(sys.argv[1:])
