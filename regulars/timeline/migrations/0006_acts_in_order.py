"""An act of very many records is taken back in order, newest first, from its index."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("timeline", "0005_events_in_order")]

    operations: ClassVar = [
        migrations.RemoveIndex("event", "event_store_change_set"),
        migrations.AddIndex(
            "event", BTreeIndex("store", "change_set_id", "id", name="event_store_change_set")
        ),
    ]
