"""Messages are found by a part of the subject or the address along indexes, built without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import F
from django.db.models.functions import Upper


def _index(column: str) -> GinIndex:
    return GinIndex(
        OpClass(F("store"), "uuid_ops"),
        OpClass(Upper(column), "gin_trgm_ops"),
        name=f"message_{column}",
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("messaging", "0002_writing")]

    operations: ClassVar = [
        AddIndexConcurrently(model_name="message", index=_index("subject")),
        AddIndexConcurrently(model_name="message", index=_index("address")),
    ]
