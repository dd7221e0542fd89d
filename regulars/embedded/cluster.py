"""One PostgreSQL server in one data folder: made, started, found again, stopped."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from regulars.embedded import archive, binaries, creation, identity, postmaster, sockets
from regulars.embedded.errors import EmbeddedError, disk_full, for_os_error, for_server_output
from regulars.embedded.locks import open_lock
from regulars.embedded.settings import MEGABYTE, server_settings

ROOM_FOR_A_NEW_CLUSTER = 256 * MEGABYTE
ROOM_TO_START = 48 * MEGABYTE
RECOVERY_SECONDS = 1800


class Cluster:
    """The bundled database of a data folder.

    The application signs in as a role that owns its database and nothing more; passwords are made per
    cluster and kept in `postgres/pgpass`, readable by the owner alone.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.folder = self.data_dir / "postgres"
        self.files = self.data_dir / "files"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the database answers once it runs; the same for every start of this folder."""
        return self._url(role=creation.ROLE, database=creation.DATABASE)

    def is_running(self) -> bool:
        return self._running() is not None

    def running_url(self) -> str | None:
        return self.url if self.is_running() else None

    def start(self) -> str:
        """Have a server running on this folder, making the database on first use; return its URL.

        A server left behind by a killed process is used again; one that crashed recovers.
        Raises EmbeddedError with one clear line when that cannot be done.
        """
        self.prepare_folder()
        try:
            with open_lock(self.data_dir / "postgres.lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # two commands that start at once take turns
                self._start()
        except OSError as error:
            raise for_os_error(error, self.data_dir) from error
        return self.url

    def _start(self) -> None:
        if self._running() is None or not self._use_running():
            self._launch()
            self._ensure_database()

    def _use_running(self) -> bool:
        """Use a server that runs; false when it was killed an instant ago and only still looked alive."""
        try:
            self._wait_until_ready()
            self._ensure_database()
        except EmbeddedError:
            time.sleep(0.2)
            if self._running() is not None:
                raise
            return False
        return True

    def stop(self) -> None:
        """Stop the server cleanly: connections are ended, everything acknowledged is on disk."""
        running = self._running()
        if running is None:
            return
        # SIGINT is PostgreSQL's fast shutdown, SIGQUIT the immediate one, from which the next start recovers.
        for number, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
            postmaster.send(running.pid, number)
            if self._wait_until_gone(running.pid, seconds=seconds):
                return
        raise EmbeddedError(f"The database (pid {running.pid}) does not stop.")

    def backup(self, target: Path) -> None:
        """Write the database and the files of the data folder to one archive."""
        archive.backup(url=self.url, files=self.files, target=target)

    def restore(self, source: Path, *, force: bool = False) -> None:
        """Bring an archive back; `force` lets it replace a database that is in use."""
        archive.restore(url=self.url, files=self.files, source=source, force=force)

    def prepare_folder(self) -> None:
        """Make the data folder, private to its owner, if it is missing; prove that it can be written."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe, name = tempfile.mkstemp(prefix=".try-", dir=self.data_dir)
            os.close(probe)
            os.unlink(name)
        except OSError as error:
            raise for_os_error(error, self.data_dir) from error

    def _launch(self) -> None:
        self._check_room()
        postmaster.clear_after_crash(self.folder, socket_dir=sockets.socket_dir(self.data_dir))
        owner = identity.server_identity(data_dir=self.data_dir, folder=self.folder)
        if (self.folder / "PG_VERSION").exists():
            self._check_version()
        else:
            creation.create_cluster(self.folder, owner=owner)
        socket_dir = sockets.make_socket_dir(self.data_dir, owner=owner)
        command = [binaries.program("postgres"), "-D", str(self.folder)]
        for name, value in server_settings(socket_dir=socket_dir).items():
            command += ["-c", f"{name}={value}"]
        if owner is not None:
            command = owner.command(command, reach=[self.folder, socket_dir])
        with tempfile.TemporaryFile() as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=binaries.clean_environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for us; the database is stopped last
            )
            self._wait_until_ready(output=output)

    def _check_room(self) -> None:
        needed = ROOM_TO_START if self.folder.exists() else ROOM_FOR_A_NEW_CLUSTER
        free = shutil.disk_usage(self.data_dir).free
        if free < needed:
            raise disk_full(
                self.data_dir,
                detail=f"{free // MEGABYTE} MB are free and the database needs {needed // MEGABYTE} MB",
            )

    def _check_version(self) -> None:
        ours, theirs = binaries.major_version(), (self.folder / "PG_VERSION").read_text().strip()
        if ours != theirs:
            raise EmbeddedError(
                f"The data in {self.folder} was written by PostgreSQL {theirs}, and this Regulars brings "
                f"PostgreSQL {ours}: run `regulars backup` with the Regulars that wrote it, then "
                "`regulars restore` here."
            )

    def _wait_until_ready(self, *, output: IO[bytes] | None = None) -> None:
        """Wait for the server, ours (`output` is what it says) or one that somebody else started."""
        began, told = time.monotonic(), False
        while (found := self._running()) is None or not found.ready:
            ended = (
                found is None if output is None or self._process is None else self._process.poll() is not None
            )
            if ended:
                raise for_server_output(self._last_words(output), doing="start", folder=self.data_dir)
            waited = time.monotonic() - began
            if waited > 3 and not told:
                told = True
                print(
                    "The database is bringing back what was being written when it stopped …", file=sys.stderr
                )
            if waited > RECOVERY_SECONDS:
                raise EmbeddedError(f"The database did not get ready; its log is in {self.folder / 'log'}.")
            time.sleep(0.01)

    def _last_words(self, output: IO[bytes] | None) -> str:
        """What a server said before it gave up: in its own log once that was open, else on its output."""
        said = ""
        if output is not None:
            output.seek(0)
            said = output.read().decode(errors="replace")
        if "FATAL" in said or "redirecting log output" not in said:
            return said
        log = max(
            (self.folder / "log").glob("postgres-*.log"), key=lambda path: path.stat().st_mtime, default=None
        )
        return said if log is None else log.read_text(errors="replace")[-2000:]

    def _ensure_database(self) -> None:
        """Make the role and the database on first use, or after a first start that was cut short."""
        try:
            psycopg.connect(self.url, connect_timeout=10).close()
            return
        except psycopg.OperationalError as error:
            refused = error
        try:
            create = self._url(role=creation.SUPERUSER, database="postgres")
            creation.create_database(create, password=creation.read_passwords(self.folder)[creation.ROLE])
        except psycopg.Error as error:
            raise EmbeddedError(
                f"The database cannot be opened: {str(error).strip().splitlines()[-1]}"
            ) from refused

    def _running(self) -> postmaster.Postmaster | None:
        if self._process is not None:
            self._process.poll()  # a child that was killed stays a zombie until its parent looks
        try:
            return postmaster.find_postmaster(self.folder)
        except OSError as error:
            raise for_os_error(error, self.folder) from error

    def _wait_until_gone(self, pid: int, *, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process is not None:
                self._process.poll()
            if postmaster.has_ended(pid):
                return True
            time.sleep(0.01)
        return False

    def _url(self, *, role: str, database: str) -> str:
        host = quote(str(sockets.socket_dir(self.data_dir)), safe="")
        return f"postgresql://{role}:{creation.read_passwords(self.folder)[role]}@/{database}?host={host}"
