"""Performing an action on a selection: ids, or everything that a query matches.

Up to 500 records are done at once; more become a run of the worker, in batches that each commit with their progress.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.jobs.models import Run
from regulars.jobs.queries import skipped_of
from regulars.jobs.services import Progress, run_kind, start_run
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.kit.many import as_for_many_rows
from regulars.resources.action import Action, Outcome
from regulars.resources.context import Context
from regulars.resources.page import count_matching, matching
from regulars.resources.query import Query
from regulars.resources.record import clean_values
from regulars.resources.resource import Resource, get_resource
from regulars.resources.selection import Selection, batches_of, count_selection, selection_of
from regulars.staff.queries import actor_again
from regulars.timeline.events import event_kind
from regulars.timeline.services import OpenChangeSet, change_set_of_run

AT_ONCE = 500
# A list may estimate how many there are; whoever acts on seven gets them done now, on a busy machine too.
COUNT_TO_ACT = 1000
BATCH = 2000
# Of actions that are done to each record by itself; and of how many records on two of them are done at once.
BATCH_APART, LANES_FROM = 10_000, 50_000
BULK = event_kind("bulk.performed", "Bulk action: {action}", icon="list-check")


class Grown(Refused):
    """What a second person agreed to means more records by now."""

    code = "grown"


@dataclass(slots=True)
class Performed:
    """What an action did, or the run that does it. `said` is told to the caller once and kept nowhere."""

    matched: int = 0
    done: list[UUID] = field(default_factory=list)
    skipped: dict[UUID, str] = field(default_factory=dict)
    change_set: UUID | None = None
    run: Run | None = None
    said: dict[UUID, str] = field(default_factory=dict)


def clean_inputs(action: Action, raw: Mapping[str, str], context: Context) -> dict[str, Any]:
    """The values of an action's form. Raises `InvalidRecord` naming each wrong one."""
    typed = {one.name: raw.get(one.name, "") for one in action.inputs}
    unknown = dict.fromkeys(
        sorted(set(raw) - set(typed)), _("“%(label)s” asks no such thing.") % {"label": action.label}
    )
    try:
        values = clean_values(typed, action.inputs, context)
    except InvalidRecord as refusal:
        raise InvalidRecord(refusal.errors | unknown) from refusal
    if unknown:
        raise InvalidRecord(unknown)
    return values


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What an action would do: to how many records, in sentences, and whether it can be taken back."""

    matched: int
    sentences: list[str]
    irreversible: bool


def rehearse(
    *,
    resource: Resource,
    name: str,
    selection: Selection,
    raw_inputs: Mapping[str, str],
    context: Context,
) -> Rehearsal:
    """What an action would do to a selection; nothing is written. Raises `InvalidRecord` for its inputs."""
    action = resource.action(name)
    context.actor.require(action.permission)
    inputs = clean_inputs(action, raw_inputs, context)
    count = count_selection(selection, context)
    ids = first_ids(selection, context) if action.preview else []
    return Rehearsal(
        matched=count,
        sentences=preview(action, inputs, context, ids=ids, count=count),
        irreversible=action.irreversible,
    )


def preview(
    action: Action, inputs: dict[str, Any], context: Context, *, ids: list[UUID], count: int
) -> list[str]:
    """What an action says about these very records before it runs; `inputs` may still be missing."""
    if action.preview is None:
        return []
    return action.preview(
        store=context.store,
        ids=ids,
        count=count,
        inputs=inputs,
        actor=context.actor,
        now=context.now,
    )


def first_ids(selection: Selection, context: Context) -> list[UUID]:
    """The records of a selection, the first 500 of very many."""
    if selection.left_by is not None:
        return list(skipped_of(run=selection.left_by, limit=AT_ONCE))
    if selection.query is None:
        return sorted(set(selection.ids))[:AT_ONCE]
    rows = matching(selection.query, context).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def perform(
    *,
    resource: Resource,
    name: str,
    selection: Selection,
    raw_inputs: Mapping[str, str],
    context: Context,
    wait: bool = False,
) -> Performed:
    """Perform an action on a selection. With `wait` even large ones are done before it returns (CLI, tests)."""
    action = resource.action(name)
    context.actor.require(action.permission)
    inputs = clean_inputs(action, raw_inputs, context)
    _unless_for_one(action, selection, context)
    if held := _admit(action, selection, inputs, context):
        asked = count_selection(selection, context)
        run = start_run(
            store=context.store,
            kind="resources.action",
            arguments=_arguments(resource, action, selection, raw_inputs, context.actor) | {"at_most": asked},
            actor=context.actor,
            held=held,
        )
        return Performed(matched=asked, run=run)
    if selection.query is not None:
        count = count_matching(selection.query, context, milliseconds=COUNT_TO_ACT)
        small = count.exact and count.value <= AT_ONCE
    else:
        small = count_selection(selection, context) <= AT_ONCE
    if small:
        ids = first_ids(selection, context) if selection.query is None else _ids(selection.query, context)
        outcome = _perform_batch(action, ids, inputs, context, None)
        return Performed(len(ids), outcome.done, outcome.skipped, outcome.change_set, said=outcome.said)
    if action.as_one is not None:
        run = action.as_one(selection=selection, inputs=inputs, context=context, enqueue=not wait)
    else:
        run = start_run(
            store=context.store,
            kind="resources.action",
            arguments=_arguments(resource, action, selection, raw_inputs, context.actor),
            actor=context.actor,
            enqueue=not wait,
        )
    return Performed(matched=count_selection(selection, context), run=run)


def _unless_for_one(action: Action, selection: Selection, context: Context) -> None:
    """What is done to one record at a time never becomes a run, whose inputs are kept: some are secret."""
    if action.scope == "one" and count_selection(selection, context) > 1:
        raise Invalid(_("“%(label)s” is for one record at a time.") % {"label": action.label})


def _admit(action: Action, selection: Selection, inputs: dict[str, Any], context: Context) -> str:
    """Why a second person has to agree, if so. The person at the machine itself needs nobody."""
    if action.admit is None or context.actor.kind == "system":
        return ""
    return action.admit(
        store=context.store,
        count=count_selection(selection, context),
        inputs=inputs,
        actor=context.actor,
        now=context.now,
    )


def _perform_batch(
    action: Action,
    ids: list[UUID],
    inputs: dict[str, Any],
    context: Context,
    change_set: OpenChangeSet | None,
) -> Outcome:
    if not ids:
        return Outcome()
    return action.perform(
        store=context.store,
        ids=ids,
        inputs=inputs,
        actor=context.actor,
        now=context.now,
        change_set=change_set,
    )


def _ids(query: Query, context: Context) -> list[UUID]:
    return list(matching(query, context).order_by("pk").values_list("pk", flat=True))


def _arguments(
    resource: Resource, action: Action, selection: Selection, raw_inputs: Mapping[str, str], actor: Actor
) -> dict[str, Any]:
    chosen: dict[str, Any]
    if selection.query is not None:
        chosen = {"query": dict(selection.query.params())}
    elif selection.left_by is not None:
        chosen = {"left_by": str(selection.left_by.pk)}
    else:
        chosen = {"ids": [str(one) for one in sorted(set(selection.ids))]}
    return {
        "resource": resource.name,
        "action": action.name,
        "inputs": dict(raw_inputs),
        "actor": actor.as_json(),
        **chosen,
    }


@run_kind("resources.action")
def perform_run(progress: Progress) -> None:
    """Carry out a large action in batches by id, so that records which leave the query meanwhile lose nobody."""
    arguments = progress.run.arguments
    actor = actor_again(store=progress.store, who=arguments["actor"], surface="worker")
    context = Context(store=progress.store, actor=actor, now=progress.now)
    resource = get_resource(arguments["resource"])
    action = resource.action(arguments["action"])
    context.actor.require(action.permission)
    inputs = clean_inputs(action, arguments["inputs"], context)
    change_set = change_set_of_run(progress=progress, actor=actor, kind=BULK, note=str(action.label))
    if not progress.run.total:
        total = count_selection(selection_of(resource, arguments, context), context)
        if total > arguments.get("at_most", total):
            raise Grown(
                _("It was agreed to for %(arguments)s, and are %(total)s now. Ask for it anew.")
                % {"arguments": f"{arguments['at_most']:,}", "total": f"{total:,}"}
            )
        progress.set_total(total)
    size = BATCH_APART if action.apart else BATCH

    def carry_out(
        progress: Progress, mark: str = "after", beyond: str | None = None, until: str = ""
    ) -> None:
        """All batches from where the `mark` of the cursor is; only records `beyond` an id and `until` one, if given."""
        after = progress.run.cursor.get(mark, beyond)
        for ids in batches_of(resource, arguments, context, size=size, after=after, until=until):
            progress.stop_if_cancelled()
            with transaction.atomic():
                if action.apart:
                    as_for_many_rows()
                outcome = _perform_batch(action, ids, inputs, context, change_set)
                progress.add(
                    looked_at=len(ids),
                    done=len(outcome.done),
                    skipped=outcome.skipped,
                    cursor={mark: str(ids[-1])},
                )

    middle = _middle(progress, resource, arguments, context) if action.apart else ""
    if middle:
        upper = partial(carry_out, mark="after_middle", beyond=middle)
        progress.in_lanes([partial(carry_out, until=middle), upper])
    else:
        carry_out(progress)


def _middle(progress: Progress, resource: Resource, arguments: Mapping[str, Any], context: Context) -> str:
    """The record up to which the one of two lanes goes, chosen once; none when one lane does it all."""
    cursor, total = progress.run.cursor, progress.run.total
    if "after" not in cursor and "middle" not in cursor and "query" in arguments and total >= LANES_FROM:
        query = selection_of(resource, arguments, context).query
        assert query is not None
        found = matching(query, context).order_by("pk").values_list("pk", flat=True)[total // 2 :].first()
        if found is not None:
            with transaction.atomic():
                progress.add(looked_at=0, done=0, skipped={}, cursor={"middle": str(found)})
    return str(progress.run.cursor.get("middle", ""))
