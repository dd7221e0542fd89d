"""The index by which points expire looks at nothing that changes, made without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("loyalty", "0008_until_when_points_expired")]

    operations: ClassVar = [
        RemoveIndexConcurrently("entry", "points_entry_expiring"),
        AddIndexConcurrently(
            "entry",
            BTreeIndex(
                "store", "expires_at", condition=Q(expires_at__isnull=False), name="points_entry_expiring"
            ),
        ),
        AddIndexConcurrently("entry", BTreeIndex("store", condition=Q(late=True), name="points_entry_late")),
        migrations.RemoveConstraint("entry", "points_entry_expired_is_gone"),
        migrations.RemoveField("entry", "expired"),
    ]
