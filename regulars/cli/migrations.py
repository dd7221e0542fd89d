"""Bring the database up to date, once, whoever asks first."""

import os
import sys

import django
import psycopg

# Any number, the same in every process: whoever holds this lock is migrating.
MIGRATING = 7_345_870


def apply_pending() -> bool:
    """Apply the migrations that this database lacks; true when there were any.

    Notes go to the error output: the output proper may be read by a machine.
    """
    django.setup()
    from django.core.management import call_command
    from django.db import connections

    steps = pending_steps()
    if steps:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as lock:
            lock.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
            if steps := pending_steps():  # another process may have been faster
                print(f"Bringing the database up to date ({steps} steps) …", file=sys.stderr, flush=True)
                call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()
    return bool(steps)


def pending_steps() -> int:
    """How many migrations this database lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
