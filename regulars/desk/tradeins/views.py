"""What is special to trade-ins: the page of one, taking one down, changing it with its items."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from regulars.desk import values
from regulars.desk.access import staff
from regulars.desk.lists.views import base_of, context_of, require
from regulars.desk.pulse.start import pulse_of
from regulars.desk.records.forms import form_key, problems_of, typed_values
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.desk.tradeins import forms
from regulars.desk.tradeins.pages import record_page
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.kit.ids import parse_id
from regulars.kit.moments import parse_moment
from regulars.resources.context import Context
from regulars.resources.idempotency import KeyReused, create_once
from regulars.resources.resource import get_resource
from regulars.tradeins import queries
from regulars.tradeins.choices import LOOKED_AT, OFFERED
from regulars.tradeins.resource.permissions import CREATE, EDIT, VIEW

MORE = 3
_FIRST = {"way": "in_store"}


@require_GET
@staff(VIEW)
def show(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """One trade-in: where it stands, what it is made of, what can be done next, what became of it."""
    resource, context = get_resource("tradeins"), context_of(request)
    pulse = pulse_of(request, resource, record_id)
    tradein = queries.get_tradein(store=request.store, tradein_id=record_id)
    earlier = parse_moment(request.GET.get("earlier", ""))
    page = {
        "record": record_page(tradein, context, base_of(request, resource), earlier) | {"pulse": pulse},
        "shell": _shell(request),
    }
    return render(request, "desk/tradeins/record.html", page)


@require_http_methods(["GET", "POST"])
@staff(VIEW)
def new(request: StaffRequest) -> HttpResponse:
    """Take a trade-in down. “More items” gives more rows and keeps what was typed."""
    require(request, CREATE)
    resource, context, fields = get_resource("tradeins"), context_of(request), forms.fields_of(new=True)
    typed: dict[str, Any] = _FIRST | {
        name: request.GET[name] for name in ("customer", "way") if name in request.GET
    }
    if (known := parse_id(request.GET.get("for", ""))) is not None:
        customer = row_of(get_resource("customers"), known, context, extra=("number",))
        typed["customer"] = str(customer["number"])
    rows: list[forms.ItemRow] = []
    errors: dict[str, str] = {}
    once, more = form_key(request.POST), forms.EMPTY_ROWS
    if request.method == "POST":
        typed, rows = typed_values(request.POST, fields, ticked=False), forms.item_rows(request.POST)
        if "more" in request.POST:
            more = MORE
        else:
            try:
                found = forms.read_form(request.POST, fields, rows, context, currency=context.store.currency)
                record_id, _is_new = create_once(
                    resource=resource,
                    values=found,
                    key=once,
                    request=json.dumps([typed, rows], sort_keys=True).encode(),
                    context=context,
                )
            except KeyReused:
                errors = {"": _("This form was saved before. Save once more to add another record.")}
                once = form_key({})
            except Refused as refusal:
                errors = _errors(refusal)
            else:
                messages.success(request, _("Trade-in saved"))
                return redirect("tradein", store=request.store.slug, record_id=record_id)
    form = _form(request, fields, typed, errors, context) | {
        "title": _("New trade-in"),
        "items": forms.items_context(rows, errors.get("items", ""), finals=False, more=more),
        "hidden": [("once", once)],
        "submit_label": _("Save trade-in"),
        "back_url": base_of(request, resource),
    }
    return _render(request, form, errors)


@require_http_methods(["GET", "POST"])
@staff(VIEW)
def edit(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """Change a trade-in and its items."""
    require(request, EDIT)
    resource, context, fields = get_resource("tradeins"), context_of(request), forms.fields_of(new=False)
    tradein = queries.get_tradein(store=request.store, tradein_id=record_id)
    row = row_of(resource, record_id, context, fields)
    items = queries.facts_of(queries.items_of(store=request.store, tradein_id=record_id))
    typed: dict[str, Any] = {field.name: values.stored(field, row, context) for field in fields}
    shown = typed["expires"][:16]
    rows, more = forms.rows_of(items, tradein.currency), forms.EMPTY_ROWS
    errors: dict[str, str] = {}
    url = f"{base_of(request, resource)}{record_id}/"
    if request.method == "POST":
        typed, rows = typed_values(request.POST, fields, ticked=False), forms.item_rows(request.POST)
        if "more" in request.POST:
            more = MORE
        else:
            try:
                found = forms.read_form(request.POST, fields, rows, context, currency=tradein.currency)
                if typed.get("expires", "")[:16] == shown:  # the form knows no seconds
                    found.pop("expires", None)
                resource.edit(
                    store=request.store,
                    record_id=record_id,
                    values=found,
                    base_version=_version(request),
                    actor=request.actor,
                    now=context.now,
                )
            except Refused as refusal:
                errors = _errors(refusal)
            else:
                messages.success(request, _("Saved"))
                return redirect(url)
    may_add = tradein.status in OFFERED
    form = _form(request, fields, typed, errors, context) | {
        "title": _("Edit"),
        "version": tradein.version,
        "items": forms.items_context(
            rows, errors.get("items", ""), finals=tradein.status in LOOKED_AT, more=more if may_add else 0
        )
        | {"may_add": may_add, "may_quote": may_add},
        "submit_label": _("Save"),
        "back_url": url,
    }
    form["crumbs"].append({"label": f"#{tradein.number}", "url": url})
    return _render(request, form, errors)


def _form(
    request: StaffRequest, fields: Any, typed: dict[str, Any], errors: dict[str, str], context: Context
) -> dict[str, Any]:
    resource = get_resource("tradeins")
    return {
        "url": request.path,
        "crumbs": [{"label": str(resource.label), "url": base_of(request, resource)}],
        "fields": forms.controls(fields, typed, errors, context),
        "hidden": [],
        "problems": problems_of(
            errors, [*fields, *(one for one in resource.all_fields() if one.name == "items")]
        ),
        "problems_title": ngettext(
            "%(count)s thing to mend; nothing was saved yet",
            "%(count)s things to mend; nothing was saved yet",
            len(errors),
        )
        % {"count": len(errors)},
    }


def _errors(refusal: Refused) -> dict[str, str]:
    if isinstance(refusal, InvalidRecord):
        return refusal.errors
    return {refusal.field if isinstance(refusal, Invalid) or refusal.field else "": refusal.sentence}


def _version(request: StaffRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _shell(request: StaffRequest) -> dict[str, Any]:
    return shell(request, current="tradeins", help_page="trade-ins")


def _render(request: StaffRequest, form: dict[str, Any], errors: dict[str, str]) -> HttpResponse:
    frame = {"form": form, "shell": _shell(request)}
    return render(request, "desk/tradeins/form.html", frame, status=422 if errors else 200)
