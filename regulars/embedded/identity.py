"""Which user the database runs as: ourselves, or an unprivileged one when we are root."""

import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path

from regulars.embedded import drop
from regulars.embedded.errors import EmbeddedError


@dataclass(frozen=True)
class Identity:
    """A user of the machine; `None` in its place means: just ourselves."""

    uid: int
    gid: int

    def command(self, arguments: list[str], *, reach: list[Path]) -> list[str]:
        """The same command, run as this user, who must get to the `reach` paths."""
        paths = [arguments[0], *map(str, reach)]
        # -I -S: the helper needs only the standard library, and starts twice as fast without site.
        return [
            sys.executable,
            "-I",
            "-S",
            drop.__file__,
            str(self.uid),
            str(self.gid),
            *paths,
            "--",
            *arguments,
        ]


def server_identity(*, data_dir: Path, folder: Path) -> Identity | None:
    """Who runs the server: root lends it to the owner of the data, else to `postgres`, else to `nobody`."""
    if os.geteuid() != 0:
        return None
    for path in (folder, data_dir):
        if path.exists() and path.stat().st_uid != 0:
            owner = path.stat()
            return Identity(uid=owner.st_uid, gid=owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(uid=user.pw_uid, gid=user.pw_gid)
    raise EmbeddedError("PostgreSQL refuses to run as root: start Regulars as an ordinary user.")


def give(path: Path, identity: Identity | None) -> None:
    """Let the server own a file or folder that we made for it."""
    if identity is not None:
        os.chown(path, identity.uid, identity.gid)


def give_to_owner_of(path: Path, data_dir: Path) -> None:
    """A file made by root in somebody's data folder belongs to that somebody, who may start next time."""
    if os.geteuid() == 0:
        owner = data_dir.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
