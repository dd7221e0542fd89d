"""What happened in a store: the audit of every act, one act with all it touched, and taking it back."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.desk.access import go, staff
from regulars.desk.changes import pages
from regulars.desk.downloads import csv_response
from regulars.desk.lists.views import context_of
from regulars.desk.requests import MissingPermission, StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import NotAllowed, NotFound
from regulars.kit.ids import parse_id
from regulars.staff.permissions import AUDIT_VIEW
from regulars.timeline import queries
from regulars.timeline.undoing import CannotUndo, rehearse_undo, undo_change_set


@require_GET
@staff(AUDIT_VIEW)
def audit(request: StaffRequest) -> HttpResponse:
    """Every act of the store, newest first, by person, kind and time."""
    page = pages.audit_page(request.GET, context_of(request))
    return render(
        request, "desk/changes/audit.html", {"audit": page, "shell": shell(request, current="audit")}
    )


@require_GET
@staff(AUDIT_VIEW)
def export(request: StaffRequest) -> StreamingHttpResponse:
    """The same acts, record by record, as a file."""
    rows = pages.audit_file(request.GET, context_of(request))
    return csv_response(rows, f"audit-{request.store.slug}.csv")


@require_GET
@staff("customers.view")
def show(request: StaffRequest, change_set: UUID) -> HttpResponse:
    """One act: who, when, what it changed, and whether it can be taken back. People see their own acts too."""
    context = context_of(request)
    act = queries.get_act(store=request.store, change_set_id=change_set)
    if act.actor_id != request.actor.id and not request.actor.may(AUDIT_VIEW):
        raise MissingPermission(AUDIT_VIEW)
    rehearsal, why_not = None, ""
    try:
        rehearsal = rehearse_undo(
            store=request.store, change_set_id=change_set, actor=request.actor, now=context.now
        )
    except NotAllowed:
        pass  # of somebody who may not, the page says nothing about undo
    except CannotUndo as refusal:
        why_not = refusal.sentence
    page = pages.change_page(act, rehearsal, why_not, context)
    return render(
        request, "desk/changes/change.html", {"change": page, "shell": shell(request, current="audit")}
    )


@require_POST
@staff("customers.view")
def undo(request: StaffRequest, change_set: UUID) -> HttpResponse:
    """Take an act back, in whole or for the records that are named; who was changed since is left alone."""
    context = context_of(request)
    named = request.POST.getlist("record") or request.GET.getlist("record")
    only = [one for one in map(parse_id, named) if one]
    if len(only) < len(named):  # never take back more than was asked for
        raise NotFound(_("This record does not exist in this store."))
    undone = undo_change_set(
        store=request.store, change_set_id=change_set, only=only, actor=request.actor, now=context.now
    )
    here = {"store": request.store.slug}
    if undone.run is not None:
        return go(request, reverse("run", kwargs={**here, "run_id": undone.run.pk}))
    text = pages.undone_text(undone, context)
    redo_url = ""
    if undone.done and undone.change_set:
        redo_url = reverse("undo_change", kwargs={**here, "change_set": undone.change_set})
    if request.headers.get("HX-Request"):
        notice = {"text": text, "kind": "good" if undone.done else "error", "undo_url": redo_url}
        triggers = {"desk:toast": notice, "desk:close": {}, "desk:refresh": {}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(triggers)})
    (messages.success if undone.done else messages.error)(request, text)
    back = request.POST.get("back", "")
    if back.startswith(f"/desk/{request.store.slug}/"):
        return redirect(back)
    return redirect("change", store=request.store.slug, change_set=change_set)
