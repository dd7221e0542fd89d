"""What a person did by hand in a day is found at once, transfers too; without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("loyalty", "0004_earning_and_tiers")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="entry",
            index=BTreeIndex(
                "store",
                "author_id",
                "created_at",
                condition=Q(kind__in=["adjust", "transfer"]),
                name="points_entry_by_hand",
            ),
        ),
        RemoveIndexConcurrently(model_name="entry", name="points_entry_author"),
    ]
