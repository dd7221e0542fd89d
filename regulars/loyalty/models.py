"""The ledger of points and how a store runs its programme."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.customers.models import Customer
from regulars.loyalty.choices import BelowZero, Colour, Kind, Origin, Source, TierBy
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

    The database refuses every change but of whose it is (a merge), of the texts (erasing a person), of what is left,
    and of whether the expiry run has yet to look at it though it is past its time (`late`: something came back to it
    after the run, or it was made so). `key` is the caller's name for the deed: it makes one entry however often it is
    asked for. `reverses` is the entry that this one takes back.
    `available_at` is set for points that can be spent only later, until they can (`pending`). `origin_id` is the
    customer it was made for, also after a merge.
    """

    # The store of the customer, which exists: not looked up once more for each of a million entries.
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    # Who writes an entry holds the customer's lock, and the database refuses to delete a customer with entries.
    customer = StoreForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="point_entries",
        db_index=False,
        db_constraint=False,
    )
    origin_id = models.UUIDField()
    kind = models.CharField(max_length=8, choices=Kind)
    points = models.BigIntegerField()
    left = models.BigIntegerField(default=0, db_default=0)
    pending = models.BooleanField(default=False, db_default=False)
    available_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    late = models.BooleanField(default=False, db_default=False)
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
            models.CheckConstraint(condition=Q(late=False) | Q(left__gt=0), name="points_entry_late_is_left"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="points_entry_kind_is_known"),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="points_entry_source_is_known"
            ),
        ]
        indexes: ClassVar = [
            # Without anything that differs from entry to entry: one of each customer is kept for all of theirs. And no
            # index looks at what is left, so that neither spending points nor their expiry writes any.
            BTreeIndex("store", "customer", name="points_entry_customer"),
            BTreeIndex("store", "created_at", "id", name="points_entry_made"),
            BTreeIndex(
                "store",
                "expires_at",
                condition=Q(expires_at__isnull=False),
                name="points_entry_expiring",
            ),
            BTreeIndex("store", condition=Q(late=True), name="points_entry_late"),
            # What a person did by hand in a day.
            BTreeIndex(
                "store",
                "author_id",
                "created_at",
                condition=Q(kind__in=[Kind.ADJUST, Kind.TRANSFER]),
                name="points_entry_by_hand",
            ),
            BTreeIndex("store", "available_at", "id", condition=Q(pending=True), name="points_entry_pending"),
            BTreeIndex(
                "store", "source_id", condition=Q(source_id__isnull=False), name="points_entry_source"
            ),
        ]

    def __str__(self) -> str:
        return f"points {self.points}"


class Expiry(StoreScoped):
    """Until when the points of a store were looked at for expiry. What was past its time by then is not looked at
    again, unless it is marked as `late`."""

    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store"], name="points_expiry_once_per_store"),
        ]

    def __str__(self) -> str:
        return f"expired until {self.until}"


class Use(StoreScoped):
    """What an entry that takes points took from one that gave them, so that taking it back gives them back to it."""

    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    # Both were written or locked by the very act that writes this.
    taker = StoreForeignKey(
        Entry, on_delete=models.CASCADE, related_name="uses", db_index=False, db_constraint=False
    )
    giver = StoreForeignKey(
        Entry, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    points = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "taker", "giver"], name="points_use_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="points_use_is_something"),
        ]
        indexes: ClassVar = [BTreeIndex("store", "giver", name="points_use_giver")]

    def __str__(self) -> str:
        return f"used {self.points}"


class EarnRule(StoreScoped):
    """What a store gives points for. `kind` names the declared class, `settings` is what that class asks for.

    `starts` and `ends` are the first and the last day on which something counts, in the store's time; none: no end.
    """

    name = models.TextField()
    kind = models.TextField()
    settings = models.JSONField(default=dict)
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "name"], name="earn_rule_name_unique_per_store"),
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gte=models.F("starts")),
                name="earn_rule_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Earning(StoreScoped):
    """On which terms an order earned its points. They stay as they were then, so that a return takes back exactly its
    share whatever the rules say by now. `terms` holds the rules and the multiplier, `times` how often it was settled.
    """

    order_id = models.UUIDField()
    terms = models.JSONField()
    earned_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "order_id"], name="earning_once_per_order"),
        ]

    def __str__(self) -> str:
        return f"earning of {self.order_id}"


class Tier(StoreScoped):
    """A level of a store's programme. The highest `rank` is the best one; `percent` multiplies what its members earn.

    `window_months` of 0 counts everything ever; `grace_days` is how long members stay after falling below.
    """

    name = models.TextField()
    rank = models.PositiveIntegerField()
    by = models.CharField(max_length=6, choices=TierBy)
    threshold = models.BigIntegerField()
    window_months = models.PositiveIntegerField(default=12)
    benefits = text()
    percent = models.PositiveIntegerField(default=100)
    colour = models.CharField(max_length=6, choices=Colour, default=Colour.GREY)
    grace_days = models.PositiveIntegerField(default=30)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "name"], name="tier_name_unique_per_store"),
            models.UniqueConstraint(fields=["store", "rank"], name="tier_rank_unique_per_store"),
            models.CheckConstraint(condition=Q(threshold__gte=0), name="tier_threshold_not_negative"),
            models.CheckConstraint(condition=Q(percent__gte=100), name="tier_never_earns_less"),
            models.CheckConstraint(condition=Q(by__in=TierBy.values), name="tier_by_is_known"),
            models.CheckConstraint(condition=Q(colour__in=Colour.values), name="tier_colour_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(StoreScoped):
    """That a customer is or was in a tier. The one without `until` is the one in force.

    `ends_at` is when one given by hand is over, `below_since` when a member fell below the threshold, `replaces` the
    membership that this one took the place of.
    """

    customer = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    tier = StoreForeignKey(Tier, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    below_since = models.DateTimeField(null=True)
    origin = models.CharField(max_length=5, choices=Origin)
    reason = text()
    author_id = models.UUIDField(null=True)
    author_name = text()
    replaces = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "customer"],
                condition=Q(until__isnull=True),
                name="tier_membership_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=Origin.values), name="tier_membership_origin_is_known"
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "since", "id", name="tier_membership_customer"),
            BTreeIndex(
                "store", "tier", "customer", condition=Q(until__isnull=True), name="tier_membership_tier"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.tier_id}"
