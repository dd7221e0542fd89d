"""The index of who signed in when, built without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("accounts", "0002_second_mailbox")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="account",
            index=BTreeIndex(
                "store", "signed_in_at", condition=Q(signed_in_at__isnull=False), name="account_signed_in"
            ),
        ),
    ]
