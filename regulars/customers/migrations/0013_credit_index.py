"""The index of customers with store credit, built without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("customers", "0012_credit")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="customer",
            index=BTreeIndex(
                "store", "credit_minor", "id", condition=~Q(credit_minor=0), name="customer_credit"
            ),
        ),
    ]
