"""Messages to customers: how they are worded, what was sent, what people agreed to, and where nothing goes any more."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex, GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper

from regulars.customers.models import Customer
from regulars.messaging.choices import Channel, MessageState, Purpose, Stop
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped


def text() -> models.TextField:
    """A text that may be empty but is never null."""
    return models.TextField(blank=True, default="", db_default="")


class Settings(StoreScoped):
    """When a store writes to customers: never in its quiet hours, given in its own time (both empty: always).

    What is written by hand to more customers than `second_person_above` waits for somebody else to agree.
    """

    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    second_person_above = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store"], name="message_settings_once_per_store"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="message_settings_quiet_has_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"messages of {self.store_id}"


class Template(StoreScoped):
    """How a store words a kind of message in a language; without one the first wording is used."""

    kind = models.TextField()
    channel = models.CharField(max_length=4, choices=Channel)
    language = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=1)
    subject = text()
    body = text()
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "kind", "channel", "language"], name="message_template_once"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="message_template_channel_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.language}"


class Message(StoreScoped):
    """One message to one customer, worded. `why` says what kept it back or went wrong.

    `key` is the caller's name for the deed: it makes one message however often it is asked for.
    """

    customer = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="messages", db_index=False)
    kind = models.TextField()
    channel = models.CharField(max_length=4, choices=Channel)
    purpose = models.CharField(max_length=9, choices=Purpose)
    language = models.CharField(max_length=12)
    address = text()
    subject = text()
    body = text()
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.QUEUED)
    why = text()
    key = text()
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    provider_id = text()
    author_name = text()
    version = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "key"], condition=~Q(key=""), name="message_once_per_key"
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="message_channel_is_known"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_is_known"),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "created_at", "id", name="message_customer"),
            BTreeIndex("store", "created_at", "id", name="message_created"),
            BTreeIndex(
                "store",
                "due_at",
                "id",
                condition=Q(state__in=[MessageState.QUEUED, MessageState.SENDING]),
                name="message_due",
            ),
            BTreeIndex("store", "provider_id", condition=~Q(provider_id=""), name="message_provider"),
            *(
                GinIndex(
                    OpClass(F("store"), "uuid_ops"),
                    OpClass(Upper(column), "gin_trgm_ops"),
                    name=f"message_{column}",
                )
                for column in ("subject", "address")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Consent(StoreScoped):
    """What a customer agreed to, or no longer: who said so, when, where, and in which words. Only ever added to.

    The database removes them with their customer, however that is deleted: what came with a file goes with it.
    """

    customer = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=9, choices=Purpose)
    channel = models.CharField(max_length=4, choices=Channel)
    granted = models.BooleanField()
    place = text()
    wording = text()
    author_kind = text()
    author_name = text()
    version = models.PositiveIntegerField(default=1, db_default=1)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "at", "id", name="consent_customer"),
            BTreeIndex("store", "at", "id", name="consent_at"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {'yes' if self.granted else 'no'}"


class Stopped(StoreScoped):
    """An address to which nothing is sent any more, kept as a keyed hash."""

    channel = models.CharField(max_length=4, choices=Channel)
    address_hash = models.TextField()
    why = models.CharField(max_length=9, choices=Stop)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "channel", "address_hash"], name="stopped_once"),
        ]

    def __str__(self) -> str:
        return f"stopped {self.why}"
