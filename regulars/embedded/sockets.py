"""Where the server's socket lives: a private folder whose path is short and plain enough for PostgreSQL."""

import os
import re
import tempfile
from pathlib import Path

from regulars.embedded.identity import Identity, give

# The kernel's limit for the path of a socket is 107 bytes (103 on macOS), `/.s.PGSQL.5432` included.
LONGEST = 85


def socket_dir(data_dir: Path) -> Path:
    """Inside the data folder where its path allows; else the folder that its note names."""
    inside, note = data_dir / "postgres.run", _note(data_dir)
    if not _fits(inside) and note.exists():
        return Path(note.read_text())
    return inside


def make_socket_dir(data_dir: Path, *, owner: Identity | None) -> Path:
    """Have the folder ready for a start; the same one each time, so that the address stays."""
    found = socket_dir(data_dir)
    if _is_private(found, owner=owner) and _fits(found):
        return found
    if _fits(data_dir / "postgres.run"):
        found.mkdir(mode=0o700, exist_ok=True)
    else:
        found = Path(tempfile.mkdtemp(prefix="regulars-"))
        _note(data_dir).write_text(str(found))
    give(found, owner)
    found.chmod(0o700)
    return found


def _note(data_dir: Path) -> Path:
    return data_dir / "postgres.run.path"


def _fits(folder: Path) -> bool:
    """Commas and spaces mean something in PostgreSQL's lists of hosts and folders."""
    return len(str(folder)) <= LONGEST and re.fullmatch(r"[\w/.-]+", str(folder), re.ASCII) is not None


def _is_private(folder: Path, *, owner: Identity | None) -> bool:
    """A folder in /tmp is used again only if it is still ours and nobody else's."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return found.st_uid == (os.geteuid() if owner is None else owner.uid) and found.st_mode & 0o777 == 0o700
