"""Saved views, and what each person made of them: pinned ones, and the one a list opens with."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from regulars.staff.choices import Role
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped
from regulars.views.choices import Density, Scope


class View(StoreScoped):
    """What a list shows and how it looks, under a name.

    `tab`, `q`, `where`, `sort` and `columns` are written as in the address of the list; empty means the list's own
    default. `owner_id` is who saved it, a person or an API token; a personal view is theirs alone.
    """

    resource = models.TextField()
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.PERSONAL)
    role = models.CharField(max_length=10, choices=Role, blank=True, default="")
    owner_id = models.UUIDField(null=True)
    owner_name = models.TextField(blank=True, default="")
    tab = models.TextField(blank=True, default="")
    q = models.TextField(blank=True, default="")
    where = models.TextField(blank=True, default="")
    sort = models.TextField(blank=True, default="")
    columns = ArrayField(models.TextField(), default=list)
    widths = models.JSONField(default=dict)
    size = models.PositiveSmallIntegerField(default=0)
    density = models.CharField(max_length=8, choices=Density, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    changed_by = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    # What the person who asks made of it: the place in the side bar, and what the list opens with; set by the queries.
    place: int | None
    is_first: bool

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "store",
                "resource",
                "owner_id",
                Lower("name"),
                condition=Q(scope=Scope.PERSONAL),
                name="view_name_unique_per_person",
            ),
            models.UniqueConstraint(
                "store",
                "resource",
                "role",
                Lower("name"),
                condition=Q(scope=Scope.ROLE),
                name="view_name_unique_per_role",
            ),
            models.UniqueConstraint(
                "store",
                "resource",
                Lower("name"),
                condition=Q(scope=Scope.STORE),
                name="view_name_unique_per_store",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="view_has_a_name"),
            models.CheckConstraint(
                condition=Q(scope=Scope.ROLE, role__in=Role.values)
                | Q(scope__in=[Scope.PERSONAL, Scope.STORE], role=""),
                name="view_role_goes_with_its_scope",
            ),
            models.CheckConstraint(
                condition=~Q(scope=Scope.PERSONAL) | Q(owner_id__isnull=False),
                name="view_personal_has_an_owner",
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "resource", name="view_store_resource"),
            BTreeIndex("store", "owner_id", name="view_store_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class Pin(StoreScoped):
    """A view that a person keeps in the side bar, at a place."""

    user_id = models.UUIDField()
    view = StoreForeignKey(View, on_delete=models.CASCADE, related_name="pins", db_index=False)
    position = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "user_id", "view"], name="pin_once_per_person")
        ]
        indexes: ClassVar = [BTreeIndex("store", "view", name="pin_store_view")]


class First(StoreScoped):
    """The view that a list opens with for a person when its address asks for nothing else."""

    user_id = models.UUIDField()
    resource = models.TextField()
    view = StoreForeignKey(View, on_delete=models.CASCADE, related_name="firsts", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "user_id", "resource"], name="first_view_once_per_list")
        ]
        indexes: ClassVar = [BTreeIndex("store", "view", name="first_store_view")]
