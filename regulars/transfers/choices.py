from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Phase(TextChoices):
    """An import first checks its file and then, once somebody says so, runs."""

    CHECK = "check", _("Check")
    RUN = "run", _("Run")


class ImportState(TextChoices):
    """Where an import stands, as people see it."""

    CHECKING = "checking", _("Checking")
    CHECKED = "checked", _("Ready to run")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Did not finish")
    CANCELLED = "cancelled", _("Stopped")
    DISCARDED = "discarded", _("Thrown away")
