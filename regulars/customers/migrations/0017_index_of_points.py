"""The index of points goes to the narrow table, without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("customers", "0016_points_apart")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="lookup", index=BTreeIndex("store", "points", "customer", name="lookup_points")
        ),
        RemoveIndexConcurrently(model_name="customer", name="customer_points"),
    ]
