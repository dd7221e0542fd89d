"""Staff users, their role per store, invitations, API tokens and mail kept when no provider is set.

These tables belong to the install, not to one store's data: they stay on the coordinator when the database is
spread over machines, so domain tables refer to people by plain ids.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models.functions import Lower, Now
from django.db.models.functions.uuid import UUID7

from regulars.staff.choices import Role
from regulars.stores.models import Store


class UserManager(BaseUserManager["User"]):
    """Makes users; the passwords are hashed by Django."""

    def create_user(self, *, email: str, password: str | None = None, **values: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **values)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user


class User(AbstractBaseUser):
    """A person who works for one or more stores. Signs in to the desk, never to a shop."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    email = models.EmailField(unique=True)
    name = models.TextField(blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    preferences = models.JSONField(default=dict, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case")]

    def __str__(self) -> str:
        return self.email

    @property
    def display_name(self) -> str:
        return self.name or self.email.partition("@")[0]


class Membership(models.Model):
    """The role of a person in one store."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "user"], name="membership_once_per_store"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_is_known"),
        ]


class Invitation(models.Model):
    """A mail that asks a person to join a store. The link holds a secret; only its hash is kept."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role)
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "store",
                Lower("email"),
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_one_open_per_address",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_is_known"),
        ]


class ApiToken(models.Model):
    """A key with which another system works in one store. Shown once; only its hash is kept."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    name = models.TextField()
    role = models.CharField(max_length=10, choices=Role)
    secret_hash = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="token_role_is_known")
        ]
        indexes: ClassVar = [BTreeIndex("store", "created_at", "id", name="token_store_created")]


class OutboxMessage(models.Model):
    """A mail as it would have been sent, kept for reading while no provider is set.

    Mail about a person's own account (a link for a new password) belongs to no store and never shows in the
    desk. `opens_access` marks mail whose link lets its reader in: only who may invite reads it.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    store = models.ForeignKey(Store, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    to = models.TextField()
    subject = models.TextField()
    body = models.TextField()
    opens_access = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "created_at", "id", name="outbox_store_created")]


class StartCode(models.Model):
    """The one-time code with which the first visitor opens this install: at most one, kept as a hash."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    code_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="start_code_is_the_only_one")]


class CacheEntry(models.Model):
    """A row of Django's database cache, which counts attempts to sign in for all web processes together."""

    cache_key = models.CharField(primary_key=True, max_length=255)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "staff_cache"
