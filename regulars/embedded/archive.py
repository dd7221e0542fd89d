"""Backups: the whole database and the uploaded files in one archive, and back again."""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from regulars.embedded import binaries
from regulars.embedded.errors import EmbeddedError, for_os_error, for_server_output

FORMAT = 1
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"


def backup(*, url: str, files: Path, target: Path) -> None:
    """Write a consistent copy of the database and the files; an earlier archive is replaced at the end."""
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.absolute().parent) as folder:
            dump = Path(folder, DUMP)
            _run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-acl",
                f"--file={dump}",
                url=url,
                doing="be saved",
            )
            manifest = Path(folder, MANIFEST)
            manifest.write_text(json.dumps({"format": FORMAT, "made": datetime.now(UTC).isoformat()}))
            part.touch(mode=0o600)
            with tarfile.open(part, "w") as archive:
                archive.add(manifest, MANIFEST)
                archive.add(dump, DUMP)
                if files.is_dir():
                    archive.add(files, FILES)
        part.replace(target)
    except OSError as error:
        raise for_os_error(error, target) from error
    finally:
        part.unlink(missing_ok=True)


def restore(*, url: str, files: Path, source: Path, force: bool = False) -> None:
    """Bring back what `backup` wrote; a database that holds anything is replaced only with `force`."""
    if not force and not _is_empty(url):
        raise EmbeddedError(
            "The database is not empty: add --force to replace everything in it with the backup."
        )
    try:
        files.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=files.parent) as folder:
            _unpack(source, Path(folder))
            dump = Path(folder, DUMP)
            # Read the whole archive before anything is dropped.
            _run("pg_restore", "--file=/dev/null", str(dump), url=None, doing="be read from the backup")
            _empty(url)
            database = f"--dbname={_without_password(url)}"
            options = ["--single-transaction", "--no-owner", "--no-acl", database]
            _run("pg_restore", *options, str(dump), url=url, doing="be restored")
            _replace_folder(files, by=Path(folder, FILES))
    except OSError as error:
        raise for_os_error(error, source if error.filename == str(source) else files) from error
    except psycopg.Error as error:
        raise EmbeddedError(
            f"The database cannot be restored: {str(error).strip().splitlines()[-1]}"
        ) from error


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        known = json.loads((folder / MANIFEST).read_text())["format"] == FORMAT
    except FileNotFoundError as error:
        if error.filename == str(source):
            raise EmbeddedError(f"There is no file {source}.") from None
        known = False
    except (tarfile.TarError, ValueError, KeyError):
        known = False
    if not known:
        raise EmbeddedError(f"{source} is not a backup that this Regulars can read.")


def _is_empty(url: str) -> bool:
    try:
        with psycopg.connect(url) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1"
            ).fetchone()
    except psycopg.Error as error:
        raise EmbeddedError(
            f"The database cannot be opened: {str(error).strip().splitlines()[-1]}"
        ) from error
    return found is None


def _empty(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        # As a new database has it; otherwise the next backup would carry the difference along.
        connection.execute("ALTER SCHEMA public OWNER TO pg_database_owner")


def _replace_folder(files: Path, *, by: Path) -> None:
    shutil.rmtree(files, ignore_errors=True)
    if by.is_dir():
        by.rename(files)


def _without_password(url: str) -> str:
    return make_conninfo(url, password=None)


def _run(name: str, *arguments: str, url: str | None, doing: str) -> None:
    """Run a PostgreSQL program; the password goes through the environment, where `ps` does not show it."""
    environment = binaries.clean_environment()
    command = [binaries.program(name), *arguments]
    if url is not None:
        environment["PGPASSWORD"] = str(
            conninfo_to_dict(url).get("password") or os.environ.get("PGPASSWORD", "")
        )
        if name == "pg_dump":
            command.append(f"--dbname={_without_password(url)}")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise for_server_output(done.stderr, doing=doing, folder=Path(arguments[-1]).parent)
