"""What is special to invoices: the form with its lines, the page of an invoice, and its PDF."""

import io
import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import staff
from regulars.desk.customers.picking import customer_control
from regulars.desk.downloads import file_response
from regulars.desk.invoices import forms
from regulars.desk.invoices.pages import invoice_page
from regulars.desk.lists.views import base_of, context_of, require
from regulars.desk.records.forms import form_key, typed_values
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.invoices import queries
from regulars.invoices.choices import InvoiceKind, InvoiceState
from regulars.invoices.paper import file_name, write_pdf
from regulars.invoices.resource import INVOICES
from regulars.invoices.resource.permissions import CREATE, EDIT, SEALED, VIEW
from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.moments import parse_moment
from regulars.resources.conflicts import EditConflict
from regulars.resources.context import Context
from regulars.resources.idempotency import KeyReused, create_once
from regulars.resources.record import clean_values

_MADE = (InvoiceKind.INVOICE, InvoiceKind.PURCHASE_NOTE)


@require_http_methods(["GET", "POST"])
@staff(VIEW)
def new(request: StaffRequest) -> HttpResponse:
    """Write an invoice or a purchase note by hand."""
    require(request, CREATE)
    context = context_of(request)
    typed = _first(request, context)
    rows: list[dict[str, str]] = []
    errors: dict[str, str] = {}
    once = form_key(request.POST)
    more = "more" in request.POST
    if request.method == "POST":
        typed, rows = _typed(request, context), forms.typed_lines(request.POST)
    if request.method == "POST" and not more:
        try:
            cleaned = _cleaned(typed, context) | {"lines": forms.read_lines(rows, context)}
            record_id, _is_new = create_once(
                resource=INVOICES,
                values=cleaned,
                key=once,
                request=json.dumps([typed, rows], sort_keys=True).encode(),
                context=context,
            )
        except InvalidRecord as refusal:
            errors = refusal.errors
        except KeyReused:  # gone back in the browser and changed something
            errors = {"": _("This form was saved before. Save once more to add another record.")}
            once = form_key({})
        except Refused as refusal:
            errors = {refusal.field: refusal.sentence}
        else:
            messages.success(request, _("Draft saved"))
            return redirect("invoice", store=request.store.slug, record_id=record_id)
    form = _form(request, context, typed, rows, errors, more=more) | {
        "title": _("New invoice"),
        "back_url": base_of(request, INVOICES),
        "hidden": [("once", once)],
        "makes_new": True,
    }
    return _render(request, form, errors)


