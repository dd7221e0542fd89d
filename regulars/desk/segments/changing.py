"""Making, changing and deleting segments."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from regulars.desk import values
from regulars.desk.access import staff
from regulars.desk.lists.counts import count_text
from regulars.desk.lists.views import context_of
from regulars.desk.requests import StaffRequest
from regulars.desk.segments.words import in_words, list_url, segment_url, segments_url, use_lines
from regulars.desk.shell import shell
from regulars.kit.errors import Refused
from regulars.kit.ids import parse_id
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.language import QueryError
from regulars.resources.page import count_matching
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.segments import queries, services
from regulars.segments.choices import SegmentKind
from regulars.segments.rules import EDIT, VIEW, where_of_list
from regulars.segments.services import Changed, SegmentFacts, SegmentInUse

COUNT_AT_MOST = 1500


@require_http_methods(["GET", "POST"])
@staff(EDIT)
def new(request: StaffRequest) -> HttpResponse:
    """Make a segment: from nothing, from what the list shows, or like another one."""
    context = context_of(request)
    if request.method == "GET":
        return _form(request, context, _beginning(request), url=request.path, version=None)
    facts = _facts_of(request)
    try:
        made = services.create_segment(store=request.store, facts=facts, actor=request.actor, now=context.now)
    except Refused as refusal:
        return _form(request, context, facts, url=request.path, version=None, refusal=refusal)
    return _count_and_show(
        request, context, made.pk, _("The segment “%(name)s” is made.") % {"name": made.name}
    )


@require_http_methods(["GET", "POST"])
@staff(EDIT)
def edit(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    """Change a segment. Freezing one that queries use asks first."""
    context = context_of(request)
    segment = queries.get_segment(store=request.store, segment_id=segment_id)
    if request.method == "GET":
        facts = SegmentFacts(name=segment.name, kind=segment.kind, where=segment.where, note=segment.note)
        return _form(request, context, facts, url=request.path, version=segment.version, segment=segment)
    facts = _facts_of(request)
    version = request.POST.get("version", "")
    try:
        services.edit_segment(
            store=request.store,
            segment_id=segment_id,
            facts=facts,
            base_version=int(version) if version.isascii() and version.isdigit() else None,
            actor=request.actor,
            now=context.now,
            accept_uses="accept_uses" in request.POST,
        )
    except Refused as refusal:
        latest = segment.version if isinstance(refusal, Changed) else version
        return _form(
            request, context, facts, url=request.path, version=latest, segment=segment, refusal=refusal
        )
    return _count_and_show(request, context, segment_id, _("Saved."))


@require_http_methods(["GET", "POST"])
@staff(EDIT)
def delete(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    """Delete a segment, or say where it is used."""
    context = context_of(request)
    segment = queries.get_segment(store=request.store, segment_id=segment_id)
    uses = queries.uses_of(store=request.store, segment=segment)
    if request.method == "POST":
        try:
            services.delete_segment(
                store=request.store, segment_id=segment_id, actor=request.actor, now=context.now
            )
        except SegmentInUse as refusal:
            uses = refusal.uses
        else:
            messages.success(
                request,
                _("The segment “%(name)s” is deleted. It can be brought back for 30 days, from the history.")
                % {"name": segment.name},
            )
            return redirect("segments", store=request.store.slug)
    page = {
        "title": segment.name,
        "url": request.path,
        "back_url": segment_url(context, segment_id),
        "list_url": segments_url(context),
        "uses": use_lines(uses, context),
    }
    frame = {"delete": page, "shell": shell(request, current="segments")}
    return render(
        request, "desk/segments/delete.html", frame, status=409 if request.method == "POST" else 200
    )


@require_GET
@staff(VIEW)
def check(request: StaffRequest) -> HttpResponse:
    """Conditions in words and how many customers they find, while one writes them."""
    context = context_of(request)
    where = storable(request.GET.get("where", "")).strip()
    return render(request, "desk/segments/form.html#check", {"check": _checked(where, context)})


def _checked(where: str, context: Context) -> dict[str, Any]:
    if not where:
        return {}
    try:
        services.check_where(store=context.store, where=where, actor=context.actor, now=context.now)
        query = query_from_params(
            get_resource("customers"), {"where": where, "tab": "all"}, context, strict=True
        )
        count = count_matching(query, context, milliseconds=COUNT_AT_MOST)
    except QueryError as refusal:
        start, end = refusal.position, refusal.position + refusal.length
        return {
            "problem": refusal.sentence,
            "before": where[max(start - 40, 0) : start],
            "word": where[start:end],
            "after": where[end : end + 40],
        }
    except Refused as refusal:
        return {"problem": refusal.sentence}
    return {
        "words": in_words(where, context),
        "count": count_text(count, values.style_of(context).language),
        "url": list_url(context, where),
    }


def _beginning(request: StaffRequest) -> SegmentFacts:
    """What the form begins with: the conditions of the list one came from, or those of another segment."""
    facts = SegmentFacts(name="", kind=SegmentKind.DYNAMIC)
    model = parse_id(request.GET.get("from", ""))
    if model is not None:
        found = queries.get_segment(store=request.store, segment_id=model)
        return replace(
            facts,
            name=_("%(name)s, copy") % {"name": found.name[:70]},
            kind=SegmentKind.DYNAMIC if found.where else SegmentKind.STATIC,
            where=found.where,
            note=found.note,
        )
    if request.GET.get("kind") == SegmentKind.STATIC:
        return replace(facts, kind=SegmentKind.STATIC)
    where = storable(request.GET.get("where", "")).strip()
    return replace(facts, where=where_of_list(where=where, tab=request.GET.get("tab", "all")))


def _facts_of(request: StaffRequest) -> SegmentFacts:
    given = {name: str(request.POST.get(name, "")) for name in ("name", "kind", "where", "note")}
    return SegmentFacts(**given)


def _form(
    request: StaffRequest,
    context: Context,
    facts: SegmentFacts,
    *,
    url: str,
    version: int | str | None,
    segment: queries.Segment | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    searched = request.GET.get("q", "").strip() if request.method == "GET" else ""
    page = {
        "title": _("New segment") if segment is None else segment.name,
        "url": url,
        "version": version,
        "back_url": segments_url(context) if segment is None else segment_url(context, segment.pk),
        "list_url": segments_url(context),
        "facts": facts,
        "kinds": [
            {
                "value": SegmentKind.DYNAMIC,
                "label": _("Dynamic"),
                "text": _("Whoever meets the conditions; always up to date."),
                "current": facts.kind != SegmentKind.STATIC,
            },
            {
                "value": SegmentKind.STATIC,
                "label": _("Static"),
                "text": _("Whom you put in: by hand, from a selection, from a list."),
                "current": facts.kind == SegmentKind.STATIC,
            },
        ],
        "searched": searched,
        "check": _checked(facts.where, context) if facts.where else {},
        "check_url": reverse("check_segment", kwargs={"store": request.store.slug}),
        "builder": {
            "url": reverse("list", kwargs={"store": request.store.slug, "resource_name": "customers"}),
            "store": request.store.slug,
            "field": "id-where",
        },
        "problem": {"field": refusal.field, "text": refusal.sentence} if refusal else None,
        "uses": use_lines(refusal.uses, context) if isinstance(refusal, SegmentInUse) else [],
        "submit": _("Make the segment") if segment is None else _("Save"),
    }
    status = (409 if isinstance(refusal, SegmentInUse | Changed) else 422) if refusal else 200
    frame = {"form": page, "check": page["check"], "shell": shell(request, current="segments")}
    return render(request, "desk/segments/form.html", frame, status=status)


def _count_and_show(request: StaffRequest, context: Context, segment_id: UUID, text: str) -> HttpResponse:
    try:
        services.ask_for_refresh(
            store=request.store, segment_id=segment_id, actor=request.actor, now=context.now
        )
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, text)
    return redirect(segment_url(context, segment_id))
