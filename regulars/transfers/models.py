"""Imports with the rows that were not taken, and the ledger of exports."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from regulars.stores.models import Store, StoreScoped
from regulars.transfers.choices import Phase, RowVerdict, Schedule, Scope


class Import(StoreScoped):
    """One file that somebody brought, what was found out about it, and how far it got.

    `run_id` is the run of the current phase; none while a person maps the columns. The uploaded file is kept only until
    the import ends: `original_as` is the spreadsheet or archive that `stored_as`, the text, was made of.
    """

    resource = models.TextField()
    file_name = models.TextField()
    stored_as = models.TextField(blank=True, default="")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    layout = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    preset = models.TextField(blank=True, default="")
    original_as = models.TextField(blank=True, default="")
    format = models.TextField(default="text")
    sheets = models.JSONField(default=list)
    sheet = models.TextField(blank=True, default="")
    notes = models.JSONField(default=list)
    plan = models.JSONField(default=dict)
    profile_name = models.TextField(blank=True, default="")
    rows_expected = models.BigIntegerField(default=0)
    asks = models.BooleanField(default=False)
    phase = models.CharField(max_length=5, choices=Phase, default=Phase.CHECK)
    run_id = models.UUIDField(null=True)
    effects = models.JSONField(default=list)
    check_counts = models.JSONField(default=dict)
    highest_number = models.BigIntegerField(default=0)
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "created_at", "id", name="import_store_created")]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(StoreScoped):
    """A row of a file as the check or the run found it, unless it changes nothing.

    Rows of the check show what would happen and can be mended (`cells`) and settled (`choice`) until the run, and go
    when it ends; rows of the run are those that were not taken. `before` and `after` hold what would change.
    """

    import_id = models.UUIDField()
    phase = models.CharField(max_length=5, choices=Phase)
    line = models.BigIntegerField()
    verdict = models.CharField(max_length=7, choices=RowVerdict)
    record_id = models.UUIDField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    problems = models.JSONField(default=list)
    options = models.JSONField(null=True)
    cells = ArrayField(models.TextField())
    edited = models.BooleanField(default=False)
    choice = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            BTreeIndex("store", "import_id", "phase", "line", "id", name="importrow_store_line"),
            BTreeIndex(
                "store", "import_id", "phase", "verdict", "line", "id", name="importrow_store_verdict"
            ),
            BTreeIndex(
                "store",
                "import_id",
                "line",
                "id",
                condition=Q(edited=True) | ~Q(choice=""),
                name="importrow_settled",
            ),
        ]


class Profile(StoreScoped):
    """A plan that was kept under a name, proposed for files with the same headers."""

    resource = models.TextField()
    name = models.TextField()
    signature = models.CharField(max_length=64)
    plan = models.JSONField(default=dict)
    owner_name = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            BTreeIndex("store", "resource", "signature", "used_at", name="profile_store_signature")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "store", "resource", Lower("name"), name="profile_name_unique_per_resource"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Claim(models.Model):
    """A key (an e-mail, say) that a row of a file has taken, so that a later row with it is noticed.

    Kept in the database because a file can be larger than memory and a run can be taken up by another process. `key`
    is a hash that only this phase of this import makes.
    """

    pk = models.CompositePrimaryKey("store", "key")
    # The import's store, which is known to exist: looking once more for each of millions of keys takes seconds.
    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    key = models.BigIntegerField()
    import_id = models.UUIDField()
    line = models.BigIntegerField()
    digest = models.BigIntegerField()


class Export(StoreScoped):
    """The ledger: who took what out, when, and why. Its id is that of the act.

    `columns` are the fields whose values are in the file. A file that was made to be fetched is kept under `stored_as`
    until `expires_at`; one that was sent while it was made is not kept. `attempt` counts up when somebody who may be in
    a file is erased while it is made.
    """

    resource = models.TextField()
    format = models.TextField()
    scope = models.CharField(max_length=6, choices=Scope, default=Scope.QUERY)
    query = models.JSONField(default=dict)
    filter_text = models.TextField(blank=True, default="")
    columns = models.JSONField(default=list)
    preset = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    row_count = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField()
    run_id = models.UUIDField(null=True)
    saved_id = models.UUIDField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    stored_as = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "created_at", "id", name="export_store_created")]


class ExportFetch(StoreScoped):
    """Somebody fetched a kept file."""

    export_id = models.UUIDField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "export_id", "at", "id", name="exportfetch_store_export")]


class SavedExport(StoreScoped):
    """An export that is made again and again, by hand or by the clock of the store, with the rights of its owner.

    `query` is written as in the address of a list; one that names a `view` follows that view. Without `columns` it has
    those of its query.
    """

    resource = models.TextField()
    name = models.CharField(max_length=80)
    query = models.JSONField(default=dict)
    columns = ArrayField(models.TextField(), default=list)
    preset = models.TextField(blank=True, default="")
    format = models.TextField()
    byte_order_mark = models.BooleanField(default=False)
    schedule = models.CharField(max_length=7, choices=Schedule, default=Schedule.NONE)
    hour = models.PositiveSmallIntegerField(default=6)
    weekday = models.PositiveSmallIntegerField(default=1)
    month_day = models.PositiveSmallIntegerField(default=1)
    recipients = ArrayField(models.UUIDField(), default=list)
    active = models.BooleanField(default=True)
    problem = models.TextField(blank=True, default="")
    owner_id = models.UUIDField()
    owner_name = models.TextField()
    last_run_at = models.DateTimeField(null=True)
    last_export_id = models.UUIDField(null=True)
    next_run_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(hour__lte=23, weekday__range=(1, 7), month_day__range=(1, 31)),
                name="savedexport_time_is_of_the_calendar",
            ),
            models.CheckConstraint(
                condition=Q(schedule__in=Schedule.values), name="savedexport_schedule_is_known"
            ),
        ]
        indexes: ClassVar = [BTreeIndex("store", "id", name="savedexport_store")]

    def __str__(self) -> str:
        return self.name
