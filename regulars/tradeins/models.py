"""Trade-ins with their items, and how customers are paid."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex, GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper

from regulars.customers.choices import PayoutKind
from regulars.customers.models import Customer
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped
from regulars.tradeins.choices import OPEN, Acceptance, Condition, Hold, Status, Way


def text() -> models.TextField:
    """A text that may be empty but is never null."""
    return models.TextField(blank=True, default="")


class Payable(models.Model):
    """How somebody is paid: the kind, the particulars sealed with a key that is not in the database, and their mask."""

    payout_kind = models.CharField(max_length=13, choices=PayoutKind, blank=True, default="")
    payout_sealed = text()
    payout_masked = text()

    class Meta:
        abstract = True


class Counter(models.Model):
    """The number of a store's next trade-in."""

    store = models.OneToOneField("stores.Store", on_delete=models.CASCADE, primary_key=True, related_name="+")
    next_number = models.BigIntegerField()


class CustomerPayout(StoreScoped, Payable):
    """How a customer wants to be paid, unless they say otherwise for one trade-in."""

    customer = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="payout", db_index=False)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "customer"], name="payout_one_per_customer"),
            models.CheckConstraint(
                condition=Q(payout_kind__in=PayoutKind.values), name="payout_kind_is_known"
            ),
        ]


class TradeIn(StoreScoped, Payable):
    """What a customer offers the shop. `quoted_minor` and `final_minor` are the sums of the items'.

    `final_minor` is empty until the shop has looked at the goods. Money in minor units of `currency`.
    """

    number = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)
    customer = StoreForeignKey(Customer, on_delete=models.PROTECT, related_name="tradeins", db_index=False)
    way = models.CharField(max_length=8, choices=Way)
    status = models.CharField(max_length=17, choices=Status)
    hold = models.CharField(max_length=15, choices=Hold, blank=True, default="")
    acceptance = models.CharField(max_length=9, choices=Acceptance, blank=True, default="")
    location = text()
    courier = text()
    tracking_number = text()
    note = text()
    external_id = text()
    reference = text()
    quoted_minor = models.BigIntegerField(default=0)
    final_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    expires_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    author_id = models.UUIDField(null=True)
    author_name = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "number"], name="tradein_number_unique_per_store"),
            models.UniqueConstraint(
                fields=["store", "external_id"],
                condition=~Q(external_id=""),
                name="tradein_external_id_unique_per_store",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="tradein_status_is_known"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="tradein_way_is_known"),
            models.CheckConstraint(
                condition=Q(status=Status.ON_HOLD, hold__in=Hold.values)
                | (~Q(status=Status.ON_HOLD) & Q(hold="")),
                name="tradein_hold_while_on_hold",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.COMPLETED, paid_at__isnull=False, final_minor__isnull=False)
                & ~Q(payout_kind="")
                | (~Q(status=Status.COMPLETED) & Q(paid_at__isnull=True)),
                name="tradein_paid_when_completed",
            ),
            models.CheckConstraint(
                condition=Q(quoted_minor__gte=0) & (Q(final_minor__isnull=True) | Q(final_minor__gte=0)),
                name="tradein_prices_not_negative",
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "created_at", "id", name="tradein_created"),
            BTreeIndex("store", "customer", "created_at", "id", name="tradein_customer"),
            BTreeIndex("store", "status", "created_at", "id", name="tradein_status"),
            BTreeIndex("store", "updated_at", "id", name="tradein_updated"),
            BTreeIndex("store", "quoted_minor", "id", name="tradein_quoted"),
            BTreeIndex(
                "store", "final_minor", "id", condition=Q(final_minor__isnull=False), name="tradein_final"
            ),
            BTreeIndex(
                "store",
                "expires_at",
                "id",
                condition=Q(expires_at__isnull=False),
                name="tradein_valid_until",
            ),
            # Those that expire by themselves.
            BTreeIndex(
                "store",
                "expires_at",
                "id",
                condition=Q(expires_at__isnull=False, status__in=(Status.PENDING, Status.LEAD)),
                name="tradein_expires",
            ),
            BTreeIndex("store", "id", condition=Q(status__in=OPEN), name="tradein_open"),
            BTreeIndex("store", "tracking_number", condition=~Q(tracking_number=""), name="tradein_tracking"),
        ]

    def __str__(self) -> str:
        return f"trade-in {self.number}"


class Item(StoreScoped):
    """One thing of a trade-in. A price that is not known yet is empty."""

    tradein = StoreForeignKey(TradeIn, on_delete=models.CASCADE, related_name="items", db_index=False)
    position = models.PositiveIntegerField()
    title = models.TextField()
    condition = models.CharField(max_length=8, choices=Condition, blank=True, default="")
    serial = text()
    quoted_minor = models.BigIntegerField(null=True)
    final_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(quoted_minor__isnull=True) | Q(quoted_minor__gte=0))
                & (Q(final_minor__isnull=True) | Q(final_minor__gte=0)),
                name="tradein_item_prices_not_negative",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="tradein_item_has_a_title"),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "tradein", "position", "id", name="tradein_item_tradein"),
            BTreeIndex("store", "serial", condition=~Q(serial=""), name="tradein_item_serial"),
            GinIndex(
                OpClass(F("store"), "uuid_ops"),
                OpClass(Upper("title"), "gin_trgm_ops"),
                name="tradein_item_title",
            ),
        ]

    def __str__(self) -> str:
        return self.title
