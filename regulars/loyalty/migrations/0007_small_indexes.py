"""The indexes of the ledger that do not look at what is left, made without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("loyalty", "0006_spending_writes_no_index")]

    operations: ClassVar = [
        RemoveIndexConcurrently("entry", "points_entry_open"),
        RemoveIndexConcurrently("entry", "points_entry_expiring"),
        RemoveIndexConcurrently("entry", "points_entry_customer"),
        AddIndexConcurrently("entry", BTreeIndex("store", "customer", name="points_entry_customer")),
        AddIndexConcurrently(
            "entry",
            BTreeIndex(
                "store",
                "expires_at",
                condition=Q(expired=False, expires_at__isnull=False),
                name="points_entry_expiring",
            ),
        ),
    ]
