"""The store of an import is known to exist: it is not looked up again for each key of each row."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0001_initial"), ("transfers", "0004_saved_exports")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="claim",
            name="store",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="stores.store",
            ),
        ),
    ]
