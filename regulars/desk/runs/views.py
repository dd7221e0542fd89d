"""A bulk action on very many records: how far it is, what was done and what was left as it was, and why."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from babel.dates import format_datetime, format_timedelta
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.desk import cells, values
from regulars.desk.access import staff
from regulars.desk.lists.views import base_of, context_of, open_resource, require
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.jobs import services as jobs
from regulars.jobs.choices import RunState
from regulars.jobs.queries import Run, get_run
from regulars.kit.errors import NotFound
from regulars.kit.ids import parse_id
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.execute import KEPT_REASONS
from regulars.resources.query import query_from_params
from regulars.resources.resource import Resource

BULK = "resources.action"
SHOWN_SKIPPED = 50


@require_GET
@staff("")
def show(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """The run; a part of it while the page polls."""
    run, resource, action = _open(request, run_id)
    page = {"run": _page(request, run, resource, action, context_of(request))}
    if wants_part(request):
        return render(request, "desk/run.html#progress", page)
    return render(request, "desk/run.html", page | {"shell": shell(request, current=resource.name)})


@require_POST
@staff("")
def stop(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Stop after the current batch; what was done stays and can be taken back."""
    _run, _resource, action = _open(request, run_id)
    require(request, action.permission)
    jobs.ask_to_cancel(store=request.store, run_id=run_id)
    messages.success(request, _("It stops after the current batch."))
    return redirect("run", store=request.store.slug, run_id=run_id)


def _open(request: StaffRequest, run_id: UUID) -> tuple[Run, Resource, Action]:
    """The run of this store with what it acts on. Other long work has pages of its own."""
    run = get_run(store=request.store, run_id=run_id)
    if run.kind != BULK:
        raise NotFound(_("There is no page at this address."))
    resource, _context = open_resource(request, run.arguments["resource"])
    return run, resource, resource.action(run.arguments["action"])


def _page(
    request: StaffRequest, run: Run, resource: Resource, action: Action, context: Context
) -> dict[str, Any]:
    style = values.style_of(context)
    here = {"store": request.store.slug, "run_id": run.pk}
    is_live = run.state in jobs.OPEN
    counts = {"done": 0, "skipped": 0, **run.counts}
    may_act = request.actor.may(action.permission)
    reasons = run.cursor.get("skipped", {})
    return {
        "title": str(action.label),
        "url": reverse("run", kwargs=here),
        "is_live": is_live,
        "state": run.state,
        "list_url": _list_url(request, run, resource),
        "list_label": str(resource.label),
        "headline": _headline(run, action, style),
        "explanation": run.message or _by(run, style),
        "percent": min(run.done * 100 // run.total, 100) if run.total else None,
        "done_text": _("%(done)s of %(total)s")
        % {
            "done": cells.format_whole(run.done, style.language),
            "total": cells.format_whole(run.total, style.language),
        },
        "left_text": _left(run, context, style),
        "counts": {name: cells.format_whole(count, style.language) for name, count in counts.items()},
        "stop_url": reverse("stop_run", kwargs=here) if is_live and may_act and not run.cancel_asked else "",
        "undo_url": _undo_url(request, run, resource, action) if may_act and not is_live else "",
        "skipped": _skipped(request, reasons, resource, context),
        "reasons": _reasons(reasons, counts["skipped"], style),
    }


def _headline(run: Run, action: Action, style: cells.Style) -> str:
    match run.state:
        case RunState.WAITING:
            return _("Waiting for its turn")
        case RunState.RUNNING if run.cancel_asked:
            return _("Stopping after this batch")
        case RunState.RUNNING:
            return _("%(action)s: at work") % {"action": action.label}
        case RunState.CANCELLED:
            return _("Stopped after %(count)s") % {"count": cells.format_whole(run.done, style.language)}
        case RunState.FAILED:
            return _("It did not finish")
    return f"{action.done_label}: {cells.format_whole(run.counts.get('done', 0), style.language)}"


def _by(run: Run, style: cells.Style) -> str:
    if run.state in jobs.OPEN:
        return _("You can leave this page; it goes on, also after a restart.")
    at = format_datetime(
        (run.finished_at or run.created_at).astimezone(style.zone), "medium", locale=style.language
    )
    return _("By %(name)s, %(when)s.") % {"name": run.actor_name, "when": at}


def _left(run: Run, context: Context, style: cells.Style) -> str:
    seconds = (context.now - run.started_at).total_seconds() if run.started_at else 0
    if run.state != RunState.RUNNING or seconds < 1 or not run.done or run.total <= run.done:
        return ""
    left = (run.total - run.done) * seconds / run.done
    words = format_timedelta(max(round(left), 1), threshold=1.5, locale=style.language)
    return _("about %(time)s left") % {"time": words}


def _list_url(request: StaffRequest, run: Run, resource: Resource) -> str:
    """The list the act was started from."""
    base = base_of(request, resource)
    chosen = run.arguments.get("query")
    return query_from_params(resource, chosen, context_of(request)).url(base) if chosen else base


def _undo_url(request: StaffRequest, run: Run, resource: Resource, action: Action) -> str:
    change_set = run.cursor.get("change_set")
    if not (change_set and action.reverse and not action.inputs and run.counts.get("done")):
        return ""
    here = {"store": request.store.slug, "resource_name": resource.name}
    return reverse("undo_action", kwargs={**here, "name": action.reverse, "change_set": change_set})


def _skipped(
    request: StaffRequest, reasons: Mapping[str, str], resource: Resource, context: Context
) -> list[dict[str, str]]:
    """The first records that were left as they were, by name."""
    shown = dict(list(reasons.items())[:SHOWN_SKIPPED])
    ids = [one for one in map(parse_id, shown) if one]
    rows = resource.rows(context.store).filter(pk__in=ids).values("id", *resource.title_needs)
    names = {str(row["id"]): resource.title(row) for row in rows}
    base = base_of(request, resource)
    return [
        {
            "name": names.get(record_id, record_id),
            "url": f"{base}{record_id}/" if record_id in names else "",
            "why": why,
        }
        for record_id, why in shown.items()
    ]


def _reasons(reasons: Mapping[str, str], skipped: int, style: cells.Style) -> str:
    """Why records were left, most frequent first; of very many the first ones are looked at."""
    counted = Counter(reasons.values()).most_common(4)
    told = "; ".join(f"{why} ({cells.format_whole(count, style.language)})" for why, count in counted)
    if skipped > KEPT_REASONS:
        return _("of the first %(count)s: %(why)s") % {"count": KEPT_REASONS, "why": told}
    return told
