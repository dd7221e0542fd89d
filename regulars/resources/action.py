"""An action: one verb on one or many records, offered by row menu, bulk bar, palette, API and CLI alike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args
from uuid import UUID

from regulars.jobs.models import Run
from regulars.kit.actor import Actor
from regulars.kit.words import Words
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet

if TYPE_CHECKING:
    from regulars.resources.execute import Selection

# Where an action is offered: on one record only, on several only, or on any selection.
Scope = Literal["any", "one", "many"]
# The parts of a menu, in their order: sorting people into groups, writing to them, moving records, what they may do,
# and what cannot be taken back.
Part = Literal["organise", "contact", "move", "state", "final"]
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(slots=True)
class Outcome:
    """What became of each record: done, or skipped with the reason for people.

    `said` is what the caller alone is told of a record, once: a password, a link. It is kept nowhere.
    """

    done: list[UUID] = field(default_factory=list)
    skipped: dict[UUID, str] = field(default_factory=dict)
    change_set: UUID | None = None
    said: dict[UUID, str] = field(default_factory=dict)


class Perform(Protocol):
    """The service behind an action. Adds to `change_set` when given, so that a large act stays one."""

    def __call__(
        self,
        *,
        store: Store,
        ids: list[UUID],
        inputs: dict[str, Any],
        actor: Actor,
        now: datetime,
        change_set: OpenChangeSet | None,
    ) -> Outcome: ...


class AsOne(Protocol):
    """Carries an action out on very many records in one go, as a run of its own; enqueued unless the caller waits."""

    def __call__(
        self, *, selection: "Selection", inputs: dict[str, Any], context: Context, enqueue: bool
    ) -> Run: ...


class Preview(Protocol):
    """Says in sentences what exactly an action would do, before it does it.

    `ids` are the records when there are at most 500, else the first 500 of `count`.
    """

    def __call__(
        self,
        *,
        store: Store,
        ids: list[UUID],
        count: int,
        inputs: dict[str, Any],
        actor: Actor,
        now: datetime,
    ) -> list[str]: ...


class Admit(Protocol):
    """Asked once with the number of records, before anything is done: whether this person may do as much.

    Raises `Refused`, or says why a second person has to agree first; says nothing when all is well.
    """

    def __call__(
        self, *, store: Store, count: int, inputs: dict[str, Any], actor: Actor, now: datetime
    ) -> str: ...


def always(row: Row) -> bool:
    """Offered on every record."""
    return True


def anywhere(context: Context) -> bool:
    """Offered to everybody who has the permission."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One declaration of a verb.

    `part` is its place in menus; a `main` one stands outside. `inputs` are asked before it runs; `confirm` is the
    question of actions that need a second look, `preview` tells what they would do to these very records. What is
    `irreversible` says so, and with `typed` the person writes the record's name, or the number of records, before it
    goes on. `offered` says for one record whether the button shows, `possible` whether it ever does for this person
    (the service decides again when it runs); `admit` whether it is too much for one person.

    Very many records are done in batches, each by `perform`, unless `as_one` does them in a way of its own. What is
    done to each record `apart`, whatever becomes of the others, is done in large batches, two at once.

    `ask_url` is the page of an action that needs more than a form; `page` names the desk's page that takes the same
    selection in place of a dialog, and `result_page` the one that gives what the action made
    (`result_label`, else “Download”).
    """

    name: str
    label: Words
    done_label: Words
    icon: str
    permission: str
    perform: Perform
    as_one: AsOne | None = None
    part: Part = "organise"
    main: bool = False
    inputs: tuple[Field, ...] = ()
    confirm: Words = ""
    preview: Preview | None = None
    danger: bool = False
    irreversible: bool = False
    typed: bool = False
    scope: Scope = "any"
    ask_url: Callable[[Store, list[UUID]], str] | None = None
    page: str = ""
    possible: Callable[[Context], bool] = anywhere
    result_page: str = ""
    result_label: Words = ""
    offered: Callable[[Row], bool] = always
    needs: tuple[str, ...] = ()
    admit: Admit | None = None
    apart: bool = False
