"""Bringing a segment up to date, and filling a static one from a list."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from regulars.desk import cells, values
from regulars.desk.access import staff
from regulars.desk.lists.views import context_of
from regulars.desk.requests import StaffRequest
from regulars.desk.segments.words import segment_url, segments_url
from regulars.desk.shell import shell
from regulars.kit.errors import Invalid, NotFound
from regulars.resources.context import Context
from regulars.segments import queries, services
from regulars.segments.choices import SegmentKind
from regulars.segments.rules import FILL, VIEW
from regulars.segments.services import Filled

MOST_BYTES = 1024 * 1024
SHOWN_MISSING = 200


@require_POST
@staff(VIEW)
def refresh(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    """Count a segment anew: at once, or by the worker when it is large."""
    context = context_of(request)
    run = services.ask_for_refresh(
        store=request.store, segment_id=segment_id, actor=request.actor, now=context.now
    )
    if run is None:
        messages.success(request, _("The members are up to date."))
    return redirect(segment_url(context, segment_id))


@require_http_methods(["GET", "POST"])
@staff(FILL)
def fill(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    """Put the customers of a list into a static segment; first it is shown which lines mean nobody."""
    context = context_of(request)
    segment = queries.get_segment(store=request.store, segment_id=segment_id)
    if segment.kind != SegmentKind.STATIC:
        raise NotFound(_("Only static segments are filled by hand."))
    text, problem, filled = "", "", None
    if request.method == "POST":
        try:
            text = _text_of(request)
            filled = services.fill_segment(
                store=request.store,
                segment_id=segment_id,
                text=text,
                accept_missing="accept" in request.POST,
                actor=request.actor,
                now=context.now,
            )
        except Invalid as refusal:
            problem = refusal.sentence
        else:
            if filled.written or not (filled.missing or filled.found):
                messages.success(request, _said(filled, context))
                return redirect(segment_url(context, segment_id))
    page = {
        "title": segment.name,
        "url": segment_url(context, segment_id),
        "list_url": segments_url(context),
        "text": text,
        "problem": problem,
        "report": _report(filled, context) if filled else None,
    }
    status = 422 if problem or filled else 200
    frame = {"fill": page, "shell": shell(request, current="segments")}
    return render(request, "desk/segments/fill.html", frame, status=status)


def _text_of(request: StaffRequest) -> str:
    """What was pasted, or what the file holds. Raises `Invalid`."""
    file = request.FILES.get("file")
    if file is None:
        return str(request.POST.get("list", ""))
    if (file.size or 0) > MOST_BYTES:
        raise Invalid(_("This file is larger than 1 MB; split it."))
    found = file.read()
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return found.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(_("This file is not a text of e-mails or numbers."))


def _said(filled: Filled, context: Context) -> str:
    language = values.style_of(context).language
    text = ngettext("%(count)s customer put in.", "%(count)s customers put in.", filled.found) % {
        "count": cells.format_whole(filled.found, language)
    }
    if filled.already:
        text += " " + _("%(count)s were in already.") % {
            "count": cells.format_whole(filled.already, language)
        }
    if filled.missing:
        text += " " + _("%(count)s lines were left out.") % {
            "count": cells.format_whole(len(filled.missing), language)
        }
    return text


def _report(filled: Filled, context: Context) -> dict[str, Any]:
    language = values.style_of(context).language
    return {
        "found": filled.found,
        "found_text": cells.format_whole(filled.found, language),
        "already_text": cells.format_whole(filled.already, language),
        "missing_text": cells.format_whole(len(filled.missing), language),
        "lines": [{"line": one.line, "text": one.text} for one in filled.missing[:SHOWN_MISSING]],
        "more": max(len(filled.missing) - SHOWN_MISSING, 0),
    }
