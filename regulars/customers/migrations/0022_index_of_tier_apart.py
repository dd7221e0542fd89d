"""The index of tiers goes to the narrow table, without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("customers", "0021_tier_apart")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="lookup",
            index=BTreeIndex("store", "tier", "customer", condition=~Q(tier=""), name="lookup_tier"),
        ),
        RemoveIndexConcurrently(model_name="customer", name="customer_tier"),
    ]
