"""Writing an order down and changing it: the customer, the lines, where it goes."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from regulars.customers.resource import CUSTOMERS
from regulars.customers.resource.kinds import Named
from regulars.desk import values
from regulars.desk.access import staff
from regulars.desk.customers.picking import customer_control
from regulars.desk.lists.views import base_of, context_of, require
from regulars.desk.orders.lines import (
    SUMS,
    Lines,
    lines_part,
    read_lines,
    read_sums,
    stored_lines,
    typed_lines,
)
from regulars.desk.records.forms import form_key, problems_of, sections_of, typed_values
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import InvalidRecord, NotFound, Refused
from regulars.kit.ids import parse_id
from regulars.orders import queries
from regulars.orders.choices import Channel, PaymentMethod
from regulars.orders.resource import ORDERS
from regulars.orders.resource.permissions import CREATE, EDIT, PAY
from regulars.resources.conflicts import EditConflict
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.idempotency import KeyReused, create_once
from regulars.resources.record import clean_values

_WHO = Field(name="customer", label=gettext_lazy("Customer"), kind=Named(max_length=300))
_BUTTONS = ("add-line", "remove-line")
_PAID_BY = "paid_by"


@require_http_methods(["GET", "POST"])
@staff(CREATE)
def new(request: StaffRequest) -> HttpResponse:
    """Write an order down. The rows of its lines are added and taken away on the same page."""
    context, fields = context_of(request), _fields(request)
    typed: dict[str, str] = {"channel": Channel.IN_STORE, "customer": _asked_for(request, context)}
    lines, errors, once = typed_lines({}), {}, form_key(request.POST)
    if request.method == "POST":
        typed = typed_values(request.POST, fields)
        typed |= {name: request.POST.get(name, "") for name in ("customer", _PAID_BY)}
        lines = typed_lines(request.POST)
        if not _wants_rows(request):
            try:
                record_id, _is_new = create_once(
                    resource=ORDERS,
                    values=_values(typed, lines, fields, context),
                    key=once,
                    request=json.dumps([typed, lines.rows, lines.sums], sort_keys=True).encode(),
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
                messages.success(request, _("Order saved"))
                return redirect("order", store=request.store.slug, record_id=record_id)
    form = _form(request, fields, typed, lines, errors, context)
    form |= {
        "title": _("New order"),
        "submit_label": _("Save order"),
        "back_url": base_of(request, ORDERS),
        "hidden": [("once", once)],
        "customer": customer_control(typed.get("customer", ""), context, problem=errors.get("customer", "")),
        "payment": _payment_control(typed.get(_PAID_BY, "")) if context.actor.may(PAY) else None,
    }
    return _render(request, form, errors)


@require_http_methods(["GET", "POST"])
@staff(EDIT)
def edit(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """Change an order. What somebody else changed meanwhile is shown, and saving once more decides."""
    context, fields = context_of(request), _fields(request)
    order = queries.get_order(store=request.store, order_id=record_id)
    row = row_of(ORDERS, record_id, context, fields)
    stored = queries.lines_of(store=request.store, order_id=record_id)
    sums = {"discount": order.discount_minor, "shipping": order.shipping_minor}
    kept = {field.name: values.stored(field, row, context) for field in fields}
    typed = dict(kept)
    version: int | None = order.version
    lines, errors = stored_lines(stored, sums, order.currency), {}
    if request.method == "POST":
        typed |= typed_values(request.POST, fields)
        lines, version = typed_lines(request.POST), _version(request)
        if not _wants_rows(request):
            # A form shows less than is kept, of a moment no seconds: what nobody touched stays as it is.
            touched = [field for field in fields if typed[field.name] != kept[field.name]]
            try:
                ORDERS.edit(
                    store=request.store,
                    record_id=record_id,
                    values=_changes(typed, lines, touched, context, has_lines=bool(stored)),
                    base_version=version,
                    actor=request.actor,
                    now=context.now,
                )
            except EditConflict as refusal:
                errors, version = {"": _overtaken(refusal, fields)}, refusal.version
            except InvalidRecord as refusal:
                errors = refusal.errors
            except Refused as refusal:
                errors = {refusal.field or "lines": refusal.sentence}
            else:
                messages.success(request, _("Saved"))
                return redirect("order", store=request.store.slug, record_id=record_id)
    url = f"{base_of(request, ORDERS)}{record_id}/"
    form = _form(request, fields, typed, lines, errors, context)
    form |= {
        "title": _("Edit"),
        "crumbs": [*form["crumbs"], {"label": _("Order %(number)s") % {"number": order.number}, "url": url}],
        "version": version,
        "submit_label": _("Save"),
        "back_url": url,
        "hidden": [],
    }
    return _render(request, form, errors)


@require_POST
@staff(CREATE)
def lines(request: StaffRequest) -> HttpResponse:
    """The rows as they are typed, with one more or less and what they come to; nothing is saved."""
    context = context_of(request)
    part = lines_part(typed_lines(request.POST), context, request.path)
    return render(request, "desk/orders/form.html#lines", {"lines": part})


def _wants_rows(request: StaffRequest) -> bool:
    """Without scripts the buttons of the rows send the whole form."""
    return any(name in request.POST for name in _BUTTONS)


def _fields(request: StaffRequest) -> list[Field]:
    return [field for field in ORDERS.editable_fields(request.actor) if field.name not in SUMS]


def _asked_for(request: StaffRequest, context: Context) -> str:
    """The customer whose page the button was on."""
    known = parse_id(request.GET.get("customer", ""))
    if known is None:
        return ""
    try:
        row = row_of(CUSTOMERS, known, context)
    except NotFound:
        return ""
    return f"#{row['number']} {CUSTOMERS.title(row)}"


def _values(typed: dict[str, str], lines: Lines, fields: list[Field], context: Context) -> dict[str, Any]:
    """The order as facts. Raises `InvalidRecord` with all that is wrong."""
    errors: dict[str, str] = {}
    found: dict[str, Any] = {}
    for part in (
        lambda: clean_values(typed, fields, context),
        lambda: read_sums(lines, context),
        lambda: {"lines": read_lines(lines, context)},
        lambda: _buyer(typed.get("customer", ""), context),
    ):
        try:
            found |= part()
        except InvalidRecord as refusal:
            errors |= refusal.errors
    if errors:
        raise InvalidRecord(errors)
    if typed.get(_PAID_BY) and context.actor.may(PAY):
        found[_PAID_BY] = typed[_PAID_BY]
    return {name: value for name, value in found.items() if value not in (None, "")} | {
        "lines": found["lines"]
    }


def _buyer(text: str, context: Context) -> dict[str, Any]:
    """A picked customer is written "#12 Nora Lind"; a number, an e-mail or an external id do as well."""
    try:
        buyer = _WHO.clean(text, context)
    except Refused as refusal:
        raise InvalidRecord({"customer": refusal.sentence}) from refusal
    return {"customer": buyer} if buyer else {}


def _changes(
    typed: dict[str, str], lines: Lines, fields: list[Field], context: Context, *, has_lines: bool
) -> dict[str, Any]:
    found = clean_values(typed, fields, context)
    written = read_lines(lines, context)
    # An order that came without lines stays so until somebody writes one.
    return found | read_sums(lines, context) | ({"lines": written} if has_lines or written else {})


def _overtaken(refusal: EditConflict, fields: list[Field]) -> str:
    labels = {field.path: str(field.label) for field in fields} | {"lines": _("Lines")}
    told = [
        _("%(who)s changed “%(field)s” while you were editing.")
        % {"who": one.by, "field": labels.get(one.field, one.field)}
        for one in refusal.conflicts
    ]
    return " ".join([*told, _("Save once more to put yours in its place, or go back to see theirs.")])


def _version(request: StaffRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _payment_control(value: str) -> dict[str, Any]:
    return {
        "name": _PAID_BY,
        "id": "id-paid_by",
        "label": _("Paid"),
        "kind": "choice",
        "value": value,
        "choices": [{"value": code, "label": label} for code, label in PaymentMethod.choices],
        "help": _("Choose how, when all of it is paid now; else leave it open."),
    }


def _form(
    request: StaffRequest,
    fields: list[Field],
    typed: dict[str, Any],
    lines: Lines,
    errors: dict[str, str],
    context: Context,
) -> dict[str, Any]:
    base = base_of(request, ORDERS)
    return {
        "url": request.path,
        "crumbs": [{"label": str(ORDERS.label), "url": base}],
        "sections": sections_of(fields, typed, errors, context),
        "lines": lines_part(lines, context, f"{base}lines/", problem=_of_lines(errors)),
        "problems": problems_of(errors, [*fields, _WHO]),
        "problems_title": ngettext(
            "%(count)s thing to mend; nothing was saved yet",
            "%(count)s things to mend; nothing was saved yet",
            len(errors),
        )
        % {"count": len(errors)},
    }


def _of_lines(errors: dict[str, str]) -> str:
    return " ".join(errors[name] for name in ("lines", *SUMS) if name in errors)


def _render(request: StaffRequest, form: dict[str, Any], errors: dict[str, str]) -> HttpResponse:
    require(request, ORDERS.permission("view"))
    page = {
        "form": form,
        "lines": form["lines"],
        "shell": shell(request, current="orders", help_page="orders"),
    }
    return render(request, "desk/orders/form.html", page, status=422 if errors else 200)
