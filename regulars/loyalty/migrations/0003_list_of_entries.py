"""The ledger of a store is looked through from the newest entry on; the store of an entry is its customer's."""

from typing import ClassVar

import django.db.models.deletion
from django.contrib.postgres.indexes import BTreeIndex
from django.db import migrations, models


def _store() -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="stores.store",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loyalty", "0002_append_only"), ("stores", "0005_shop_page")]

    operations: ClassVar = [
        migrations.AddIndex("entry", BTreeIndex("store", "created_at", "id", name="points_entry_made")),
        migrations.AlterField("entry", "store", _store()),
        migrations.AlterField("use", "store", _store()),
    ]
