"""Saving, renaming, sharing, copying, deleting and pinning the views of a list."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import go, staff
from regulars.desk.lists.views import base_of, open_resource, query_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.desk.views import menu, opening
from regulars.kit.errors import Refused
from regulars.resources.context import Context
from regulars.resources.query import Query
from regulars.resources.resource import Resource
from regulars.staff.choices import Role
from regulars.views import queries, services
from regulars.views.choices import Scope
from regulars.views.queries import SHARE, View
from regulars.views.services import ViewChanged


@require_GET
@staff("")
def manage(request: StaffRequest, resource_name: str) -> HttpResponse:
    """All views of a list: what each shows, for whom, and the order of the side bar."""
    resource, context = open_resource(request, resource_name)
    base = base_of(request, resource)
    found = opening.views_of(request, resource)
    order = opening.side_bar(request)
    page = {
        "title": _("Views"),
        "list_url": base,
        "list_label": str(resource.label),
        "groups": menu.groups_of(tuple(found), base, None, context),
        "pinned": [
            menu.told_of(view, base, context)
            | {"first_place": place == 0, "last_place": place == len(order) - 1}
            for place, view in enumerate(order)
            if view.resource == resource.name
        ],
    }
    return render(
        request,
        "desk/views/manage.html",
        {"page": page, "shell": shell(request, current=resource.name, help_page="customers")},
    )


@require_http_methods(["GET", "POST"])
@staff("")
def new(request: StaffRequest, resource_name: str) -> HttpResponse:
    """Save what the list shows as a new view."""
    resource, context = open_resource(request, resource_name)
    query = _shown(request, resource, context)
    if query.error:
        raise query.error
    asked: dict[str, str] = {"name": "", "for": Scope.PERSONAL, "problem": ""}
    if request.method == "POST":
        asked |= {"name": request.POST.get("name", ""), "for": request.POST.get("for", "")}
        scope, _colon, role = asked["for"].partition(":")
        try:
            view = services.save_view(
                store=request.store,
                query=query,
                name=asked["name"],
                scope=scope,
                role=role,
                widths=_widths(request),
                density=request.POST.get("density", ""),
                actor=request.actor,
                now=context.now,
            )
            if "pin" in request.POST:
                services.pin_view(store=request.store, view_id=view.pk, pinned=True, actor=request.actor)
        except Refused as refusal:
            return _ask(
                request, resource, query, asked | {"problem": refusal.sentence}, status=refusal.status
            )
        messages.success(request, _("Saved as “%(name)s”") % {"name": view.name})
        return go(request, f"{base_of(request, resource)}?view={view.pk}")
    return _ask(request, resource, query, asked)


@require_POST
@staff("")
def save(request: StaffRequest, resource_name: str, view_id: UUID) -> HttpResponse:
    """Let a view show what the list shows now. What somebody else changed meanwhile is not overwritten unasked."""
    resource, context = open_resource(request, resource_name)
    query = _shown(request, resource, context)
    base = base_of(request, resource)
    try:
        services.change_view(
            store=request.store,
            view_id=view_id,
            base_version=_version(request),
            query=query,
            widths=_widths(request),
            density=request.POST.get("density"),
            actor=request.actor,
            now=context.now,
        )
    except ViewChanged as refusal:
        asked = {
            "sentence": refusal.sentence,
            "save_url": request.path,
            "version": refusal.version,
            "theirs_url": f"{base}?view={view_id}",
            "new_url": query.url(f"{base}views/new/"),
            "state": _state(query, request),
        }
        return _page(request, resource, "changed", asked, status=409)
    messages.success(request, _("View saved"))
    return go(request, f"{base}?view={view_id}")


@require_http_methods(["GET", "POST"])
@staff("")
def edit(request: StaffRequest, resource_name: str, view_id: UUID) -> HttpResponse:
    """Rename a view, or share it with others, or keep it for oneself."""
    resource, context = open_resource(request, resource_name)
    view = queries.get_view(store=request.store, actor=request.actor, view_id=view_id)
    asked = {"name": view.name, "for": _for(view), "problem": "", "version": view.version}
    if request.method == "POST":
        asked |= {"name": request.POST.get("name", ""), "for": request.POST.get("for", "")}
        scope, _colon, role = str(asked["for"]).partition(":")
        try:
            services.change_view(
                store=request.store,
                view_id=view_id,
                base_version=_version(request),
                name=str(asked["name"]),
                scope=scope,
                role=role,
                actor=request.actor,
                now=context.now,
            )
        except Refused as refusal:
            return _ask(request, resource, None, asked | {"problem": refusal.sentence}, status=refusal.status)
        messages.success(request, _("View saved"))
        return go(request, f"{base_of(request, resource)}?view={view_id}")
    return _ask(request, resource, None, asked)


@require_POST
@staff("")
def copy(request: StaffRequest, resource_name: str, view_id: UUID) -> HttpResponse:
    """A view of one's own like this one, to be changed freely."""
    resource, context = open_resource(request, resource_name)
    view = services.copy_view(store=request.store, view_id=view_id, actor=request.actor, now=context.now)
    messages.success(request, _("Saved as “%(name)s”") % {"name": view.name})
    return go(request, f"{base_of(request, resource)}?view={view.pk}")


