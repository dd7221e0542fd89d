"""Change sets and events: append-only."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.stores.models import Store, StoreScoped

# Of these it is known whose they are: who is erased, is erased from them record by record.
BY_RECORD = ("customers", "orders")


class ChangeSet(StoreScoped):
    """One act of one actor: an edit, a bulk action, an import. The unit of undo."""

    key = models.TextField()
    actor_kind = models.TextField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField()
    surface = models.TextField()
    note = models.TextField(default="", blank=True)
    run_id = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())
    undoes = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [
            BTreeIndex("store", "at", "id", name="changeset_store_at"),
            BTreeIndex("store", "actor_id", "at", "id", name="changeset_store_actor"),
            BTreeIndex("store", "key", "at", "id", name="changeset_store_key"),
            BTreeIndex("store", "id", condition=~Q(note=""), name="changeset_with_note"),
        ]


class Event(StoreScoped):
    """One record touched by a change set.

    `before` and `after` hold only the fields that changed; `before` is empty when the record was made. `version`
    is the record's version after the write, so that a later editor's base can be rebuilt.
    """

    # Its change set has the same store, and there the database looks whether it exists: looking again for each of a
    # million events took longer than writing them.
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    change_set_id = models.UUIDField()
    key = models.TextField()
    resource = models.TextField()
    record_id = models.UUIDField()
    version = models.PositiveIntegerField(default=0)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    data = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            BTreeIndex("store", "record_id", "at", "id", name="event_store_record_at"),
            BTreeIndex("store", "change_set_id", "id", name="event_store_change_set"),
            BTreeIndex("store", "id", name="event_store_id"),
            # Read whole when people are erased; nearly all events are of customers and orders, found by record.
            BTreeIndex("store", "id", condition=~Q(resource__in=BY_RECORD), name="event_of_other_things"),
        ]
