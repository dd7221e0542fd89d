"""Until when a store's points were looked at for expiry is kept once, not with each entry.

What the expiry run has yet to look at though it is past its time is marked. Nothing is, before the first run.
"""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("loyalty", "0007_small_indexes"),
        ("stores", "0007_whom_people_can_ask"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Expiry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("until", models.DateTimeField()),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "expiry", models.UniqueConstraint(fields=["store"], name="points_expiry_once_per_store")
        ),
        migrations.AddField("entry", "late", models.BooleanField(db_default=False, default=False)),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(condition=Q(late=False) | Q(left__gt=0), name="points_entry_late_is_left"),
        ),
    ]
