"""One index for every status instead of one for some, and one of orders that are not paid yet, built without holding
up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("orders", "0005_return_external_id")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="order",
            index=BTreeIndex("store", "placed_at", "id", condition=Q(due_minor__gt=0), name="order_due"),
        ),
        AddIndexConcurrently(
            model_name="order", index=BTreeIndex("store", "status", "placed_at", "id", name="order_status")
        ),
        RemoveIndexConcurrently(model_name="order", name="order_open"),
        RemoveIndexConcurrently(model_name="order", name="order_cancelled"),
    ]
