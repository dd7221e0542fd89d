"""Indexes by which those of a life stage are found, built without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("customers", "0019_index_of_tiers")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="customer",
            index=BTreeIndex(
                "store",
                "first_order_at",
                "id",
                "orders_count",
                condition=Q(first_order_at__isnull=False),
                name="customer_first_order_count",
            ),
        ),
        RemoveIndexConcurrently(model_name="customer", name="customer_first_order"),
        AddIndexConcurrently(
            model_name="customer",
            index=BTreeIndex(
                "store",
                "id",
                condition=~Q(orders_count=0) & (Q(spent_minor=0) | Q(items_count=0)),
                name="customer_bought_for_nothing",
            ),
        ),
    ]
