from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Phase(TextChoices):
    """A file is read, its columns are mapped, its rows are checked and then, once somebody says so, written."""

    READ = "read", _("Read")
    MAP = "map", _("Map")
    CHECK = "check", _("Check")
    RUN = "run", _("Run")


class ImportState(TextChoices):
    """Where an import stands, as people see it."""

    READING = "reading", _("Reading the file")
    MAPPING = "mapping", _("Waits for its columns")
    CHECKING = "checking", _("Checking")
    CHECKED = "checked", _("Ready to run")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Did not finish")
    CANCELLED = "cancelled", _("Stopped")
    DISCARDED = "discarded", _("Thrown away")


class RowVerdict(TextChoices):
    """What was found about a row. Rows that change nothing are only counted, unless they were mended until they did."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    SAME = "same", _("Same as before")
    CLASH = "clash", _("To decide")
    SKIPPED = "skipped", _("Left out")
    FAILED = "failed", _("Wrong")


class Scope(TextChoices):
    """Which records leave."""

    PICKED = "picked", _("Picked records")
    QUERY = "query", _("A filter")
    ALL = "all", _("All records")


class ExportState(TextChoices):
    """Where an export stands, as people see it."""

    MAKING = "making", _("Being made")
    READY = "ready", _("Ready")
    SENT = "sent", _("Sent")
    GONE = "gone", _("No longer kept")
    FAILED = "failed", _("Did not finish")
    CANCELLED = "cancelled", _("Stopped")
    BROKEN = "broken", _("Broken off")


class Schedule(TextChoices):
    """When a saved export is made by itself."""

    NONE = "none", _("Only by hand")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")
