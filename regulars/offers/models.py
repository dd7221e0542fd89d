"""Offers, their codes, who was sent them, and every time one was redeemed."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.customers.models import Customer
from regulars.offers.choices import Audience, Codes, Kind, Place, State
from regulars.segments.models import Segment
from regulars.stores.fields import StoreForeignKey, StoreOneToOneField
from regulars.stores.models import StoreScoped


def text() -> models.TextField:
    """A text that may be empty but is never null."""
    return models.TextField(blank=True, default="", db_default="")


class Settings(StoreScoped):
    """How a store redeems and sends: a PIN (its hash; empty: none is asked), and at most so many offers in so many days
    to one customer (0: as many as you like)."""

    pin_hash = text()
    most_offers = models.PositiveIntegerField(default=0)
    within_days = models.PositiveIntegerField(default=30)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store"], name="offer_settings_once_per_store"),
        ]

    def __str__(self) -> str:
        return f"offers of {self.store_id}"


class Offer(StoreScoped):
    """What a shop gives. Which of `percent`, `amount_minor`, `points` and `gift` counts follows from `kind`.

    `windows` are the hours of the week at which it holds, in the store's time ([weekday, from, until], minutes of the
    day); none: always. Limits of 0 are none. `redeemed` counts the redemptions that were not taken back, without
    further parts of one.
    """

    version = models.PositiveIntegerField(default=1)
    title = models.TextField()
    terms = text()
    kind = models.CharField(max_length=13, choices=Kind)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    amount_minor = models.BigIntegerField(null=True)
    points = models.BigIntegerField(null=True)
    gift = text()
    codes = models.CharField(max_length=6, choices=Codes, default=Codes.SHARED)
    code = text()
    # The code as it is compared: capital letters and digits alone.
    code_key = text()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    windows = models.JSONField(default=list)
    minimum_minor = models.BigIntegerField(default=0)
    limit_total = models.PositiveIntegerField(default=0)
    limit_per_customer = models.PositiveIntegerField(default=1)
    partial = models.BooleanField(default=False)
    guests = models.BooleanField(default=False)
    audience = models.CharField(max_length=7, choices=Audience, default=Audience.ALL)
    segment = StoreForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    tier = text()
    hold_out = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    redeemed = models.PositiveIntegerField(default=0)
    external_id = text()
    author_id = models.UUIDField(null=True)
    author_name = text()
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "code_key"], condition=~Q(code_key=""), name="offer_code_unique_per_store"
            ),
            models.UniqueConstraint(
                fields=["store", "external_id"],
                condition=~Q(external_id=""),
                name="offer_external_id_unique_per_store",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="offer_kind_is_known"),
            models.CheckConstraint(condition=Q(codes__in=Codes.values), name="offer_codes_is_known"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="offer_audience_is_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="offer_state_is_known"),
            models.CheckConstraint(condition=~Q(title=""), name="offer_has_a_title"),
            models.CheckConstraint(
                condition=Q(limit_total=0) | Q(redeemed__lte=F("limit_total")),
                name="offer_redeemed_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(starts_at__lt=F("ends_at")),
                name="offer_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(hold_out__lte=90), name="offer_holds_out_at_most_90"),
            models.CheckConstraint(
                condition=~Q(kind=Kind.PERCENT) | Q(percent__gt=0, percent__lte=100),
                name="offer_percent_is_percent",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.AMOUNT) | Q(amount_minor__gt=0), name="offer_amount_above_zero"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.POINTS) | Q(points__gt=0), name="offer_points_above_zero"
            ),
            models.CheckConstraint(condition=~Q(kind=Kind.GIFT) | ~Q(gift=""), name="offer_gift_is_named"),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "created_at", "id", name="offer_created"),
            BTreeIndex("store", "state", "ends_at", name="offer_state_ends"),
        ]

    def __str__(self) -> str:
        return self.title


class Picture(StoreScoped):
    """What an offer looks like, drawn anew from the file that was brought."""

    offer = StoreOneToOneField(Offer, on_delete=models.PROTECT, related_name="picture")
    data = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"picture of {self.offer_id}"


class Code(StoreScoped):
    """A code of its own for one use: of one customer, or of whoever brings it."""

    offer = StoreForeignKey(Offer, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = StoreForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="offer_codes", db_index=False
    )
    code_key = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "code_key"], name="offer_code_once"),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "offer", "created_at", "id", name="offer_code_offer"),
            BTreeIndex("store", "customer", name="offer_code_customer"),
        ]

    def __str__(self) -> str:
        return self.code_key


class Grant(StoreScoped):
    """What became of an offer with one customer. Who was `held_out` was not sent it, to compare with."""

    offer = StoreForeignKey(Offer, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = StoreForeignKey(
        Customer, on_delete=models.PROTECT, related_name="offer_grants", db_index=False
    )
    held_out = models.BooleanField(default=False)
    # When it was decided whether they are sent it: both groups are compared from then on.
    chosen_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    favourited_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    redeemed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "offer", "customer"], name="offer_grant_once"),
            models.CheckConstraint(
                condition=Q(held_out=False) | Q(sent_at__isnull=True), name="offer_grant_held_out_not_sent"
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "created_at", "id", name="offer_grant_customer"),
            BTreeIndex("store", "created_at", "id", name="offer_grant_created"),
            BTreeIndex("store", "customer", "sent_at", name="offer_grant_sent"),
            BTreeIndex(
                "store", "redeemed_at", condition=Q(redeemed_at__isnull=False), name="offer_grant_redeemed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} for {self.customer_id}"


class Redemption(StoreScoped):
    """One time an offer was redeemed; guests have no customer. `part_of` is the first of those that used one up in
    parts. `key` is the caller's name for the deed: it is done once however often it is asked for. What was taken back
    stays, with when, by whom and why."""

    offer = StoreForeignKey(Offer, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = StoreForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="offer_redemptions", db_index=False
    )
    code = StoreForeignKey(Code, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    part_of = StoreForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    amount_minor = models.BigIntegerField(null=True)
    bill_minor = models.BigIntegerField(null=True)
    points_entry_id = models.UUIDField(null=True)
    order_id = models.UUIDField(null=True)
    order_number = text()
    place = models.CharField(max_length=7, choices=Place)
    key = text()
    author_id = models.UUIDField(null=True)
    author_name = text()
    voided_at = models.DateTimeField(null=True)
    voided_by = text()
    void_reason = text()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "key"], condition=~Q(key=""), name="offer_redemption_once_per_key"
            ),
            models.UniqueConstraint(
                fields=["store", "code"],
                condition=Q(code__isnull=False, part_of__isnull=True, voided_at__isnull=True),
                name="offer_code_redeemed_once",
            ),
            models.CheckConstraint(
                condition=Q(place__in=Place.values), name="offer_redemption_place_is_known"
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "at", "id", name="offer_redemption_at"),
            BTreeIndex("store", "offer", "at", "id", name="offer_redemption_offer"),
            BTreeIndex("store", "customer", "at", "id", name="offer_redemption_customer"),
            BTreeIndex("store", "part_of", name="offer_redemption_parts"),
        ]

    def __str__(self) -> str:
        return f"redemption of {self.offer_id}"
