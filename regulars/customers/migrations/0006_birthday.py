"""The index of birthdays, whatever the year, built without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q
from django.db.models.functions import ExtractDay, ExtractMonth


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("customers", "0005_what_changes_often_apart")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="customer",
            index=BTreeIndex(
                "store",
                ExtractMonth("birthdate") * 100 + ExtractDay("birthdate"),
                "id",
                condition=Q(birthdate__isnull=False),
                name="customer_birthday",
            ),
        ),
    ]