@require_POST
@staff("")
def remove(request: StaffRequest, resource_name: str, view_id: UUID) -> HttpResponse:
    """Delete a view; the notice brings it back."""
    resource, context = open_resource(request, resource_name)
    change_set = services.remove_view(
        store=request.store, view_id=view_id, actor=request.actor, now=context.now
    )
    undo_url = reverse("undo_change", kwargs={"store": request.store.slug, "change_set": change_set})
    messages.success(request, _("View deleted"), extra_tags=undo_url)
    return _back(request, resource, f"{base_of(request, resource)}?view={opening.ALL}")


@require_POST
@staff("")
def pin(request: StaffRequest, resource_name: str, view_id: UUID) -> HttpResponse:
    """Put a view into one's side bar, take it out, or move it there."""
    resource, _context = open_resource(request, resource_name)
    here: dict[str, Any] = {"store": request.store, "view_id": view_id, "actor": request.actor}
    if "move" in request.POST:
        services.move_pin(step=-1 if request.POST["move"] == "up" else 1, **here)
    else:
        services.pin_view(pinned=request.POST.get("pinned") == "true", **here)
    return _back(request, resource, f"{base_of(request, resource)}?view={view_id}")


@require_POST
@staff("")
def first(request: StaffRequest, resource_name: str, view_id: UUID) -> HttpResponse:
    """Let the list open with this view for oneself, or with all records again."""
    resource, _context = open_resource(request, resource_name)
    chosen = request.POST.get("first") == "true"
    services.open_first(
        store=request.store,
        resource=resource.name,
        view_id=view_id if chosen else None,
        actor=request.actor,
    )
    if chosen:
        messages.success(request, _("This list opens with this view from now on"))
    return _back(request, resource, f"{base_of(request, resource)}?view={view_id}")


def _back(request: StaffRequest, resource: Resource, otherwise: str) -> HttpResponse:
    """The page of all views when the button was there, else the list."""
    manage_url = f"{base_of(request, resource)}views/"
    return go(request, manage_url if request.POST.get("back") == manage_url else otherwise)


def _shown(request: StaffRequest, resource: Resource, context: Context) -> Query:
    """The query of the request with the columns it shows, by name."""
    query = query_of(request, resource, context)
    columns = tuple(field.name for field in query.chosen_columns(context))
    return replace(query, columns=columns, after="", before="")


def _widths(request: StaffRequest) -> dict[str, Any]:
    """The widths of the columns as the page measured them."""
    try:
        given = json.loads(request.POST.get("widths") or "{}")
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _version(request: StaffRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _for(view: View) -> str:
    return f"{view.scope}:{view.role}" if view.scope == Scope.ROLE else view.scope


def _state(query: Query, request: StaffRequest) -> list[tuple[str, str]]:
    """What the list shows, as hidden fields; the page's script puts in widths and row height at the end."""
    source = request.GET if request.method == "GET" else request.POST
    look = [(name, source.get(name, "")) for name in ("widths", "density")]
    return [*menu.state_of(query), *look]


def _ask(
    request: StaffRequest,
    resource: Resource,
    query: Query | None,
    asked: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """The form for a name and for whom; with a query it saves a new view."""
    may_share = request.actor.may(SHARE)
    choices = [(Scope.PERSONAL.value, menu.scope_label(Scope.PERSONAL, ""))]
    if may_share:
        choices += [(f"role:{role}", menu.scope_label(Scope.ROLE, role)) for role in Role.values]
        choices.append((Scope.STORE.value, menu.scope_label(Scope.STORE, "")))
    form = asked | {
        "title": _("Save view") if query else _("Name and sharing"),
        "url": request.path,
        "state": _state(query, request) if query else [("version", str(asked["version"]))],
        "is_new": query is not None,
        "may_share": may_share,
        "choices": [
            {"value": value, "label": label, "on": value == asked["for"]} for value, label in choices
        ],
    }
    return _page(request, resource, "form", form, status=status)


def _page(
    request: StaffRequest, resource: Resource, name: str, form: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A dialog, or a page of its own without scripts."""
    base = base_of(request, resource)
    told = {"form": form | {"back_url": base, "back_label": str(resource.label)}}
    if wants_part(request):
        return render(request, f"desk/views/{name}.html#dialog", told, status=status)
    return render(
        request,
        f"desk/views/{name}.html",
        told | {"shell": shell(request, current=resource.name)},
        status=status,
    )
