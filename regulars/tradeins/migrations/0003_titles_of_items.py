"""Trade-ins are found by a part of an item's title along an index, built without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import F
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("tradeins", "0002_external_id")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="item",
            index=GinIndex(
                OpClass(F("store"), "uuid_ops"),
                OpClass(Upper("title"), "gin_trgm_ops"),
                name="tradein_item_title",
            ),
        ),
    ]
