"""Reading runs."""

from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from regulars.jobs.choices import RunState
from regulars.jobs.models import Run, Skipped
from regulars.kit.errors import NotFound
from regulars.stores.models import Store


def get_run(*, store: Store, run_id: UUID) -> Run:
    """The run with this id in this store. Raises `NotFound`."""
    run = Run.objects.select_related("store").filter(store=store, pk=run_id).first()
    if run is None:
        raise NotFound(_("This run does not exist."))
    return run


def held_runs(*, store: Store) -> list[Run]:
    """What waits for a second person, the oldest first."""
    return list(Run.objects.filter(store=store, state=RunState.HELD).order_by("pk"))


def skipped_of(*, run: Run, after: UUID | None = None, limit: int | None = None) -> dict[UUID, str]:
    """The records that a run left as they were with the reasons, by id."""
    rows = Skipped.objects.filter(run=run).order_by("record_id")
    if after is not None:
        rows = rows.filter(record_id__gt=after)
    return dict(rows.values_list("record_id", "why")[:limit])


def skip_reasons(*, run: Run, limit: int = 10) -> list[tuple[str, int]]:
    """Why records were left as they were, the most frequent reason first."""
    counted = Skipped.objects.filter(run=run).values_list("why").annotate(count=Count("pk"))
    return list(counted.order_by("-count", "why")[:limit])
