"""The second person: acts that are too much for one are held until somebody else agrees."""

from uuid import UUID

from django.utils.translation import gettext as _

from regulars.jobs.models import Run
from regulars.jobs.queries import get_run
from regulars.jobs.services import agree_to_run, turn_down_run
from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound, Refused
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
    """Whether this person can be the second one; for buttons. A key is the person who made it, the person at the
    machine itself is always another one."""
    if not actor.may(action_of(run).permission):
        return False
    asked = run.arguments["actor"]
    by = person_behind(store=run.store, kind=asked["kind"], actor_id=asked["id"])
    me = person_behind(store=run.store, kind=actor.kind, actor_id=str(actor.id) if actor.id else None)
    return actor.kind == "system" or (me is not None and me != by)


def agree(*, store: Store, run_id: UUID, actor: Actor, enqueue: bool = True) -> None:
    """Agree to a held act as the second person; it begins at once.

    Raises `NotFound`, `NotAllowed`, `SamePerson` (also when the other one used a key of this person's), and `Decided`.
    """
    run = _asked_for(store, run_id, actor)
    if not may_agree(run=run, actor=actor):
        raise SamePerson(_("You asked for this yourself: somebody else has to agree."))
    agree_to_run(store=store, run_id=run_id, actor=actor, enqueue=enqueue)


def turn_down(*, store: Store, run_id: UUID, reason: str, actor: Actor) -> None:
    """Turn a held act down, or take one's own back. Raises `NotFound`, `NotAllowed` and `Decided`."""
    _asked_for(store, run_id, actor)
    because = f": {reason.strip()}" if reason.strip() else "."
    turn_down_run(
        store=store,
        run_id=run_id,
        actor=actor,
        message=_("Turned down by %(name)s%(because)s") % {"name": actor.name, "because": because},
    )


def _asked_for(store: Store, run_id: UUID, actor: Actor) -> Run:
    """The run, if it carries out an action that this person may perform."""
    run = get_run(store=store, run_id=run_id)
    if run.kind != "resources.action":
        raise NotFound(_("Nobody has to agree to this run."))
    actor.require(action_of(run).permission)
    return run
