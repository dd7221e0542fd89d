"""The index of events that are read whole when people are erased leaves out those of orders."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("timeline", "0008_event_of_a_known_store")]

    operations: ClassVar = [
        RemoveIndexConcurrently(model_name="event", name="event_of_other_things"),
        AddIndexConcurrently(
            model_name="event",
            index=BTreeIndex(
                "store",
                "id",
                condition=~Q(resource__in=("customers", "orders")),
                name="event_of_other_things",
            ),
        ),
    ]
