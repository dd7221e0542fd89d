"""The index of reviews that are due, built without holding up writes."""

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("customers", "0003_flag_reason"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=BTreeIndex(
                "store",
                "flag_review_on",
                "id",
                condition=Q(flag_review_on__isnull=False),
                name="customer_flag_review",
            ),
        ),
    ]
