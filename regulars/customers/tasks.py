"""What the worker does for customers."""

from procrastinate.contrib.django import app as queue

from regulars.customers.services.indexes import put_back_indexes


@queue.periodic(cron="* * * * *")
@queue.task(name="customers.indexes", queueing_lock="customers.indexes")
def indexes(timestamp: int) -> None:
    """Every minute: make the indexes that a killed import had set aside."""
    put_back_indexes()
