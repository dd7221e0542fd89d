"""Customers that look alike, and the merges of those that were the same."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.customers.models import Customer
from regulars.duplicates.choices import Verdict
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped


class Pair(StoreScoped):
    """Two customers that may be the same person. Why is kept as words of `Reason`, never as their data."""

    first = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    score = models.PositiveSmallIntegerField()
    reasons = ArrayField(models.TextField(), default=list)
    # How alike the names are, in percent; 0 when one has no name.
    likeness = models.PositiveSmallIntegerField(default=0)
    found_at = models.DateTimeField(db_default=Now())
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.OPEN, blank=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by_name = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "first", "second"], name="pair_unique_per_store"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_lower_id_first"),
            models.CheckConstraint(condition=Q(score__lte=100), name="pair_score_up_to_100"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="pair_verdict_is_known"),
        ]
        indexes: ClassVar = [
            # The queue, and the count beside its entry in the navigation.
            BTreeIndex("store", F("score").desc(), "id", condition=Q(verdict=""), name="pair_queue"),
            BTreeIndex("store", "second", name="pair_second"),
            BTreeIndex("store", F("decided_at").desc(), condition=~Q(verdict=""), name="pair_decided"),
        ]


class Merge(StoreScoped):
    """One customer that went into another.

    `survivor` follows when the survivor is merged into somebody else later; `into_id` is who it was at the time. The
    names the customer was known by lead to the survivor. `changed` holds the survivor's facts before and after.
    """

    survivor = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    into_id = models.UUIDField()
    loser_id = models.UUIDField()
    number = models.BigIntegerField()
    external_id = models.TextField(default="", blank=True)
    email_key = models.TextField(default="", blank=True, db_collation="C")
    changed = models.JSONField(default=dict)
    change_set_id = models.UUIDField()
    at = models.DateTimeField()
    actor_name = models.TextField()
    # The survivor was anonymised: what it took to split the two again is gone.
    is_final = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "loser_id"], name="merge_loser_unique_per_store"),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "survivor", "id", name="merge_survivor"),
            BTreeIndex("store", "number", name="merge_number"),
            BTreeIndex("store", "external_id", condition=~Q(external_id=""), name="merge_external_id"),
            BTreeIndex("store", "email_key", condition=~Q(email_key=""), name="merge_email"),
            BTreeIndex("store", F("at").desc(), "id", name="merge_at"),
        ]


class Moved(StoreScoped):
    """The rows of one table that a merge gave to the survivor: exactly these go back when it is undone."""

    merge = StoreForeignKey(Merge, on_delete=models.CASCADE, related_name="moved", db_index=False)
    table = models.TextField()
    column = models.TextField()
    rows = ArrayField(models.UUIDField())

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "merge", name="moved_merge")]


class Kept(StoreScoped):
    """A whole row that a merge took away, the loser's own among them; or one that it `made`, as it was then."""

    merge = StoreForeignKey(Merge, on_delete=models.CASCADE, related_name="kept", db_index=False)
    table = models.TextField()
    row_id = models.UUIDField()
    row = models.JSONField()
    made = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "merge", name="kept_merge")]


class Scan(StoreScoped):
    """How far the search for duplicates has come in a store, and the run that looks at everybody."""

    scanned_to = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    run_id = models.UUIDField(null=True)
    # Values that too many share to say who is the same: a kind, one customer that has it, how many.
    crowds = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["store"], name="scan_unique_per_store")]
