"""Where an import stands, held while it moves on; and the runs of its phases."""

from uuid import UUID

from django.utils.translation import gettext as _

from regulars.jobs import services as jobs
from regulars.jobs.models import Run
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import queries
from regulars.transfers.choices import ImportState, Phase
from regulars.transfers.models import Import

KINDS = {Phase.READ: "transfers.read", Phase.CHECK: "transfers.check", Phase.RUN: "transfers.run"}


class WrongState(Refused):
    """The import is not where this step could be taken."""

    code = "wrong_state"


def lock_import(store: Store, import_id: UUID, actor: Actor) -> tuple[Import, ImportState]:
    """The import, locked, and where it stands."""
    view = queries.get_import(store=store, import_id=import_id)
    actor.require(get_resource(view.resource).permission("import"))
    imported = Import.objects.select_for_update(no_key=True).get(store=store, pk=import_id)
    return imported, queries.get_import(store=store, import_id=import_id).state


def lock_plannable(store: Store, import_id: UUID, actor: Actor) -> Import:
    """The import, locked, while nothing of it was written yet and nobody works on it."""
    imported, state = lock_import(store, import_id, actor)
    if state not in queries.PLANNABLE or imported.phase == Phase.RUN or not imported.stored_as:
        raise WrongState(
            _("What the columns become can be changed until the import runs. Stop a check first.")
        )
    return imported


def begin(imported: Import, phase: Phase, actor: Actor, *, enqueue: bool) -> Run:
    """Start the run of a phase, inside the caller's transaction."""
    run = jobs.start_run(
        store=imported.store,
        kind=KINDS[phase],
        arguments={"import": str(imported.pk), "actor": actor.as_json()},
        actor=actor,
        enqueue=enqueue,
    )
    imported.phase, imported.run_id = phase, run.pk
    imported.save()
    return run


def run_of(imported: Import) -> UUID:
    """The run of the phase an import is in. Raises `WrongState` when none has begun."""
    if imported.run_id is None:
        raise WrongState(_("This import waits for its columns to be mapped."))
    return imported.run_id
