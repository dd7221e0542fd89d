"""The index for proposing tags, built without holding up writes."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("customers", "0001_initial"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=django.contrib.postgres.indexes.BTreeIndex(
                models.F("store"),
                models.F("updated_at"),
                models.F("id"),
                condition=models.Q(("tags", []), _negated=True),
                name="customer_tagged",
            ),
        ),
    ]
