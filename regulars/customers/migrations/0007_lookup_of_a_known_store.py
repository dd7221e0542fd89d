"""The store of a customer is known to exist: its copy in the narrow table is not looked up once more."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0001_initial"), ("customers", "0006_birthday")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="lookup",
            name="store",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="stores.store",
            ),
        ),
    ]
