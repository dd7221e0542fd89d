"""Two small indexes for erasing people: events of other things than customers, and acts with a note."""

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("timeline", "0003_acts_by_person_and_kind"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=BTreeIndex("store", "id", condition=~Q(resource="customers"), name="event_of_other_things"),
        ),
        AddIndexConcurrently(
            model_name="changeset",
            index=BTreeIndex("store", "id", condition=~Q(note=""), name="changeset_with_note"),
        ),
    ]
