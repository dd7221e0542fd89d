"""Records of any resource: add, change in a form, change one field in place."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from regulars.desk import cells, values
from regulars.desk.access import staff
from regulars.desk.lists.views import base_of, open_resource, require
from regulars.desk.pulse.start import pulse_of
from regulars.desk.records.forms import form_key, problems_of, sections_of, typed_values
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import InvalidRecord, NotFound, Refused
from regulars.kit.words import inside
from regulars.resources.conflicts import Conflict, EditConflict
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.idempotency import KeyReused, create_once
from regulars.resources.language import Condition
from regulars.resources.page import annotate, computed, fetch_page
from regulars.resources.query import query_from_params
from regulars.resources.record import clean_values
from regulars.resources.resource import Resource


def row_of(
    resource: Resource,
    record_id: UUID,
    context: Context,
    fields: Iterable[Field] = (),
    *,
    extra: Iterable[str] = (),
) -> Row:
    """One record with the columns these fields need. Raises `NotFound`, for records of other stores too."""
    fields, extra = list(fields), list(extra)
    wanted = {"id", "version", *resource.title_needs, *extra}
    for field in fields:
        wanted.update({*field.needs, field.path})
    rows = annotate(resource.rows(context.store), [*fields, *computed(resource, extra)], context)
    row = rows.filter(pk=record_id).values(*wanted).first()
    if row is None:
        raise NotFound(
            _("This %(thing)s does not exist in this store.") % {"thing": inside(resource.singular)}
        )
    return dict(row)


@require_http_methods(["GET", "POST"])
@staff("")
def new(request: StaffRequest, resource_name: str) -> HttpResponse:
    """Add a record. What was typed is kept when something cannot be accepted."""
    resource, context = open_resource(request, resource_name)
    require(request, resource.permission("create"))
    fields = resource.editable_fields(request.actor)
    typed: dict[str, Any] = {}
    errors: dict[str, str] = {}
    twin: dict[str, str] = {}
    once = form_key(request.POST)
    if request.method == "POST":
        typed = typed_values(request.POST, fields)
        try:
            record_id, _is_new = create_once(
                resource=resource,
                values=clean_values(typed, fields, context),
                key=once,
                request=json.dumps(typed, sort_keys=True).encode(),
                context=context,
            )
        except InvalidRecord as refusal:
            errors = refusal.errors
        except KeyReused:  # gone back in the browser and changed something
            errors = {"": _("This form was saved before. Save once more to add another record.")}
            once = form_key({})
        except Refused as refusal:
            errors = {refusal.field: refusal.sentence}
            twin = _twin(request, resource, refusal, typed, context)
        else:
            messages.success(request, str(resource.added_label) or _("Added"))
            again = f"{base_of(request, resource)}new/"
            return redirect(
                again if "another" in request.POST else f"{base_of(request, resource)}{record_id}/"
            )
    form = _form(request, resource, fields, typed, errors, context, twin)
    form |= {
        "title": str(resource.new_label) or _("New"),
        "url": request.path,
        "submit_label": _("Save"),
        "another_label": _("Save and add another"),
        "back_url": base_of(request, resource),
        "hidden": [("once", once)],
    }
    return _render(request, resource, form, errors)


@require_http_methods(["GET", "POST"])
@staff("")
def edit(request: StaffRequest, resource_name: str, record_id: UUID) -> HttpResponse:
    """Change a record in a form. When somebody else changed the same field meanwhile, both values are shown."""
    resource, context = open_resource(request, resource_name)
    require(request, resource.permission("edit"))
    fields = resource.editable_fields(request.actor)
    pulse = pulse_of(request, resource, record_id)
    row = row_of(resource, record_id, context, fields)
    record_url = f"{base_of(request, resource)}{record_id}/"
    typed: dict[str, Any] = {field.name: values.stored(field, row, context) for field in fields}
    errors: dict[str, str] = {}
    conflicts: list[Conflict] = []
    twin: dict[str, str] = {}
    version = row["version"]
    if request.method == "POST":
        typed |= typed_values(request.POST, fields)
        for name in typed:  # the answer to an earlier conflict
            if request.POST.get(f"keep-{name}") == "theirs":
                theirs = values.stored(_named(fields, name), row, context)
                typed[name] = str(theirs).lower() if isinstance(theirs, bool) else theirs
        try:
            cleaned = clean_values(typed, fields, context)
            resource.edit(
                store=request.store,
                record_id=record_id,
                values=cleaned,
                base_version=_version(request),
                actor=request.actor,
                now=context.now,
            )
        except EditConflict as refusal:
            conflicts, version = refusal.conflicts, refusal.version
            typed |= {
                field.name: values.stored(field, row, context)
                for field in fields
                if _column(field) not in refusal.own
            }
        except InvalidRecord as refusal:
            errors, version = refusal.errors, _version(request)
        except Refused as refusal:
            errors, version = {refusal.field: refusal.sentence}, _version(request)
            twin = _twin(request, resource, refusal, typed, context)
        else:
            messages.success(request, _("Saved"))
            return redirect(record_url)
    form = _form(request, resource, fields, typed, errors, context, twin)
    form |= {
        "title": _("Edit"),
        "crumbs": [*form["crumbs"], {"label": resource.title(row), "url": record_url}],
        "url": request.path,
        "version": version,
        "pulse": pulse,
        "submit_label": _("Save"),
        "back_url": record_url,
        "conflicts": [_conflict(one, fields, typed, row, context) for one in conflicts],
        "conflict_title": _("Somebody changed this while you were editing"),
    }
    form["likely_url"] = ""
    return _render(request, resource, form, errors or dict.fromkeys((one.field for one in conflicts), ""))


@require_http_methods(["GET", "POST"])
@staff("")
def edit_field(request: StaffRequest, resource_name: str, record_id: UUID, name: str) -> HttpResponse:
    """Change one field in place: GET gives the small form, POST saves and gives the cell."""
    resource, context = open_resource(request, resource_name)
    require(request, resource.permission("edit"))
    field = resource.field(name, request.actor)
    if field is None or field not in resource.editable_fields(request.actor):
        raise NotFound(_("This field cannot be changed here."))
    if not request.headers.get("HX-Request") and request.method == "GET":
        return redirect(f"{base_of(request, resource)}{record_id}/edit/#id-{field.name}")
    row = row_of(resource, record_id, context, [field])
    cell = {
        **values.control(field, values.stored(field, row, context), context),
        "url": request.path,
        "version": row["version"],
    }
    if request.method == "GET":
        return render(request, "desk/lists/cell_form.html", {"cell": cell})
    typed = typed_values(request.POST, [field])
    typed.setdefault(field.name, "")
    try:
        resource.edit(
            store=request.store,
            record_id=record_id,
            values=clean_values(typed, [field], context),
            base_version=_version(request),
            actor=request.actor,
            now=context.now,
        )
    except EditConflict as refusal:
        theirs = next((one for one in refusal.conflicts if one.field == _column(field)), refusal.conflicts[0])
        cell |= {
            "value": typed[field.name],
            "problem": _("Somebody else changed this."),
            "version": refusal.version,
            "theirs": {
                "who": theirs.by,
                "value": values.plain(field, row, context) or "–",
                "when": cells.format_ago(
                    theirs.at.astimezone(context.store.zone), values.style_of(context)
                ).lower(),
            },
        }
        return render(request, "desk/lists/cell_form.html", {"cell": cell}, status=422)
    except Refused as refusal:
        errors = refusal.errors if isinstance(refusal, InvalidRecord) else {field.name: refusal.sentence}
        cell |= {
            "value": typed[field.name],
            "problem": " ".join(errors.values()),
            "version": _version(request),
        }
        return render(request, "desk/lists/cell_form.html", {"cell": cell}, status=422)
    saved = row_of(resource, record_id, context, [field])
    response = HttpResponse(values.inner(field, saved, context))
    response["HX-Trigger"] = json.dumps({"desk:saved": {"id": str(record_id), "field": field.name}})
    return response


def _version(request: StaffRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _named(fields: list[Field], name: str) -> Field:
    return next(field for field in fields if field.name == name)


def _column(field: Field) -> str:
    return "group_id" if field.kind.name == "reference" else field.name


def _conflict(
    one: Conflict, fields: list[Field], typed: dict[str, Any], row: Row, context: Context
) -> dict[str, Any]:
    field = next((field for field in fields if _column(field) == one.field or field.name == one.field), None)
    if field is None:  # the typed form of a phone follows the phone
        return {"name": one.field, "label": one.field, "mine": "", "theirs": str(one.theirs), "who": one.by}
    when = cells.format_ago(one.at.astimezone(context.store.zone), values.style_of(context)).lower()
    return {
        "name": field.name,
        "label": str(field.label),
        "mine": typed.get(field.name, ""),
        "theirs": values.plain(field, row, context),
        "who": f"{one.by}, {when}",
    }


def _form(
    request: StaffRequest,
    resource: Resource,
    fields: list[Field],
    typed: dict[str, Any],
    errors: dict[str, str],
    context: Context,
    twin: dict[str, str],
) -> dict[str, Any]:
    base = base_of(request, resource)
    return {
        "crumbs": [{"label": str(resource.label), "url": base}],
        "sections": sections_of(fields, typed, errors, context),
        "problems": [problem | twin for problem in problems_of(errors, fields)],
        "problems_title": ngettext(
            "%(count)s thing to mend; nothing was saved yet",
            "%(count)s things to mend; nothing was saved yet",
            len(errors),
        )
        % {"count": len(errors)},
        "hidden": [],
        # Only of people is it asked, while one types, whether they are there already.
        "likely_url": f"{base}likely/" if resource.name == "customers" else "",
    }


def _twin(
    request: StaffRequest, resource: Resource, refusal: Refused, typed: dict[str, Any], context: Context
) -> dict[str, str]:
    """The record that has the value already, when that is why something was refused: most often it is the one."""
    field = resource.field(refusal.field, context.actor)
    if not refusal.code.endswith("_taken") or field is None or "=" not in field.operators:
        return {}
    every = query_from_params(resource, {"tab": "all", "size": "1"}, context)
    rows = fetch_page(
        every.with_where(Condition(field.name, "=", (str(typed[field.name]),))), context, []
    ).rows
    if not rows:
        return {}
    return {"who": resource.title(rows[0]), "url": f"{base_of(request, resource)}{rows[0]['id']}/"}


def _render(
    request: StaffRequest, resource: Resource, form: dict[str, Any], errors: dict[str, str]
) -> HttpResponse:
    frame = {"form": form, "shell": shell(request, current=resource.name)}
    return render(request, "desk/records/form.html", frame, status=422 if errors else 200)
