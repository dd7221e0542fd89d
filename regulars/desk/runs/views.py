"""A bulk action on very many records: how far it is, what was done and what was left as it was, and why."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from babel.dates import format_datetime, format_timedelta
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.desk import cells, values
from regulars.desk.access import staff
from regulars.desk.downloads import csv_response
from regulars.desk.lists.views import base_of, context_of, open_resource, require
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.jobs import services as jobs
from regulars.jobs.choices import RunState
from regulars.jobs.queries import Run, get_run, skip_reasons, skipped_of
from regulars.kit.errors import NotFound, Refused
from regulars.resources import agreeing
from regulars.resources.context import Context
from regulars.resources.execute import Selection, perform
from regulars.resources.query import query_from_params
from regulars.resources.resource import Resource
from regulars.timeline.undoing import may_undo
from regulars.transfers.cells import encoded, guard

SHOWN_SKIPPED = 50


@dataclass(frozen=True, slots=True)
class Work:
    """What a run is about: an action on records of a resource, or taking one back."""

    run: Run
    resource: Resource
    title: str
    done_label: str
    permission: str
    again: str = ""
    result_page: str = ""
    result_label: str = ""

    @property
    def undoes(self) -> UUID | None:
        """The act that the run takes back, if that is its work."""
        return UUID(self.run.arguments["change_set"]) if self.run.kind == "timeline.undo" else None

    @property
    def change_set(self) -> UUID | None:
        """The act that the run makes, once it has begun."""
        made = self.run.cursor.get("change_set")
        return UUID(made) if made else None


@require_GET
@staff("")
def show(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """The run; a part of it while the page polls. That of an export has a page of its own."""
    run = get_run(store=request.store, run_id=run_id)
    if run.kind == "transfers.export":
        return redirect("made_export", store=request.store.slug, export_id=run.arguments["export"])
    work = _open(request, run_id)
    page = {"run": _page(request, work, context_of(request))}
    if wants_part(request):
        return render(request, "desk/run.html#progress", page)
    return render(request, "desk/run.html", page | {"shell": shell(request, current=work.resource.name)})


@require_POST
@staff("")
def stop(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Stop after the current batch; what was done stays and can be taken back."""
    work = _open(request, run_id)
    require(request, work.permission)
    jobs.ask_to_cancel(store=request.store, run_id=run_id)
    messages.success(request, _("It stops after the current batch."))
    return redirect("run", store=request.store.slug, run_id=run_id)


