"""The databases of the tests: migrated once, copied for each test process, emptied after tests that commit."""

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from regulars.embedded import borrow, cluster, creation

ROOT = Path(__file__).resolve().parent.parent
# What decides how a fresh database looks; a copy made of other files is not used again.
MADE_OF = (
    *("requirements.lock", "regulars/config/settings.py"),
    *("regulars/*/migrations/*.py", "regulars/*/models.py", "regulars/*/fields.py"),
)
# What a migrated database holds before anybody wrote into it.
KEPT = ("django_migrations", "django_content_type", "auth_permission")
# Test databases are made anew: nothing is lost when the machine stops before they reached its disk.
HASTY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@contextlib.contextmanager
def borrow_hasty(data_dir: Path) -> Iterator[str]:
    """The bundled database of a folder, as `borrow` gives it, that does not wait for the disk."""
    careful = cluster.server_settings
    with contextlib.ExitStack() as stack:
        with mock.patch.object(cluster, "server_settings", lambda **given: careful(**given) | HASTY):
            url = stack.enter_context(borrow(data_dir))
        password = creation.read_passwords(data_dir / "postgres")[creation.SUPERUSER]
        ours = conninfo_to_dict(url, user=creation.SUPERUSER, password=password)
        with psycopg.connect(**ours) as superuser:
            # Two test processes that grant it at the same moment would hinder each other.
            superuser.execute("SELECT pg_advisory_xact_lock(hashtext('regulars tests'))")
            grant = sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}")
            superuser.execute(grant.format(sql.Identifier(creation.ROLE)))
        yield url


@contextlib.contextmanager
def fresh_copy(url: str, name: str) -> Iterator[None]:
    """Have Django work on a new database of this name, in which all migrations ran."""
    with psycopg.connect(url, autocommit=True) as server:
        # Whoever comes first makes what all copy; the others wait for it.
        server.execute("SELECT pg_advisory_lock(hashtext('regulars tests'))")
        template = _template(server)
        _drop(server, name)
        # A copy of files: row by row it would write the whole copy into the log as well.
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        server.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
    _work_on(name)
    yield
    connection.close()
    with psycopg.connect(url, autocommit=True) as server:
        _drop(server, name)


def _template(server: psycopg.Connection[Any]) -> str:
    """The name of the database that is copied, made when there is none of today's migrations."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in MADE_OF for path in ROOT.glob(pattern)}):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    start = settings.DATABASES["default"]["TEST"]["NAME"] + "_of_"
    wanted = start + digest.hexdigest()[:16]
    made = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [start]
    ).fetchall()
    if (wanted,) in made:
        return wanted
    for (old,) in made:
        _drop(server, old)
    settings.DATABASES["default"]["TEST"]["NAME"] = making = f"{start}new"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.close()
    # Only what was finished gets the name under which it is found again.
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    server.execute(rename.format(sql.Identifier(making), sql.Identifier(wanted)))
    return wanted


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    # Not WITH (FORCE): it refuses when the server itself cleans up in there, which a plain DROP sends away.
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
        [name],
    )
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _work_on(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


@contextlib.contextmanager
def kept_between_tests[Made](blocker: Any, make: Callable[[], Made]) -> Iterator[Made]:
    """Have what `make` writes under several tests: what they change is taken back after each, this after all."""
    around = transaction.atomic()
    around._from_testcase = True
    with contextlib.ExitStack() as kept:
        with blocker.unblock():
            kept.enter_context(around)
            kept.callback(transaction.set_rollback, True)
            made = make()
        yield made
        with blocker.unblock():
            kept.close()


def empty() -> None:
    """Take out all that tests committed, whatever protects it.

    Not TRUNCATE, as Django would: it waits for pages that a browser still has open, and gives each of the
    hundred tables new files, most of which held nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Neither the rules of append-only tables nor the order of references hold whoever empties them all.
        cursor.execute("SET LOCAL session_replication_role = replica")
        tables = [name for name in connection.introspection.table_names(cursor) if name not in KEPT]
        quoted = [connection.ops.quote_name(name) for name in tables]
        asked = ", ".join(f"EXISTS (SELECT FROM {name})" for name in quoted)
        cursor.execute(f"SELECT {asked}")
        filled = [name for name, holds in zip(quoted, cursor.fetchone(), strict=True) if holds]
        if filled:
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in filled))


def truncate() -> None:
    """Take out everything, and with it what the planner knows of the size of tables. For what filled many of them."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name not in KEPT]
        cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, names))}")
