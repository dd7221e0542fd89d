"""Accounts: how customers sign in to the shop. Apart from staff in every table and every cookie.

No secret is kept: passwords by Django's hashers, keys of sessions, devices and links as plain digests of random
values, short codes as keyed digests. The secret of an authenticator app has to be read again, so it is sealed.
"""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from regulars.accounts.choices import Purpose, SecondStep, Stage
from regulars.customers.models import Customer
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped


def text() -> models.TextField:
    """A text that may be empty but is never null."""
    return models.TextField(blank=True, default="", db_default="")


class Settings(StoreScoped):
    """Whether customers of a store have accounts, and how they sign in. `default_password` is a hash."""

    active = models.BooleanField(default=True)
    second_step = models.CharField(max_length=8, choices=SecondStep, default=SecondStep.OFF)
    totp = models.BooleanField(default=True)
    sms = models.BooleanField(default=True)
    default_password = text()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store"], name="account_settings_once_per_store"),
            models.CheckConstraint(
                condition=Q(second_step__in=SecondStep.values), name="account_settings_second_step_is_known"
            ),
            models.CheckConstraint(
                condition=Q(second_step=SecondStep.OFF) | Q(totp=True) | Q(sms=True),
                name="account_settings_some_second_step",
            ),
        ]

    def __str__(self) -> str:
        return f"accounts of {self.store_id}"


class Account(StoreScoped):
    """A customer's sign-in. `email` is the address they sign in with; it counts once `verified_at` says so.

    The address of the record can be another one: it becomes the sign-in's when its mailbox has proven itself.
    """

    customer = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="accounts", db_index=False)
    email = models.TextField()
    email_key = models.TextField(db_collation="C")
    verified_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)
    password = text()
    must_change = models.BooleanField(default=False)
    # A password that staff gave out works until then.
    password_until = models.DateTimeField(null=True)
    failed = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    second_failed = models.PositiveIntegerField(default=0)
    second_locked_until = models.DateTimeField(null=True)
    totp_sealed = text()
    # The last half minute whose code was used: none is taken twice.
    totp_step = models.BigIntegerField(default=0)
    mfa_phone = text()
    mfa_sms = models.BooleanField(default=False)
    signed_in_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "customer"], name="account_once_per_customer"),
            models.UniqueConstraint(fields=["store", "email_key"], name="account_email_unique_per_store"),
            models.CheckConstraint(condition=~Q(email_key=""), name="account_has_email"),
            models.CheckConstraint(
                condition=Q(mfa_sms=False) | ~Q(mfa_phone=""), name="account_text_message_needs_phone"
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex(
                "store", "signed_in_at", condition=Q(signed_in_at__isnull=False), name="account_signed_in"
            )
        ]

    def __str__(self) -> str:
        return f"account {self.pk}"


class SignUp(StoreScoped):
    """Somebody filled in the form; nothing of it counts before the mailbox, or staff at the counter, says so.

    The password is taken over only in the browser that typed it: whoever typed somebody else's address gains nothing.
    """

    email = models.TextField()
    email_key = models.TextField(db_collation="C")
    first_name = text()
    last_name = text()
    language = text()
    password = text()
    secret_hash = models.CharField(max_length=64)
    # What is read out to staff.
    code_hash = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "secret_hash"], name="sign_up_secret_unique"),
            models.UniqueConstraint(fields=["store", "code_hash"], name="sign_up_code_unique"),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "email_key", "expires_at", name="sign_up_email"),
            BTreeIndex("store", "expires_at", name="sign_up_expires"),
        ]

    def __str__(self) -> str:
        return f"sign-up {self.pk}"


class Token(StoreScoped):
    """A link that was sent by mail, with the code beside it where one signs in. Works once.

    A link that signs in works in the browser that asked (`browser_hash`) alone.
    """

    account = StoreForeignKey(Account, on_delete=models.CASCADE, related_name="tokens", db_index=False)
    purpose = models.CharField(max_length=8, choices=Purpose)
    # The mailbox it went to: what its use proves.
    email = models.TextField()
    secret_hash = models.CharField(max_length=64)
    code_hash = text()
    browser_hash = text()
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Link or code were given, and what they are for is not done yet.
    proved_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "secret_hash"], name="account_token_secret_unique"),
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values), name="account_token_purpose_is_known"
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "account", name="account_token_account"),
            BTreeIndex("store", "expires_at", name="account_token_expires"),
        ]

    def __str__(self) -> str:
        return f"token {self.purpose}"


class Visit(StoreScoped):
    """Staff looked at the portal as a customer: the customer sees this list. Never changed but by going in and out."""

    customer = StoreForeignKey(
        Customer, on_delete=models.CASCADE, related_name="portal_visits", db_index=False
    )
    staff_id = models.UUIDField(null=True)
    staff_name = models.TextField()
    may_act = models.BooleanField(default=False)
    reason = text()
    secret_hash = models.CharField(max_length=64)
    enter_until = models.DateTimeField()
    created_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "secret_hash"], name="portal_visit_secret_unique"),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "created_at", "id", name="portal_visit_customer")
        ]

    def __str__(self) -> str:
        return f"visit of {self.staff_name}"


class Session(StoreScoped):
    """A browser that is signed in, or on its way. Of a customer's own (`account`), or of staff (`visit`)."""

    customer = StoreForeignKey(
        Customer, on_delete=models.CASCADE, related_name="portal_sessions", db_index=False
    )
    account = StoreForeignKey(
        Account, on_delete=models.CASCADE, null=True, related_name="sessions", db_index=False
    )
    visit = StoreForeignKey(
        Visit, on_delete=models.CASCADE, null=True, related_name="sessions", db_index=False
    )
    key_hash = models.CharField(max_length=64)
    stage = models.CharField(max_length=8, choices=Stage)
    remembered = models.BooleanField(default=False)
    # A code by text message that was sent for this sign-in, and how often a new phone was proven with a wrong one.
    code_hash = text()
    code_until = models.DateTimeField(null=True)
    code_attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    device = text()
    ip = text()
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # When the person last proved who they are: what changes the sign-in itself asks for that to be fresh.
    proved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key_hash"], name="portal_session_key_unique"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="portal_session_stage_is_known"),
            models.CheckConstraint(
                condition=Q(account__isnull=True) ^ Q(visit__isnull=True), name="portal_session_is_somebodys"
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "customer", name="portal_session_customer"),
            BTreeIndex("store", "account", name="portal_session_account"),
            BTreeIndex("store", "visit", condition=Q(visit__isnull=False), name="portal_session_visit"),
            BTreeIndex("store", "expires_at", name="portal_session_expires"),
        ]

    def __str__(self) -> str:
        return f"session {self.stage}"


class Device(StoreScoped):
    """A browser that needs no second step for a while."""

    account = StoreForeignKey(Account, on_delete=models.CASCADE, related_name="devices", db_index=False)
    key_hash = models.CharField(max_length=64)
    name = text()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "key_hash"], name="account_device_key_unique"),
        ]
        indexes: ClassVar = [BTreeIndex("store", "account", name="account_device_account")]

    def __str__(self) -> str:
        return f"device {self.pk}"


class RecoveryCode(StoreScoped):
    """A code for the day on which the phone is lost. Works once."""

    account = StoreForeignKey(
        Account, on_delete=models.CASCADE, related_name="recovery_codes", db_index=False
    )
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "account", "code_hash"], name="recovery_code_once"),
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"
