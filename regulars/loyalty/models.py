"""The ledger of points and how a store runs its programme."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.customers.models import Customer
from regulars.loyalty.choices import BelowZero, Kind, Source
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import Store, StoreScoped


def text() -> models.TextField:
    """A text that may be empty but is never null."""
    return models.TextField(blank=True, default="", db_default="")


class Programme(StoreScoped):
    """How a store gives and takes points. `value_minor` is what 100 points are worth, in minor units.

    `expire_months` and `approval_above` of 0 mean never. `daily_caps` maps a role to the most points that one person
    of it gives and takes in a day; a role that is not named has no cap.
    """

    active = models.BooleanField(default=True)
    value_minor = models.BigIntegerField(default=100)
    expire_months = models.PositiveIntegerField(default=0)
    warn_days = models.PositiveIntegerField(default=30)
    pending_days = models.PositiveIntegerField(default=0)
    below_zero = models.CharField(max_length=6, choices=BelowZero, default=BelowZero.REFUSE)
    approval_above = models.BigIntegerField(default=0)
    daily_caps = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store"], name="points_programme_once_per_store"),
            models.CheckConstraint(
                condition=Q(value_minor__gte=0, approval_above__gte=0), name="points_programme_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(below_zero__in=BelowZero.values), name="points_programme_below_zero_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"points of {self.store_id}"


class Entry(StoreScoped):
    """Points that were given (above zero) or taken (below), and what is left of those given.

    The database refuses every change but of whose it is (a merge), of the texts (erasing a person), and of what is
    left. `key` is the caller's name for the deed: it makes one entry however often it is asked for. `reverses` is the
    entry that this one takes back. `available_at` is set for points that can be spent only later, until they can
    (`pending`). `origin_id` is the customer it was made for, also after a merge.
    """

    # The store of the customer, which exists: not looked up once more for each of a million entries.
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = StoreForeignKey(
        Customer, on_delete=models.PROTECT, related_name="point_entries", db_index=False
    )
    origin_id = models.UUIDField()
    kind = models.CharField(max_length=8, choices=Kind)
    points = models.BigIntegerField()
    left = models.BigIntegerField(default=0, db_default=0)
    pending = models.BooleanField(default=False, db_default=False)
    available_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    reason = text()
    note = text()
    source = models.CharField(max_length=8, choices=Source)
    source_id = models.UUIDField(null=True)
    rule = text()
    key = text()
    reverses = StoreForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    change_set_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    author_name = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "key"], condition=~Q(key=""), name="points_entry_once_per_key"
            ),
            models.UniqueConstraint(
                fields=["store", "reverses"],
                condition=Q(reverses__isnull=False),
                name="points_entry_reversed_once",
            ),
            models.CheckConstraint(condition=~Q(points=0), name="points_entry_moves_something"),
            models.CheckConstraint(
                condition=Q(left=0) | Q(left__gt=0, left__lte=models.F("points")),
                name="points_entry_left_is_of_it",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="points_entry_kind_is_known"),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="points_entry_source_is_known"
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "created_at", "id", name="points_entry_customer"),
            BTreeIndex("store", "created_at", "id", name="points_entry_made"),
            # What can still be spent, by whom.
            BTreeIndex("store", "customer", "expires_at", condition=Q(left__gt=0), name="points_entry_open"),
            BTreeIndex(
                "store",
                "expires_at",
                "id",
                condition=Q(left__gt=0, expires_at__isnull=False),
                name="points_entry_expiring",
            ),
            BTreeIndex(
                "store", "author_id", "created_at", condition=Q(kind=Kind.ADJUST), name="points_entry_author"
            ),
            BTreeIndex("store", "available_at", "id", condition=Q(pending=True), name="points_entry_pending"),
            BTreeIndex(
                "store", "source_id", condition=Q(source_id__isnull=False), name="points_entry_source"
            ),
        ]

    def __str__(self) -> str:
        return f"points {self.points}"


class Use(StoreScoped):
    """What an entry that takes points took from one that gave them, so that taking it back gives them back to it."""

    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    taker = StoreForeignKey(Entry, on_delete=models.CASCADE, related_name="uses", db_index=False)
    giver = StoreForeignKey(Entry, on_delete=models.CASCADE, related_name="+", db_index=False)
    points = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "taker", "giver"], name="points_use_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="points_use_is_something"),
        ]
        indexes: ClassVar = [BTreeIndex("store", "giver", name="points_use_giver")]

    def __str__(self) -> str:
        return f"used {self.points}"
