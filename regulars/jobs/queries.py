"""Reading runs."""

from uuid import UUID

from regulars.jobs.models import Run
from regulars.kit.errors import NotFound
from regulars.stores.models import Store


def get_run(*, store: Store, run_id: UUID) -> Run:
    """The run with this id in this store. Raises `NotFound`."""
    run = Run.objects.select_related("store").filter(store=store, pk=run_id).first()
    if run is None:
        raise NotFound("This run does not exist.")
    return run
