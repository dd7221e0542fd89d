"""Imports with the rows that were not taken, and the ledger of exports."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models.functions import Now

from regulars.stores.models import Store, StoreScoped
from regulars.transfers.choices import Phase


class Import(StoreScoped):
    """One file that somebody brought, what was found out about it, and how far it got.

    `run_id` is the run of the current phase. The uploaded file is kept only until the import ends.
    """

    resource = models.TextField()
    file_name = models.TextField()
    stored_as = models.TextField(blank=True, default="")
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    layout = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    preset = models.TextField(blank=True, default="")
    options = models.JSONField(default=dict)
    phase = models.CharField(max_length=5, choices=Phase, default=Phase.CHECK)
    run_id = models.UUIDField()
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


class FailedRow(StoreScoped):
    """A row of a file that was not taken: what is wrong with it, and its cells as the file had them."""

    import_id = models.UUIDField()
    line = models.BigIntegerField()
    problems = models.JSONField()
    cells = ArrayField(models.TextField())

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "import_id", "line", "id", name="failedrow_store_import")]


class Claim(models.Model):
    """A key (an e-mail, say) that a row of a file has taken, so that a later row with it is noticed.

    Kept in the database because a file can be larger than memory and a run can be taken up by another process. `key`
    is a hash that only this phase of this import makes.
    """

    pk = models.CompositePrimaryKey("store", "key")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.BigIntegerField()
    import_id = models.UUIDField()
    line = models.BigIntegerField()
    digest = models.BigIntegerField()


class Export(StoreScoped):
    """The ledger: who took what out, when."""

    resource = models.TextField()
    format = models.TextField()
    query = models.JSONField(default=dict)
    filter_text = models.TextField(blank=True, default="")
    columns = models.JSONField(default=list)
    row_count = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    actor_id = models.UUIDField(null=True)
    actor_name = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "created_at", "id", name="export_store_created")]


class ExportPiece(StoreScoped):
    """A piece of a file that the export action made; kept for a week, and thrown away when a person in it is erased."""

    export_id = models.UUIDField()
    body = models.TextField()

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "export_id", "id", name="exportpiece_store_export")]
