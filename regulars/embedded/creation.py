"""The first start of a data folder: a fresh cluster, its passwords, its role and its database."""

import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from regulars.embedded import binaries
from regulars.embedded.errors import EmbeddedError, for_os_error, for_server_output
from regulars.embedded.identity import Identity, give

DATABASE = ROLE = "regulars"
SUPERUSER = "postgres"


def create_cluster(folder: Path, *, owner: Identity | None) -> None:
    """Make a cluster beside its final place, so that an interrupted first start leaves nothing half-made."""
    fresh = folder.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    give(fresh, owner)
    passwords = {SUPERUSER: secrets.token_urlsafe(24), ROLE: secrets.token_urlsafe(24)}
    # Not in the data folder: initdb, as another user, must be able to read it.
    with tempfile.TemporaryDirectory(prefix="regulars-") as private:
        password_file = Path(private, "password")
        password_file.write_text(passwords[SUPERUSER])
        give(Path(private), owner)
        give(password_file, owner)
        _initdb(fresh, password_file=password_file, owner=owner)
    pgpass = fresh / "pgpass"
    pgpass.touch(mode=0o600)
    pgpass.write_text("".join(f"*:*:*:{role}:{password}\n" for role, password in passwords.items()))
    give(pgpass, owner)
    if folder.exists():
        folder.rmdir()  # an empty folder made by hand; anything else is an error, not ours to delete
    fresh.rename(folder)


def _initdb(fresh: Path, *, password_file: Path, owner: Identity | None) -> None:
    command = [
        binaries.program("initdb"),
        f"--pgdata={fresh}",
        f"--pwfile={password_file}",
        f"--username={SUPERUSER}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    done = subprocess.run(
        command if owner is None else owner.command(command, reach=[fresh]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=binaries.clean_environment(),
        check=False,
    )
    if done.returncode != 0:
        raise for_server_output(done.stdout.decode(errors="replace"), doing="be made", folder=fresh.parent)


def read_passwords(folder: Path) -> dict[str, str]:
    """The passwords of the cluster's two roles, as only the owner of the data can read them."""
    path = folder / "pgpass"
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        raise EmbeddedError(f"{path}, which holds the database's passwords, is missing.") from None
    except OSError as error:
        raise for_os_error(error, path) from error
    return {role: password for *_, role, password in (line.split(":") for line in lines)}


def create_database(superuser_url: str, *, password: str) -> None:
    """Make the application's role, which owns its database and nothing more; safe to repeat."""
    names = {
        "role": sql.Identifier(ROLE),
        "database": sql.Identifier(DATABASE),
        "password": sql.Literal(password),
    }
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {role} LOGIN CREATEDB").format(**names))
        connection.execute(sql.SQL("ALTER ROLE {role} PASSWORD {password}").format(**names))
        connection.execute(sql.SQL("GRANT pg_monitor TO {role}").format(**names))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {database} OWNER {role} TEMPLATE template0").format(**names)
            )
