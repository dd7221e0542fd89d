"""Exports kept under a name and made again, by hand or by the clock: always as their owner, with the rights that
the owner has by then.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotAllowed, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.staff.permissions import STORE_MANAGE
from regulars.staff.queries import actor_again
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, open_change_set, record
from regulars.transfers import events
from regulars.transfers.choices import Schedule
from regulars.transfers.models import Export, SavedExport
from regulars.transfers.schedule import next_run
from regulars.transfers.services.asked import Asked
from regulars.transfers.services.export import checked_table
from regulars.transfers.services.kept import being_made, keep_later
from regulars.transfers.services.mails import people_who_may_export, stop_schedule
from regulars.views.queries import find_view, opened

MAX_NAME = 80
MOST_SAVED = 100
NOT_YOURS = gettext_noop("only its owner can do this, because it is made with the owner's rights")
# What somebody decides about a saved export; the rest is how it went.
DECIDED = (
    *("resource", "name", "query", "columns", "preset", "format", "byte_order_mark"),
    *("schedule", "hour", "weekday", "month_day", "recipients", "active", "owner_id", "owner_name"),
)


class SavedGone(NotFound):
    """The saved export was deleted, or is of another store."""

    code = "saved_export_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The name of a saved export, when it is made and who gets the link."""

    name: str
    schedule: str = Schedule.NONE
    hour: int = 6
    weekday: int = 1
    month_day: int = 1
    recipients: tuple[UUID, ...] = ()


def save_export(*, asked: Asked, plan: Plan, context: Context) -> SavedExport:
    """Keep an export under a name. Raises `NotAllowed`, `Invalid` and `QueryError`."""
    if context.actor.kind != "staff" or context.actor.id is None:
        raise NotAllowed(_("A saved export belongs to a person; sign in to the desk to save one."))
    if asked.ids:
        raise Invalid(
            _("Picked rows cannot be saved as an export; save a filter of the list."), field="scope"
        )
    checked_table(asked, context)
    with transaction.atomic():
        # So that two windows cannot both save the last one.
        lock_rows(Store.objects.all(), [context.store.pk])
        if SavedExport.objects.filter(store=context.store).count() >= MOST_SAVED:
            raise Invalid(
                _("A store can keep %(most_saved)s saved exports. Delete one that nobody needs.")
                % {"most_saved": MOST_SAVED}
            )
        saved = SavedExport(
            id=new_id(),
            store=context.store,
            resource=asked.resource.name,
            owner_id=context.actor.id,
            owner_name=context.actor.name,
            created_at=context.now,
            **_file(asked),
            **_clean(plan, asked.resource.name, context),
        )
        plan_next(saved, context.now)
        saved.save(force_insert=True)
        _tell(saved, context.actor, events.EXPORT_SAVED, context.now, after=_decided(saved))
    return saved


