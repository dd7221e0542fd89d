"""Rules of the block list, the keyed hashes they are found by, and the log of whom they stopped."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import BTreeIndex, GistIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.blocklist.choices import Door, Mode, RuleKind, RuleList
from regulars.customers.models import Customer
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped


class NetworkField(models.Field):
    """An IP address or network, compared by the database ("does it hold this address?")."""

    def db_type(self, connection: Any) -> str:
        return "inet"


class Rule(StoreScoped):
    """One line of the block list or the trust list.

    `value` can be read by staff until the person is forgotten; `masked` stays. `digest` is the keyed hash of what the
    rule is about, `in_force` is kept by the worker: false once the rule has expired.
    """

    list = models.CharField(max_length=5, choices=RuleList, default=RuleList.BLOCK)
    kind = models.CharField(max_length=8, choices=RuleKind)
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.ACTIVE)
    value = models.TextField(blank=True, default="")
    masked = models.TextField()
    digest = models.TextField()
    network = NetworkField(null=True)
    customer = StoreForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, related_name="block_rules", db_index=False
    )
    reason = models.TextField(blank=True, default="")
    reason_shown = models.TextField(blank=True, default="")
    author_id = models.UUIDField(null=True)
    author_name = models.TextField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    in_force = models.BooleanField(default=True)
    settled = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "list", "digest"],
                condition=Q(removed_at__isnull=True),
                name="block_rule_once_per_list",
            ),
            models.CheckConstraint(condition=Q(kind__in=RuleKind.values), name="block_rule_kind_is_known"),
            models.CheckConstraint(
                condition=Q(list=RuleList.BLOCK) | Q(list=RuleList.TRUST, mode=Mode.ACTIVE),
                name="block_rule_trust_is_active",
            ),
            models.CheckConstraint(
                condition=Q(kind=RuleKind.IP, network__isnull=False)
                | (~Q(kind=RuleKind.IP) & Q(network__isnull=True)),
                name="block_rule_network_for_ip",
            ),
        ]
        indexes: ClassVar = [
            GistIndex(
                fields=["store", "network"],
                condition=Q(network__isnull=False),
                opclasses=["gist_uuid_ops", "inet_ops"],
                name="block_rule_network",
            ),
            BTreeIndex("store", "customer", condition=Q(customer__isnull=False), name="block_rule_customer"),
            BTreeIndex("store", "created_at", "id", name="block_rule_created"),
            BTreeIndex(
                "store", "expires_at", "id", condition=Q(expires_at__isnull=False), name="block_rule_expires"
            ),
            BTreeIndex("store", "updated_at", condition=Q(settled=False), name="block_rule_unsettled"),
        ]

    def __str__(self) -> str:
        return f"{self.list} {self.masked}"


class Key(StoreScoped):
    """A keyed hash by which a rule is found; the rule of a customer has one for the e-mail and one for the phone."""

    rule = StoreForeignKey(Rule, on_delete=models.CASCADE, related_name="keys", db_index=False)
    kind = models.CharField(max_length=8, choices=RuleKind)
    digest = models.TextField()
    made_with = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "digest", "rule"], name="block_key_once_per_rule")
        ]
        indexes: ClassVar = [BTreeIndex("store", "rule", name="block_key_rule")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"


class Hit(StoreScoped):
    """Somebody whom a rule stopped, or would have in shadow mode; the same attempt counts up within a minute."""

    rule = StoreForeignKey(Rule, on_delete=models.CASCADE, related_name="hits", db_index=False)
    minute = models.DateTimeField()
    door = models.CharField(max_length=8, choices=Door)
    tried = models.TextField()
    shadow = models.BooleanField(default=False)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "rule", "minute", "door", "tried"], name="block_hit_once_per_minute"
            )
        ]
        indexes: ClassVar = [BTreeIndex("store", "minute", "id", name="block_hit_minute")]

    def __str__(self) -> str:
        return f"{self.door} {self.tried}"
