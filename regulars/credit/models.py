"""The ledger of store credit: lines are only ever added, and a balance is their sum."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.credit.choices import Source
from regulars.customers.models import Customer
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped


class Entry(StoreScoped):
    """Credit that was added (above zero) or taken (below), in minor units of the store's currency.

    The database refuses every change but of whose it is (a merge) and of the reason (erasing a person). `key` is the
    caller's name for the deed: it makes one entry however often it is asked for. `reverses` is the entry that this
    one takes back.
    """

    customer = StoreForeignKey(
        Customer, on_delete=models.PROTECT, related_name="credit_entries", db_index=False
    )
    amount_minor = models.BigIntegerField()
    source = models.CharField(max_length=10, choices=Source, default=Source.HAND)
    reason = models.TextField(blank=True, default="")
    key = models.TextField(blank=True, default="")
    reverses = StoreForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    author_id = models.UUIDField(null=True)
    author_name = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "key"], condition=~Q(key=""), name="credit_entry_once_per_key"
            ),
            models.UniqueConstraint(
                fields=["store", "reverses"],
                condition=Q(reverses__isnull=False),
                name="credit_entry_reversed_once",
            ),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="credit_entry_moves_something"),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="credit_entry_source_is_known"
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "created_at", "id", name="credit_entry_customer")
        ]

    def __str__(self) -> str:
        return f"credit {self.amount_minor}"