@require_http_methods(["GET", "POST"])
@staff(VIEW)
def edit(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """Change a draft with its lines, or the few facts of an issued invoice that still change."""
    require(request, EDIT)
    context = context_of(request)
    invoice = queries.get_invoice(store=request.store, invoice_id=record_id)
    draft = invoice.state == InvoiceState.DRAFT
    typed = forms.facts_of(invoice, context)
    rows = forms.rows_of(queries.lines_of(store=request.store, invoice_id=record_id), context)
    errors: dict[str, str] = {}
    version = invoice.version
    more = "more" in request.POST
    if request.method == "POST":
        typed |= _typed(request, context)
        rows = forms.typed_lines(request.POST) if draft else rows
        given = request.POST.get("version", "")
        version = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else version
    if request.method == "POST" and not more:
        try:
            names = (*forms.FACTS, "salesperson") if draft else (*forms.LATER, "salesperson")
            cleaned = _cleaned({name: typed[name] for name in names if name in typed}, context)
            lines = {"lines": forms.read_lines(rows, context)} if draft else {}
            INVOICES.edit(
                store=request.store,
                record_id=record_id,
                values=cleaned | lines,
                base_version=version,
                actor=request.actor,
                now=context.now,
            )
        except EditConflict as refusal:
            errors, version = {"": refusal.sentence}, refusal.version
        except InvalidRecord as refusal:
            errors = refusal.errors
        except Refused as refusal:
            errors = {refusal.field: refusal.sentence}
        else:
            messages.success(request, _("Saved"))
            return redirect("invoice", store=request.store.slug, record_id=record_id)
    form = _form(request, context, typed, rows, errors, more=more, issued=not draft) | {
        "title": _("Edit"),
        "crumbs": [
            {"label": str(INVOICES.label), "url": base_of(request, INVOICES)},
            {"label": invoice.number or _("Draft"), "url": f"{base_of(request, INVOICES)}{record_id}/"},
        ],
        "back_url": f"{base_of(request, INVOICES)}{record_id}/",
        "hidden": [("version", version)],
    }
    return _render(request, form, errors)


@require_POST
@staff(VIEW)
def sums(request: StaffRequest) -> HttpResponse:
    """What the lines that are being typed come to; nothing is saved."""
    require(request, EDIT)
    context = context_of(request)
    part = _sums(request, forms.typed_lines(request.POST), _typed(request, context), context)
    return render(request, "desk/invoices/form.html#sums", {"form": {"sums": part}})


@require_GET
@staff(VIEW)
def show(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """The whole invoice: lines, taxes, payments, what happened to it."""
    invoice = queries.get_invoice(store=request.store, invoice_id=record_id)
    earlier = parse_moment(request.GET.get("earlier", ""))
    page = {
        "record": invoice_page(invoice, context_of(request), base_of(request, INVOICES), earlier),
        "shell": shell(request, current="invoices", help_page="invoices"),
    }
    return render(request, "desk/invoices/invoice.html", page)


@require_GET
@staff(VIEW)
def download(request: StaffRequest, record_id: UUID) -> HttpResponseBase:
    """The invoice as a PDF. That of somebody who was anonymised opens only for those who may."""
    invoice = queries.get_invoice(store=request.store, invoice_id=record_id)
    if invoice.sealed is not None:
        require(request, SEALED)
    paper = write_pdf(
        store=request.store,
        invoice=invoice,
        lines=queries.lines_of(store=request.store, invoice_id=record_id),
        payments=queries.payments_of(store=request.store, invoice_id=record_id),
    )
    return file_response(io.BytesIO(paper), file_name(invoice), "application/pdf")


def _first(request: StaffRequest, context: Context) -> dict[str, Any]:
    """What a new invoice begins with; the page of a customer names them in the address."""
    known = {str(one.value) for one in _MADE}
    kind = request.GET.get("kind", "")
    return {
        "kind": kind if kind in known else str(InvoiceKind.INVOICE),
        "customer": request.GET.get("customer", "")[:200],
        "salesperson": request.actor.name,
        "prices_include_tax": queries.settings_of(store=context.store).prices_include_tax,
    }


def _typed(request: StaffRequest, context: Context) -> dict[str, Any]:
    typed: dict[str, Any] = dict(typed_values(request.POST, forms.fields_named(forms.FACTS, context)))
    for name in ("kind", "customer", "salesperson"):
        if name in request.POST:
            typed[name] = request.POST[name].strip()[:300]
    return typed


def _cleaned(typed: dict[str, Any], context: Context) -> dict[str, Any]:
    """The facts as they are stored. Raises `InvalidRecord`."""
    given = {name: str(value).lower() if isinstance(value, bool) else value for name, value in typed.items()}
    cleaned = clean_values(given, forms.fields_named(forms.FACTS, context), context)
    if "kind" in typed:
        if typed["kind"] not in _MADE:
            raise InvalidRecord({"kind": _("Choose what it is.")})
        cleaned["kind"] = typed["kind"]
    for name in ("customer", "salesperson"):
        if name in typed:
            cleaned[name] = typed[name]
    return cleaned


def _sums(
    request: StaffRequest, rows: list[dict[str, str]], typed: dict[str, Any], context: Context
) -> dict[str, Any]:
    try:
        lines = forms.read_lines(rows, context)
    except InvalidRecord as refusal:
        return {"problem": refusal.errors["lines"]}
    include = str(typed.get("prices_include_tax", "")).lower() == "true"
    return forms.sums_part(lines, include_tax=include, context=context)


def _form(
    request: StaffRequest,
    context: Context,
    typed: dict[str, Any],
    rows: list[dict[str, str]],
    errors: dict[str, str],
    *,
    more: bool = False,
    issued: bool = False,
) -> dict[str, Any]:
    base = base_of(request, INVOICES)
    fields = forms.fields_named(forms.LATER if issued else forms.FACTS, context)
    labels = {field.name: str(field.label) for field in fields} | {
        "lines": _("Lines"),
        "customer": _("Customer"),
        "salesperson": _("Salesperson"),
    }
    return {
        "crumbs": [{"label": str(INVOICES.label), "url": base}],
        "url": request.path,
        "sums_url": f"{base}sums/",
        "fields": forms.controls(fields, typed, errors, context),
        "seller": forms.seller_control(str(typed.get("salesperson", "")), context)
        | {"problem": errors.get("salesperson", "")},
        "kinds": [
            {"value": str(one.value), "label": str(one.label), "current": one == typed.get("kind")}
            for one in _MADE
        ],
        "customer": customer_control(
            typed.get("customer", ""),
            context,
            problem=errors.get("customer", ""),
            help_text=_("Name and address are taken from them where you leave them empty."),
        )
        | {"optional": True},
        "lines": forms.with_spare(rows, context, spare=forms.MORE_ROWS if more else forms.SPARE_ROWS),
        "has_lines": not issued,
        "line_problem": errors.get("lines", ""),
        "sums": _sums(request, rows, typed, context),
        "problems": [
            {"id": f"id-{name}" if name in labels else "", "label": labels.get(name, ""), "text": text}
            for name, text in errors.items()
        ],
        "problems_title": ngettext("This was not saved yet", "This was not saved yet", len(errors)),
    }


def _render(request: StaffRequest, form: dict[str, Any], errors: dict[str, str]) -> HttpResponse:
    frame = {"form": form, "shell": shell(request, current="invoices", help_page="invoices")}
    return render(request, "desk/invoices/form.html", frame, status=422 if errors else 200)
