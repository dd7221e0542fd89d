"""Orders of a store's customers."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.customers.models import Customer
from regulars.orders.choices import Channel, OrderStatus
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped


class Order(StoreScoped):
    """A purchase. Money in minor units of the order's currency."""

    customer = StoreForeignKey(Customer, on_delete=models.PROTECT, related_name="orders", db_index=False)
    number = models.TextField()
    external_id = models.TextField(blank=True, default="")
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.ONLINE)
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.OPEN)
    placed_at = models.DateTimeField()
    items_count = models.IntegerField(default=0)
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "number"], name="order_number_unique_per_store"),
            models.UniqueConstraint(
                fields=["store", "external_id"],
                condition=~Q(external_id=""),
                name="order_external_id_unique_per_store",
            ),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="order_total_not_negative"),
        ]
        indexes: ClassVar = [BTreeIndex("store", "customer", "placed_at", "id", name="order_store_customer")]