def change_saved(*, saved_id: UUID, plan: Plan, format: str, active: bool, context: Context) -> SavedExport:
    """Rename a saved export, or change its format, schedule and recipients. Goes on where it was paused by a refusal.

    Raises `SavedGone`, `NotAllowed` and `Invalid`.
    """
    with transaction.atomic():
        saved = _own(context.store, saved_id, context.actor)
        before = _decided(saved)
        for name, value in _clean(plan, saved.resource, context).items():
            setattr(saved, name, value)
        saved.format, saved.active = format, active
        asked = asked_again(saved=saved, context=context)
        checked_table(asked, context)
        saved.format, saved.problem = asked.format, ""
        plan_next(saved, context.now)
        after = _decided(saved)
        changed = [name for name in after if after[name] != before[name]]
        if not changed:
            return saved
        saved.version += 1
        saved.save()
        _tell(
            saved,
            context.actor,
            events.EXPORT_CHANGED,
            context.now,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return saved


def pause_saved(*, store: Store, saved_id: UUID, active: bool, actor: Actor, now: datetime) -> None:
    """Stop the schedule of a saved export, or let it go on. Who manages the store may stop those of others.

    Raises `SavedGone` and `NotAllowed`.
    """
    with transaction.atomic():
        saved = _own(store, saved_id, actor, or_manager=not active)
        if saved.active == active:
            return
        saved.active, saved.problem = active, ""
        plan_next(saved, now)
        saved.version += 1
        saved.save()
        _tell(
            saved, actor, events.EXPORT_CHANGED, now, before={"active": not active}, after={"active": active}
        )


def remove_saved(*, store: Store, saved_id: UUID, actor: Actor, now: datetime) -> UUID:
    """Delete a saved export; what it has made stays in the ledger. Returns the act that can be undone.

    Raises `SavedGone` and `NotAllowed`.
    """
    with transaction.atomic():
        saved = _own(store, saved_id, actor, or_manager=True)
        act = _tell(saved, actor, events.EXPORT_REMOVED, now, before=_decided(saved))
        saved.delete()
    return act


def run_saved(*, store: Store, saved_id: UUID, actor: Actor, now: datetime) -> Export:
    """Make a saved export now and mail its link; asked twice, the file that is being made already.

    Raises `SavedGone`, `NotAllowed`, `Invalid` and `QueryError`.
    """
    with transaction.atomic():
        saved = _own(store, saved_id, actor)
        return being_made(store=store, export_id=saved.last_export_id) or _begin(saved, actor, now)


def make_due_exports(*, now: datetime) -> int:
    """Begin every saved export whose time has come; one that cannot be made is paused and its owner told.

    One that was missed while nothing ran is made once. Returns how many began.
    """
    due = SavedExport.objects.filter(active=True, next_run_at__lte=now)
    begun = 0
    for saved_id in due.order_by("next_run_at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            rows = due.select_related("store").select_for_update(of=("self",), skip_locked=True)
            saved = rows.filter(pk=saved_id).first()
            if saved is None:  # another worker has it
                continue
            who = {"kind": "staff", "id": str(saved.owner_id), "name": saved.owner_name}
            try:
                with transaction.atomic():
                    _begin(saved, actor_again(store=saved.store, who=who, surface="worker"), now)
                    begun += 1
            except Refused as refusal:
                stop_schedule(saved_id=saved.pk, why=refusal.sentence)
    return begun


def asked_again(*, saved: SavedExport, context: Context) -> Asked:
    """What a saved export asks for today: its view may have changed since. Raises `ViewGone` and `QueryError`."""
    resource, params = get_resource(saved.resource), dict(saved.query)
    if wanted := params.pop("view", ""):
        view = find_view(store=context.store, actor=context.actor, resource=resource.name, wanted=wanted)
        params = opened(view=view, given=params, actor=context.actor)
    return Asked(
        query=query_from_params(resource, params, context, strict=True),
        columns=tuple(saved.columns),
        preset=saved.preset,
        format=saved.format,
        byte_order_mark=saved.byte_order_mark,
        reason=saved.name,
    )


def rewrite_saved(*, store: Store, use_id: UUID, where: str, actor: Actor, now: datetime) -> None:
    """Give a saved export conditions that mean the same, because a segment they name was renamed; part of that act."""
    saved = lock_rows(SavedExport.objects.select_related("store").filter(store=store), [use_id]).get(use_id)
    if saved is None or saved.query.get("where", "") == where:
        return
    before = saved.query
    saved.query = before | {"where": where}
    saved.version += 1
    saved.save(update_fields=["query", "version"])
    _tell(saved, actor, events.EXPORT_CHANGED, now, before={"query": before}, after={"query": saved.query})


def may_change(*, saved: SavedExport, actor: Actor) -> bool:
    """It is made with its owner's rights, so nobody else decides what is in it."""
    return actor.kind == "staff" and saved.owner_id == actor.id


def may_stop(*, saved: SavedExport, actor: Actor) -> bool:
    """Its owner, and who manages the store, can pause and delete it."""
    return may_change(saved=saved, actor=actor) or actor.may(STORE_MANAGE)


def _begin(saved: SavedExport, actor: Actor, now: datetime) -> Export:
    context = Context(store=saved.store, actor=actor, now=now)
    export = keep_later(asked=asked_again(saved=saved, context=context), context=context, saved_id=saved.pk)
    saved.last_run_at, saved.last_export_id, saved.problem = now, export.pk, ""
    plan_next(saved, now)
    saved.save(update_fields=["last_run_at", "last_export_id", "problem", "next_run_at"])
    return export


def plan_next(saved: SavedExport, now: datetime) -> None:
    """Work out when it is due next."""
    saved.next_run_at = next_run(
        schedule=saved.schedule,
        hour=saved.hour,
        weekday=saved.weekday,
        month_day=saved.month_day,
        zone=saved.store.zone,
        after=now,
    )


def _file(asked: Asked) -> dict[str, Any]:
    """What is in the file. A query that began with a saved view goes on following it."""
    shown = ("columns", "size", "after", "before")
    return {
        "query": {name: value for name, value in asked.query.params() if name not in shown},
        "columns": list(asked.columns),
        "preset": asked.preset,
        "format": asked.format,
        "byte_order_mark": asked.byte_order_mark,
    }


def _clean(plan: Plan, resource: str, context: Context) -> dict[str, Any]:
    """The columns of a plan. Raises `Invalid`."""
    name = " ".join(storable(plan.name).split())
    if not name or len(name) > MAX_NAME:
        raise Invalid(
            _("Give it a name of up to %(max_name)s characters.") % {"max_name": MAX_NAME}, field="name"
        )
    if plan.schedule not in Schedule.values:
        raise Invalid(_("Choose one of: ") + ", ".join(Schedule.values) + ".", field="schedule")
    if not (0 <= plan.hour <= 23 and 1 <= plan.weekday <= 7 and 1 <= plan.month_day <= 31):
        raise Invalid(_("Choose an hour and a day of the calendar."), field="schedule")
    able = {one.id for one in people_who_may_export(store=context.store, resource=resource)}
    if not set(plan.recipients) <= able:
        raise Invalid(
            _("A link can only be sent to people of the store who may take these records out."),
            field="recipients",
        )
    return asdict(plan) | {"name": name, "recipients": list(dict.fromkeys(plan.recipients))}


def _own(store: Store, saved_id: UUID, actor: Actor, *, or_manager: bool = False) -> SavedExport:
    """The saved export, locked, for somebody who may do this to it."""
    rows = SavedExport.objects.select_related("store").filter(store=store)
    saved = lock_rows(rows, [saved_id]).get(saved_id)
    if saved is None:
        raise SavedGone(_("This saved export was deleted."))
    actor.require(get_resource(saved.resource).permission("export"))
    allowed = may_stop(saved=saved, actor=actor) if or_manager else may_change(saved=saved, actor=actor)
    if not allowed:
        raise NotAllowed(_("This cannot be done: %(not_yours)s.") % {"not_yours": _(NOT_YOURS)})
    return saved


def _decided(saved: SavedExport) -> dict[str, Any]:
    return {name: as_json(getattr(saved, name)) for name in DECIDED}


def as_json(value: Any) -> Any:
    """A column's value as an event keeps it."""
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    return str(value) if isinstance(value, UUID | str) else value


def _tell(
    saved: SavedExport, actor: Actor, kind: EventKind, now: datetime, **what: Mapping[str, Any]
) -> UUID:
    """The event of one saved export, as an act of its own."""
    data = {"name": saved.name}
    act = open_change_set(store=saved.store, actor=actor, kind=kind, now=now, note=kind.say(data))
    touched = Touched(saved.pk, version=saved.version, data=data, **what)
    record(change_set=act, resource="saved_exports", kind=kind, touched=[touched], now=now)
    return act.id
