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
