"""Notes and tags on the page of a customer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.customers import queries, services
from regulars.customers.queries import Note
from regulars.desk.access import staff
from regulars.desk.customers.record import notes_context, tags_context
from regulars.desk.lists.views import base_of, context_of
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import wants_part
from regulars.kit.errors import NotFound
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.resource import get_resource


@require_POST
@staff("notes.write")
def add_note(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """Write a note about a customer."""
    context = context_of(request)
    services.add_note(
        store=request.store,
        customer_id=record_id,
        body=request.POST.get("text", ""),
        pinned=request.POST.get("pinned") == "true",
        actor=request.actor,
        now=context.now,
    )
    messages.success(request, _("Note saved"))
    return redirect(f"{base_of(request, get_resource('customers'))}{record_id}/")


@require_POST
@staff("notes.write")
def edit_note(request: StaffRequest, record_id: UUID, note_id: UUID) -> HttpResponse:
    """Change a note; its earlier text stays in the timeline."""
    context = context_of(request)
    _known_note(request, record_id, note_id)
    services.edit_note(
        store=request.store,
        note_id=note_id,
        body=request.POST.get("text", ""),
        actor=request.actor,
        now=context.now,
    )
    return _notes(request, record_id, context)


@require_POST
@staff("notes.write")
def pin_note(request: StaffRequest, record_id: UUID, note_id: UUID) -> HttpResponse:
    """Pin a note, or let go of a pinned one."""
    context = context_of(request)
    note = _known_note(request, record_id, note_id)
    services.pin_note(
        store=request.store,
        note_id=note_id,
        pinned=not note.pinned,
        actor=request.actor,
        now=context.now,
    )
    return _notes(request, record_id, context)


@require_POST
@staff("notes.write")
def remove_note(request: StaffRequest, record_id: UUID, note_id: UUID) -> HttpResponse:
    """Take a note away."""
    context = context_of(request)
    _known_note(request, record_id, note_id)
    services.remove_note(store=request.store, note_id=note_id, actor=request.actor, now=context.now)
    return _notes(request, record_id, context)


def _known_note(request: StaffRequest, record_id: UUID, note_id: UUID) -> Note:
    for note in queries.notes_of(store=request.store, customer_id=record_id):
        if note.pk == note_id:
            return note
    raise NotFound(_("This note does not exist any more."))


def _notes(request: StaffRequest, record_id: UUID, context: Context) -> HttpResponse:
    url = f"{base_of(request, get_resource('customers'))}{record_id}/"
    if not wants_part(request):
        return redirect(f"{url}?show=notes")
    notes = queries.notes_of(store=request.store, customer_id=record_id)
    tab = "notes" if "show=notes" in request.headers.get("HX-Current-URL", "") else "overview"
    return render(
        request,
        "desk/records/record.html#notes",
        {"record": notes_context(request, notes, url, tab, context)},
    )


@require_POST
@staff("customers.tag")
def change_tags(request: StaffRequest, record_id: UUID, verb: str) -> HttpResponse:
    """Add or take away one tag on the record page."""
    resource, context = get_resource("customers"), context_of(request)
    if verb not in ("add", "remove"):
        raise NotFound(_("There is no page at this address."))
    field = _tags_field(resource.all_fields())
    row_of(resource, record_id, context, [])
    tags = field.clean(request.POST.get("tag") or request.GET.get("tag", ""), context)
    change = services.add_tags if verb == "add" else services.remove_tags
    change(
        store=request.store,
        ids=[record_id],
        inputs={"tags": tags},
        actor=request.actor,
        now=context.now,
        change_set=None,
    )
    url = f"{base_of(request, resource)}{record_id}/"
    if not wants_part(request):
        return redirect(url)
    row = row_of(resource, record_id, context, [field])
    told = tags_context(row, url, editable=True, context=context)
    return render(request, "desk/records/record.html#tags", {"record": told})


def _tags_field(fields: list[Field]) -> Field:
    return next(field for field in fields if field.name == "tags")