@require_POST
@staff("")
def go_on(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Take up a run that failed or was stopped, from where it got to."""
    work = _open(request, run_id)
    require(request, work.permission)
    if work.undoes and not may_undo(
        store=request.store, change_set_id=work.undoes, actor=request.actor, now=timezone.now()
    ):
        raise Refused(_("You cannot take this act back, or not any more."))
    jobs.retry_run(store=request.store, run_id=run_id)
    return redirect("run", store=request.store.slug, run_id=run_id)


@require_POST
@staff("")
def agree(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Let what another person asked for begin."""
    work = _open(request, run_id)
    agreeing.agree(store=request.store, run_id=work.run.pk, actor=request.actor)
    messages.success(request, _("You agreed; it begins now."))
    return redirect("run", store=request.store.slug, run_id=run_id)


@require_POST
@staff("")
def turn_down(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Let what another person asked for never begin, or take one's own request back."""
    work = _open(request, run_id)
    reason = request.POST.get("reason", "")[:300]
    agreeing.turn_down(store=request.store, run_id=work.run.pk, reason=reason, actor=request.actor)
    messages.success(request, _("Nothing was changed."))
    return redirect("run", store=request.store.slug, run_id=run_id)


@require_POST
@staff("")
def try_again(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """Do the same once more to the records that were left as they were."""
    work = _open(request, run_id)
    require(request, work.permission)
    if not work.again:
        raise NotFound(_("There is no page at this address."))
    performed = perform(
        resource=work.resource,
        name=work.again,
        selection=Selection(left_by=work.run),
        raw_inputs=work.run.arguments["inputs"],
        context=context_of(request),
    )
    if performed.run is not None:
        return redirect("run", store=request.store.slug, run_id=performed.run.pk)
    done, left = len(performed.done), len(performed.skipped)
    told = _("%(label)s: %(done)s. Left as they were: %(left)s.")
    messages.info(request, told % {"label": work.done_label, "done": done, "left": left})
    return redirect("run", store=request.store.slug, run_id=run_id)


@require_GET
@staff("")
def skipped_file(request: StaffRequest, run_id: UUID) -> StreamingHttpResponse:
    """Every record that was left as it was, with the reason, as a file."""
    work = _open(request, run_id)
    left = [(record_id, guard(why)) for record_id, why in skipped_of(run=work.run).items()]
    return csv_response(encoded([("id", "reason"), *left]), f"left-{run_id}.csv")


def _open(request: StaffRequest, run_id: UUID) -> Work:
    """The run of this store with what it is about. Other long work has pages of its own."""
    run = get_run(store=request.store, run_id=run_id)
    if run.kind in ("resources.action", "transfers.copy"):
        resource, _context = open_resource(request, run.arguments["resource"])
        action = resource.action(run.arguments["action"])
        return Work(
            run,
            resource,
            str(action.label),
            str(action.done_label),
            action.permission,
            action.name,
            action.result_page,
            str(action.result_label or _("Download")),
        )
    if run.kind == "timeline.undo":
        resource, _context = open_resource(request, "customers")
        return Work(run, resource, _("Undo"), _("Put back"), resource.permission("edit"))
    raise NotFound(_("There is no page at this address."))


def _page(request: StaffRequest, work: Work, context: Context) -> dict[str, Any]:
    run, style = work.run, values.style_of(context)
    here = {"store": request.store.slug, "run_id": run.pk}
    is_live = run.state in jobs.OPEN
    counts = {"done": 0, "skipped": 0, **run.counts}
    may_act = request.actor.may(work.permission)
    is_held = run.state == RunState.HELD
    is_turned_down = _is_turned_down(run)
    unfinished = run.state in (RunState.FAILED, RunState.CANCELLED) and not is_turned_down
    skipped = _skipped(request, work, context)
    return {
        "title": work.title,
        "url": reverse("run", kwargs=here),
        "is_live": is_live,
        "state": run.state,
        "list_url": _list_url(request, run, work.resource),
        "list_label": str(work.resource.label),
        "headline": _headline(work, style),
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
        "go_on_url": reverse("go_on_run", kwargs=here) if unfinished and may_act else "",
        "is_held": is_held,
        "is_turned_down": is_turned_down,
        "asked_for": _asked_for(work, context) if is_held else [],
        "agree_url": reverse("agree_to_run", kwargs=here)
        if is_held and agreeing.may_agree(run=run, actor=request.actor)
        else "",
        "turn_down_url": reverse("turn_down_run", kwargs=here) if is_held and may_act else "",
        "undo_url": _undo_url(request, work, context) if not is_live else "",
        "again_url": reverse("run_again", kwargs=here)
        if skipped and work.again and may_act and not is_live
        else "",
        "result_url": _result_url(work) if run.state == RunState.DONE else "",
        "result_label": work.result_label,
        "skipped": skipped,
        "skipped_file_url": reverse("run_skipped", kwargs=here) if counts["skipped"] > SHOWN_SKIPPED else "",
        "reasons": _reasons(run, style) if skipped else "",
    }


def _is_turned_down(run: Run) -> bool:
    """Whether a second person let it never begin."""
    return run.state == RunState.CANCELLED and run.started_at is None and bool(run.decided_by_name)


def _asked_for(work: Work, context: Context) -> list[tuple[str, str]]:
    """What an act that waits for a second person is about, and what was typed into its form."""
    action = work.resource.action(work.run.arguments["action"])
    typed, style = work.run.arguments["inputs"], values.style_of(context)
    return [
        (str(work.resource.label), cells.format_whole(work.run.arguments["at_most"], style.language)),
        *((str(field.label), typed[field.name]) for field in action.inputs if typed.get(field.name)),
    ]


def _headline(work: Work, style: cells.Style) -> str:
    run = work.run
    match run.state:
        case RunState.HELD:
            asked = {"name": run.actor_name, "action": work.title}
            return _("%(name)s asks for a second person: %(action)s") % asked
        case RunState.WAITING:
            return _("Waiting for its turn")
        case RunState.RUNNING if run.cancel_asked:
            return _("Stopping after this batch")
        case RunState.RUNNING:
            return _("%(action)s: at work") % {"action": work.title}
        case RunState.CANCELLED if _is_turned_down(run):
            return _("Turned down by %(name)s") % {"name": run.decided_by_name}
        case RunState.CANCELLED:
            return _("Stopped after %(count)s") % {"count": cells.format_whole(run.done, style.language)}
        case RunState.FAILED:
            return _("It did not finish")
    return f"{work.done_label}: {cells.format_whole(run.counts.get('done', 0), style.language)}"


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


def _undo_url(request: StaffRequest, work: Work, context: Context) -> str:
    change_set = work.change_set
    if not change_set or not work.run.counts.get("done"):
        return ""
    if not may_undo(store=request.store, change_set_id=change_set, actor=request.actor, now=context.now):
        return ""
    return reverse("undo_change", kwargs={"store": request.store.slug, "change_set": change_set})


def _result_url(work: Work) -> str:
    """Where to fetch what the run made."""
    if not work.result_page or not work.change_set:
        return ""
    return reverse(work.result_page, kwargs={"store": work.run.store.slug, "change_set": work.change_set})


def _skipped(request: StaffRequest, work: Work, context: Context) -> list[dict[str, str]]:
    """The first records that were left as they were, by name."""
    resource = work.resource
    shown = skipped_of(run=work.run, limit=SHOWN_SKIPPED)
    rows = resource.rows(context.store).filter(pk__in=list(shown)).values("id", *resource.title_needs)
    names = {row["id"]: resource.title(row) for row in rows}
    base = base_of(request, resource)
    return [
        {
            "name": names.get(record_id, str(record_id)),
            "url": f"{base}{record_id}/" if record_id in names else "",
            "why": why,
        }
        for record_id, why in shown.items()
    ]


def _reasons(run: Run, style: cells.Style) -> str:
    """Why records were left, most frequent first."""
    counted = skip_reasons(run=run, limit=4)
    return "; ".join(f"{why} ({cells.format_whole(count, style.language)})" for why, count in counted)
