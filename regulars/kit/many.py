"""Setting the database's mind on thousands of rows."""

from django.db import connection


def as_for_many_rows() -> None:
    """Set the database's mind on batches of thousands of rows, for this transaction.

    Each batch looks thousands of keys up: the planner rates reading the whole table cheaper while it is small, which
    makes every batch of a growing table slower than the one before. The search index takes new rows cheaper in large
    portions. And no batch waits for the disk: its rows and its cursor are lost together or not at all, and the end of
    the run, which does wait, brings all of them to the disk.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL gin_pending_list_limit = '16MB'; "
            "SET LOCAL work_mem = '64MB'; SET LOCAL synchronous_commit = off"
        )
