"""Requests about personal data, copies of it, and how long a store keeps customers of whom it hears nothing."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.customers.models import Customer
from regulars.privacy.choices import PENDING, UNFINISHED, Kind, Proof, State, Way
from regulars.segments.models import Segment
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped


def text() -> models.TextField:
    """A text that may be empty but is never null."""
    return models.TextField(blank=True, default="", db_default="")


class Settings(StoreScoped):
    """What a store promises: to answer within so many days, and to erase only after a time of grace."""

    deadline_days = models.PositiveIntegerField(default=30)
    grace_days = models.PositiveIntegerField(default=7)
    notes_in_copy = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store"], name="privacy_settings_once_per_store"),
            models.CheckConstraint(
                condition=Q(deadline_days__gte=1, deadline_days__lte=31),
                name="privacy_deadline_within_a_month",
            ),
            models.CheckConstraint(condition=Q(grace_days__lte=30), name="privacy_grace_within_the_deadline"),
        ]

    def __str__(self) -> str:
        return f"privacy of {self.store_id}"


class Request(StoreScoped):
    """Somebody asks something about their own data. `customer_number` stays when the person is forgotten.

    `due_at` is when the store has to have answered: it is put off once at most, with the reason told.
    """

    customer = StoreForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, related_name="privacy_requests", db_index=False
    )
    customer_number = models.BigIntegerField()
    kind = models.CharField(max_length=11, choices=Kind)
    state = models.CharField(max_length=11, choices=State, default=State.OPEN)
    way = models.CharField(max_length=7, choices=Way)
    details = text()
    answer = text()
    proof = models.CharField(max_length=9, choices=Proof, blank=True, default="")
    proof_note = text()
    proof_by = text()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    extended_why = text()
    erase_at = models.DateTimeField(null=True)
    problem = text()
    handler_id = models.UUIDField(null=True)
    handler_name = text()
    author_name = text()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "customer", "kind"],
                condition=Q(state__in=UNFINISHED),
                name="privacy_request_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="privacy_request_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="privacy_request_state_is_known"
            ),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="privacy_request_way_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, closed_at__isnull=True)
                | ~Q(state__in=UNFINISHED) & Q(closed_at__isnull=False),
                name="privacy_request_closed_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WAITING) | Q(kind=Kind.ERASURE, erase_at__isnull=False),
                name="privacy_request_waits_to_erase",
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "created_at", "id", name="privacy_request_customer"),
            BTreeIndex("store", "created_at", "id", name="privacy_request_created"),
            BTreeIndex("store", "received_at", "id", name="privacy_request_received"),
            BTreeIndex("store", "due_at", "id", condition=Q(state__in=PENDING), name="privacy_request_due"),
            BTreeIndex(
                "store", "erase_at", "id", condition=Q(state=State.WAITING), name="privacy_request_erase"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of #{self.customer_number}"


class Copy(StoreScoped):
    """A file with everything that is kept about one customer, for a few days; its bytes are pieces of it.

    It is in the database, not among the files, so that it goes in the very transaction that forgets the person.
    """

    customer = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="data_copies", db_index=False)
    is_ready = models.BooleanField(default=False)
    size = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    with_notes = models.BooleanField(default=False)
    tell = models.BooleanField(default=False)
    author_kind = text()
    author_name = text()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "created_at", "id", name="data_copy_customer"),
            BTreeIndex("store", "expires_at", name="data_copy_expires"),
        ]

    def __str__(self) -> str:
        return f"copy {self.pk}"


class CopyPiece(StoreScoped):
    """A stretch of a copy's bytes."""

    copy = StoreForeignKey(Copy, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    position = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "copy", "position"], name="copy_piece_in_its_place"),
        ]

    def __str__(self) -> str:
        return f"piece {self.position}"


class RetentionRule(StoreScoped):
    """Customers of whom nothing was heard for `months` are told so, and forgotten `grace_days` later.

    Left alone is who has one of the `tags`, is flagged or is in the segment, and always who has something open with
    the store. `expected` is the number that was agreed to when the rule was switched on.
    """

    name = models.TextField()
    months = models.PositiveIntegerField()
    grace_days = models.PositiveIntegerField(default=30)
    tags = ArrayField(models.TextField(), default=list, blank=True)
    keep_flagged = models.BooleanField(default=True)
    segment = StoreForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    segment_name = text()
    active = models.BooleanField(default=False)
    expected = models.BigIntegerField(default=0)
    switched_by = text()
    switched_at = models.DateTimeField(null=True)
    last_run_id = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "name"], name="retention_rule_name_unique"),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=600), name="retention_months_in_reach"
            ),
            models.CheckConstraint(
                condition=Q(grace_days__gte=1, grace_days__lte=366), name="retention_grace_in_reach"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Warned(StoreScoped):
    """A customer who was told that they will be forgotten, and when that is to be."""

    rule = StoreForeignKey(RetentionRule, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    warned_at = models.DateTimeField()
    forget_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "customer"], name="warned_once"),
        ]
        indexes: ClassVar = [BTreeIndex("store", "rule", "forget_at", "id", name="warned_due")]

    def __str__(self) -> str:
        return f"warned {self.customer_id}"
