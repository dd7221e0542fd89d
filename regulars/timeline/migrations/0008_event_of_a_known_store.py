"""The store of a change set is known to exist: it is not looked up again for each of a million events."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0001_initial"), ("timeline", "0007_a_narrower_door")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="event",
            name="store",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="stores.store",
            ),
        ),
    ]
