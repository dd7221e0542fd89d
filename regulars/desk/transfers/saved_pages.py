"""The saved exports of a store and the form of one, as plain data."""

from datetime import datetime, time
from typing import Any

from babel.dates import format_datetime, format_time, get_day_names
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk import values
from regulars.desk.lists.views import base_of
from regulars.desk.requests import StaffRequest
from regulars.desk.transfers.asking import Choice, hidden_of
from regulars.kit.errors import Invalid, Refused
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.resource import Resource, get_resource
from regulars.transfers import ledger
from regulars.transfers.choices import Schedule
from regulars.transfers.ledger import SavedExport
from regulars.transfers.services import Plan, may_change, may_stop, people_who_may_export
from regulars.transfers.writing import FORMATS, format_named

HOURS = range(24)


def saved_page(context: Context) -> dict[str, Any]:
    """The saved exports, each with what one may do to it."""
    here = {"store": context.store.slug}
    found = ledger.saved_exports(store=context.store, actor=context.actor)
    return {
        "ledger_url": reverse("exports", kwargs=here),
        "new_url": reverse("export", kwargs=here | {"resource_name": "customers"}),
        "rows": [_line(saved, context) for saved in found],
    }


def _line(saved: SavedExport, context: Context) -> dict[str, Any]:
    here = {"store": context.store.slug, "saved_id": saved.pk}
    own = may_change(saved=saved, actor=context.actor)
    stoppable = may_stop(saved=saved, actor=context.actor)
    scheduled = saved.schedule != Schedule.NONE

    def step(name: str, allowed: bool) -> str:
        return reverse("saved_export_step", kwargs={**here, "step": name}) if allowed else ""

    return {
        "name": saved.name,
        "url": reverse("saved_export", kwargs=here) if own else "",
        "what": str(get_resource(saved.resource).label),
        "format": format_named(saved.format).label,
        "schedule": schedule_text(saved, context),
        "owner": saved.owner_name,
        "own": own,
        "problem": saved.problem,
        "paused": scheduled and not saved.active,
        "next": _moment(saved.next_run_at, context) if scheduled and saved.active else "",
        "last": _moment(saved.last_run_at, context),
        "last_url": reverse(
            "made_export", kwargs={"store": context.store.slug, "export_id": saved.last_export_id}
        )
        if saved.last_export_id
        else "",
        "recipients": len(saved.recipients),
        "run_url": step("run", own),
        "pause_url": step("pause", stoppable and scheduled and saved.active),
        "resume_url": step("resume", own and scheduled and not saved.active),
        "delete_url": step("delete", stoppable),
    }


def schedule_text(saved: SavedExport, context: Context) -> str:
    """When it is made, in words."""
    words = {"hour": _hour(saved.hour, context), "day": saved.month_day}
    match saved.schedule:
        case Schedule.DAILY:
            return _("Every day at %(hour)s") % words
        case Schedule.WEEKLY:
            return _("Every %(day)s at %(hour)s") % {**words, "day": _weekdays(context)[saved.weekday - 1]}
        case Schedule.MONTHLY:
            return _("On day %(day)s of each month at %(hour)s") % words
    return _("Only by hand")


def _hour(hour: int, context: Context) -> str:
    return format_time(time(hour), "short", locale=values.style_of(context).language)


def _weekdays(context: Context) -> list[str]:
    names = get_day_names("wide", locale=context.locale)
    return [names[day] for day in range(7)]


def _moment(at: datetime | None, context: Context) -> str:
    style = values.style_of(context)
    return format_datetime(at.astimezone(style.zone), "short", locale=style.language) if at else ""


def form_page(
    request: StaffRequest,
    context: Context,
    *,
    choice: Choice | None = None,
    saved: SavedExport | None = None,
    problem: Refused | None = None,
) -> dict[str, Any]:
    """The form of a saved export: a new one of what was chosen, or one that there is."""
    sent = request.POST if "name" in request.POST else None
    resource = choice.query.resource if choice else get_resource(saved.resource if saved else "")
    here = {"store": context.store.slug}
    facts = _facts(sent, saved, context)
    return {
        "title": saved.name if saved else _("Save this export"),
        "list_url": reverse("saved_exports", kwargs=here),
        "url": reverse("saved_export", kwargs=here | {"saved_id": saved.pk})
        if saved
        else reverse("save_export", kwargs=here | {"resource_name": resource.name}),
        "back_url": reverse("saved_exports", kwargs=here) if saved else base_of(request, resource),
        "hidden": hidden_of(choice) if choice else [],
        "is_new": saved is None,
        "facts": facts,
        "schedules": _options(Schedule.choices, facts["schedule"]),
        "hours": _options([(str(hour), _hour(hour, context)) for hour in HOURS], facts["hour"]),
        "weekdays": _options(
            [(str(day), name) for day, name in enumerate(_weekdays(context), start=1)], facts["weekday"]
        ),
        "month_days": _options([(str(day), str(day)) for day in range(1, 32)], facts["month_day"]),
        "formats": _options([(one.name, str(one.label)) for one in FORMATS.values()], facts["format"])
        if saved
        else [],
        "people": _people(resource, facts["recipients"], context),
        "zone": context.store.time_zone,
        "problem": {"text": problem.sentence, "field": problem.field} if problem else None,
        "stopped": saved.problem if saved else "",
    }


def _facts(sent: QueryDict | None, saved: SavedExport | None, context: Context) -> dict[str, Any]:
    """The values of the form: as typed, as stored, or to begin with."""
    if sent is not None:
        names = ("name", "schedule", "hour", "weekday", "month_day", "format")
        typed: dict[str, Any] = {name: sent.get(name, "") for name in names}
        return typed | {"recipients": sent.getlist("recipients"), "active": "active" in sent}
    if saved is not None:
        return {
            "name": saved.name,
            "schedule": saved.schedule,
            "hour": str(saved.hour),
            "weekday": str(saved.weekday),
            "month_day": str(saved.month_day),
            "format": saved.format,
            "recipients": [str(one) for one in saved.recipients],
            "active": saved.active,
        }
    return {
        "name": "",
        "schedule": Schedule.WEEKLY.value,
        "hour": "6",
        "weekday": "1",
        "month_day": "1",
        "format": "",
        "recipients": [str(context.actor.id)],
        "active": True,
    }


def _options(pairs: list[Any], current: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": label, "on": value == current} for value, label in pairs]


def _people(resource: Resource, chosen: list[str], context: Context) -> list[dict[str, Any]]:
    return [
        {"value": str(one.id), "name": one.name, "email": one.email, "on": str(one.id) in chosen}
        for one in people_who_may_export(store=context.store, resource=resource.name)
    ]


def read_plan(sent: QueryDict) -> Plan:
    """The name, schedule and recipients of the form. Raises `Invalid`."""
    recipients = [parse_id(one) for one in sent.getlist("recipients")]
    if None in recipients:
        raise Invalid(_("One of these is nobody of this store."), field="recipients")
    return Plan(
        name=sent.get("name", ""),
        schedule=sent.get("schedule", ""),
        hour=_number(sent.get("hour", "")),
        weekday=_number(sent.get("weekday", "")),
        month_day=_number(sent.get("month_day", "")),
        recipients=tuple(one for one in recipients if one),
    )


def _number(text: str) -> int:
    """A small number, or one that no calendar has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else -1
