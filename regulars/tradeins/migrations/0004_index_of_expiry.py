"""The index by which trade-ins are sorted by when they expire, built without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("tradeins", "0003_titles_of_items")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="tradein",
            index=BTreeIndex(
                "store",
                "expires_at",
                "id",
                condition=Q(expires_at__isnull=False),
                name="tradein_valid_until",
            ),
        ),
    ]
