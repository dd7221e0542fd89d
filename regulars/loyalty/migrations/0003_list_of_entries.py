"""The ledger of a store is looked through from the newest entry on."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loyalty", "0002_append_only")]

    operations: ClassVar = [
        migrations.AddIndex("entry", BTreeIndex("store", "created_at", "id", name="points_entry_made")),
    ]
