from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Open pages ask every few seconds for the newest events of their store."""

    atomic = False
    dependencies: ClassVar = [("stores", "0001_initial"), ("timeline", "0004_texts_to_clean")]

    operations: ClassVar = [
        AddIndexConcurrently("event", BTreeIndex(models.F("store"), models.F("id"), name="event_store_id"))
    ]
