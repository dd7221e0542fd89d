"""The invoices of an order or a trade-in are found at once, also those that are void or replaced."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("invoices", "0003_replacing_and_reminding")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "invoice",
            BTreeIndex(
                "store",
                "source_id",
                condition=models.Q(source_id__isnull=False),
                name="invoice_source",
            ),
        )
    ]
