"""The index of customers in a tier, built without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("customers", "0018_accepts_sms")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="customer",
            index=BTreeIndex("store", "tier", "id", condition=~Q(tier=""), name="customer_tier"),
        ),
    ]
