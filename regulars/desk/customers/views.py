"""What is special to customers: the record page, notes, tags, addresses, likely duplicates, the palette."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.customers import queries, services
from regulars.desk import cells, values
from regulars.desk.access import staff
from regulars.desk.customers.record import notes_context, record_context, tags_context
from regulars.desk.lists.context import list_position
from regulars.desk.lists.views import base_of, context_of, query_of
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import InvalidRecord, NotFound, Refused
from regulars.kit.text import initials, storable
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.page import fetch_page, neighbours
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource

ADDRESS_FIELDS = ("address", "building", "postcode", "city", "region", "country")
PALETTE_ROWS = 6


@require_GET
@staff("customers.view")
def record(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """The whole customer; knows the list one came from, for previous and next."""
    resource, context = get_resource("customers"), context_of(request)
    row = row_of(resource, record_id, context, resource.fields(request.actor))
    tab = request.GET.get("show", "overview")
    if tab not in ("overview", "addresses", "notes"):
        tab = "overview"
    base = base_of(request, resource)
    query = query_of(request, resource, context)
    position = list_position(query)
    told = record_context(
        request,
        resource,
        row,
        context,
        base=base,
        position=position,
        tab=tab,
        before=_moment(request.GET.get("before")),
    )
    told |= _neighbours(query, context, record_id, base, position)
    return render(
        request, "desk/records/record.html", {"record": told, "shell": shell(request, current="customers")}
    )


def _neighbours(query: Any, context: Context, record_id: UUID, base: str, position: str) -> dict[str, str]:
    ending = f"/?{position}" if position else "/"
    try:
        before, after = neighbours(query, context, record_id)
    except Refused:  # the list's conditions are damaged; the record itself still shows
        return {"previous_url": "", "next_url": ""}
    return {
        "previous_url": f"{base}{before}{ending}" if before else "",
        "next_url": f"{base}{after}{ending}" if after else "",
    }


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


@require_POST
@staff("customers.view")
def likely(request: StaffRequest) -> HttpResponse:
    """Customers that may be the one being typed."""
    typed = {
        name: storable(request.POST.get(name, ""))[:300]
        for name in ("first_name", "last_name", "company", "email", "phone")
    }
    resource = get_resource("customers")
    base = base_of(request, resource)
    found = queries.find_likely_duplicates(store=request.store, values=typed)
    people = [
        {
            "url": f"{base}{one.id}/",
            "name": one.name,
            "initials": initials(one.name),
            "hue": cells.hue_of(str(one.id)),
            "why": _(one.reason),
            "detail": " · ".join(part for part in (one.email, one.city, f"#{one.number}") if part),
        }
        for one in found
    ]
    title = ngettext("Is it this customer?", "Is it one of these customers?", len(people))
    return render(
        request, "desk/records/form.html#likely", {"form": {"likely": people, "likely_title": title}}
    )


@require_GET
@staff("customers.view")
def palette(request: StaffRequest) -> HttpResponse:
    """The people that Ctrl+K finds; without JavaScript a plain search in the list."""
    resource, context = get_resource("customers"), context_of(request)
    base, text = base_of(request, resource), request.GET.get("q", "").strip()
    if not request.headers.get("HX-Request"):
        return redirect(f"{base}?tab=all")
    people: list[dict[str, Any]] = []
    if text:
        query = query_from_params(resource, {"q": text, "tab": "all", "size": str(PALETTE_ROWS)}, context)
        for row in fetch_page(query, context, [], extra=("email", "city")).rows:
            name = resource.title(row)
            people.append(
                {
                    "url": f"{base}{row['id']}/",
                    "name": name,
                    "initials": initials(name),
                    "hue": cells.hue_of(str(row["id"])),
                    "detail": row["email"] or row["city"] or f"#{row['number']}",
                }
            )
    return render(
        request, "desk/shell/palette.html#found", {"found": people, "found_title": str(resource.label)}
    )


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
def pin_note(request: StaffRequest, record_id: UUID, note_id: UUID) -> HttpResponse:
    """Pin a note, or let go of a pinned one."""
    context = context_of(request)
    pinned = {note.pk: note.pinned for note in queries.notes_of(store=request.store, customer_id=record_id)}
    services.pin_note(
        store=request.store,
        note_id=note_id,
        pinned=not pinned.get(note_id, False),
        actor=request.actor,
        now=context.now,
    )
    return _notes(request, record_id, context)


@require_POST
@staff("notes.write")
def remove_note(request: StaffRequest, record_id: UUID, note_id: UUID) -> HttpResponse:
    """Take a note away."""
    context = context_of(request)
    services.remove_note(store=request.store, note_id=note_id, actor=request.actor, now=context.now)
    return _notes(request, record_id, context)


def _notes(request: StaffRequest, record_id: UUID, context: Context) -> HttpResponse:
    url = f"{base_of(request, get_resource('customers'))}{record_id}/"
    if not request.headers.get("HX-Request"):
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
    if not request.headers.get("HX-Request"):
        return redirect(url)
    row = row_of(resource, record_id, context, [field])
    told = tags_context(row, url, editable=True, context=context)
    return render(request, "desk/records/record.html#tags", {"record": told})


def _tags_field(fields: list[Field]) -> Field:
    return next(field for field in fields if field.name == "tags")


@require_http_methods(["GET", "POST"])
@staff("customers.edit")
def address(request: StaffRequest, record_id: UUID, address_id: UUID | None = None) -> HttpResponse:
    """Add or change a further address."""
    resource, context = get_resource("customers"), context_of(request)
    row = row_of(resource, record_id, context, [])
    known = _known_address(request, record_id, address_id)
    typed: dict[str, str] = dict(known or {})
    errors: dict[str, str] = {}
    url = f"{base_of(request, resource)}{record_id}/"
    if request.method == "POST":
        typed = {
            name: request.POST.get(name, "")
            for name in ("label", "name", "company", *ADDRESS_FIELDS, "phone")
        }
        try:
            cleaned = services.clean_address(values=typed, country=request.store.country)
            if address_id is None:
                services.add_address(
                    store=request.store,
                    customer_id=record_id,
                    values=cleaned,
                    actor=request.actor,
                    now=context.now,
                )
            else:
                services.edit_address(
                    store=request.store,
                    address_id=address_id,
                    values=cleaned,
                    actor=request.actor,
                    now=context.now,
                )
        except InvalidRecord as refusal:
            errors = refusal.errors
        else:
            messages.success(request, _("Address saved"))
            return redirect(f"{url}?show=addresses")
    return _address_form(request, resource.title(row), url, typed, errors, address_id, context)


@require_POST
@staff("customers.edit")
def remove_address(request: StaffRequest, record_id: UUID, address_id: UUID) -> HttpResponse:
    """Take an address away."""
    context = context_of(request)
    services.remove_address(store=request.store, address_id=address_id, actor=request.actor, now=context.now)
    messages.success(request, _("Address removed"))
    return redirect(f"{base_of(request, get_resource('customers'))}{record_id}/?show=addresses")


@require_POST
@staff("customers.edit")
def make_address_main(request: StaffRequest, record_id: UUID, address_id: UUID) -> HttpResponse:
    """Swap an address with the main one."""
    context = context_of(request)
    services.make_address_main(
        store=request.store, address_id=address_id, actor=request.actor, now=context.now
    )
    messages.success(request, _("This is the main address now"))
    return redirect(f"{base_of(request, get_resource('customers'))}{record_id}/?show=addresses")


def _known_address(request: StaffRequest, record_id: UUID, address_id: UUID | None) -> dict[str, str] | None:
    if address_id is None:
        return None
    for one in queries.addresses_of(store=request.store, customer_id=record_id):
        if one.pk == address_id:
            return {
                name: getattr(one, name) for name in ("label", "name", "company", *ADDRESS_FIELDS, "phone")
            }
    raise NotFound(_("This address does not exist any more."))


def _address_form(
    request: StaffRequest,
    customer: str,
    url: str,
    typed: dict[str, str],
    errors: dict[str, str],
    address_id: UUID | None,
    context: Context,
) -> HttpResponse:
    resource = get_resource("customers")
    by_name = {field.name: field for field in resource.all_fields()}
    own = {"label": _("Label"), "name": _("Name on the address"), "company": _("Company")}
    controls = [
        {"name": name, "id": f"id-{name}", "label": label, "kind": "text", "value": typed.get(name, ""),
         "problem": errors.get(name, ""), "optional": True}
        for name, label in own.items()
    ]  # fmt: skip
    controls += [
        values.control(by_name[name], typed.get(name, ""), context, problem=errors.get(name, ""))
        for name in (*ADDRESS_FIELDS, "phone")
    ]
    here = f"{url}addresses/{address_id}/" if address_id else ""
    form = {
        "title": _("Edit address") if address_id else _("New address"),
        "crumbs": [
            {"label": str(resource.label), "url": base_of(request, resource)},
            {"label": customer, "url": url},
        ],
        "url": request.path,
        "sections": [{"title": _("Address"), "fields": controls}],
        "problems": [{"id": f"id-{name}", "label": "", "text": text} for name, text in errors.items()],
        "problems_title": _("Nothing was saved yet"),
        "submit_label": _("Save"),
        "back_url": f"{url}?show=addresses",
        "also": [
            {"url": f"{here}main/", "label": _("Make it the main address"), "icon": "map-pin"},
            {"url": f"{here}remove/", "label": _("Remove"), "icon": "trash", "danger": True},
        ]
        if address_id
        else [],
    }
    frame = {"form": form, "shell": shell(request, current="customers")}
    return render(request, "desk/records/form.html", frame, status=422 if errors else 200)
