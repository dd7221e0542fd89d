"""Runs: what a long piece of work has done so far."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.db.models.functions.uuid import UUID7

from regulars.jobs.choices import RunState
from regulars.stores.models import Store


class Run(models.Model):
    """One long piece of work with its progress. `cursor` says where to go on after a crash.

    `decided_by_id` is who agreed to a held run, or turned it down.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    kind = models.TextField()
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    arguments = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    message = models.TextField(default="", blank=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField(default="")
    decided_by_id = models.UUIDField(null=True)
    decided_by_name = models.TextField(default="", blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            BTreeIndex("store", "created_at", "id", name="run_store_created"),
            BTreeIndex("store", "id", condition=Q(state=RunState.HELD), name="run_held"),
        ]


class Skipped(models.Model):
    """A record that a run left as it was, and why; so that each can be looked at, taken out and tried again."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+", db_index=False)
    record_id = models.UUIDField()
    why = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "record_id"], name="skipped_once_per_run")
        ]
