"""Segments, who is and was in them, and how large they were."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.customers.models import Customer
from regulars.segments.choices import How, SegmentKind
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped


class Segment(StoreScoped):
    """A named set of customers. `where` holds the conditions of a dynamic one.

    `size` and `counted_at` are of the last refresh; `problem` says why the last try did not succeed. A deleted segment
    stays for as long as the deletion can be undone; its name is free at once.
    """

    name = models.TextField()
    # The name as it is compared: without regard to case, accents and spaces.
    name_key = models.TextField(db_collation="C", editable=False)
    kind = models.CharField(max_length=7, choices=SegmentKind)
    where = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    created_by_id = models.UUIDField(null=True)
    created_by_name = models.TextField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1)
    size = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, default="")
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "name_key"],
                condition=Q(deleted_at__isnull=True),
                name="segment_name_unique_per_store",
            ),
            models.CheckConstraint(condition=Q(kind__in=SegmentKind.values), name="segment_kind_is_known"),
            models.CheckConstraint(
                condition=(Q(kind=SegmentKind.DYNAMIC) & ~Q(where="")) | Q(kind=SegmentKind.STATIC, where=""),
                name="segment_has_conditions_if_dynamic",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentMembership(StoreScoped):
    """A stay of a customer in a segment; open while `left_at` is empty."""

    segment = StoreForeignKey(Segment, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=6, choices=How)

    class Meta:
        db_table = "segments_membership"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "segment", "customer"],
                condition=Q(left_at__isnull=True),
                name="membership_open_once",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("entered_at")),
                name="membership_ends_after_it_began",
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "segment", name="membership_customer"),
            # Who came and who went lately.
            BTreeIndex("store", "segment", "entered_at", "id", name="membership_entered"),
            BTreeIndex(
                "store",
                "segment",
                "left_at",
                "id",
                condition=Q(left_at__isnull=False),
                name="membership_left",
            ),
        ]


class SegmentSize(StoreScoped):
    """How large a segment was at the end of a day of the store, and how many came and went on it."""

    segment = StoreForeignKey(Segment, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    size = models.BigIntegerField()
    entered = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "segment", "day"], name="segment_size_once_a_day")
        ]
