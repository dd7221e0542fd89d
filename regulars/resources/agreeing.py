"""The second person: acts that are too much for one are held until somebody else agrees."""

from uuid import UUID

from regulars.jobs.models import Run
from regulars.jobs.queries import get_run
from regulars.jobs.services import agree_to_run, turn_down_run
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.resources.action import Action
from regulars.resources.resource import get_resource
from regulars.staff.queries import person_behind
from regulars.stores.models import Store


class SamePerson(Refused):
    """Who asked for an act cannot be the one who agrees to it."""

    code = "same_person"


def action_of(run: Run) -> Action:
    """The action that a run carries out."""
    return get_resource(run.arguments["resource"]).action(run.arguments["action"])


def may_agree(*, run: Run, actor: Actor) -> bool:
    """Whether this person can be the second one; for buttons."""
    asked = run.arguments["actor"]
    by = person_behind(store=run.store, kind=asked["kind"], actor_id=asked["id"])
    return actor.kind == "staff" and actor.may(action_of(run).permission) and actor.id != by


def agree(*, store: Store, run_id: UUID, actor: Actor, enqueue: bool = True) -> None:
    """Agree to a held act as the second person; it begins at once.

    Raises `NotFound`, `NotAllowed`, `SamePerson` (also when the other one used a key of this person's), and `Decided`.
    """
    run = get_run(store=store, run_id=run_id)
    actor.require(action_of(run).permission)
    if not may_agree(run=run, actor=actor):
        raise SamePerson("You asked for this yourself: somebody else has to agree.")
    agree_to_run(store=store, run_id=run_id, actor=actor, enqueue=enqueue)


def turn_down(*, store: Store, run_id: UUID, reason: str, actor: Actor) -> None:
    """Turn a held act down, or take one's own back. Raises `NotFound`, `NotAllowed` and `Decided`."""
    run = get_run(store=store, run_id=run_id)
    actor.require(action_of(run).permission)
    because = f": {reason.strip()}" if reason.strip() else "."
    turn_down_run(store=store, run_id=run_id, actor=actor, message=f"Turned down by {actor.name}{because}")
