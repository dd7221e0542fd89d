"""How a customer or one trade-in is paid: choose the way, fill in its own fields, look at what is sealed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.customers.choices import PayoutKind
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.desk import values
from regulars.desk.access import staff
from regulars.desk.lists.views import base_of, context_of, require
from regulars.desk.records.forms import problems_of
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.desk.tradeins.pages import payout_lines
from regulars.kit.errors import InvalidRecord, Refused
from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.resource import Resource, get_resource
from regulars.tradeins import queries, services
from regulars.tradeins.choices import CLOSED
from regulars.tradeins.payouts import METHODS
from regulars.tradeins.resource.permissions import PAYOUTS, REVEAL, VIEW

Save = Callable[[str, dict[str, Any]], None]


@require_http_methods(["GET", "POST"])
@staff(VIEW)
def of_tradein(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """How one trade-in is paid."""
    require(request, PAYOUTS)
    resource, context = get_resource("tradeins"), context_of(request)
    tradein = queries.get_tradein(store=request.store, tradein_id=record_id)
    if tradein.status in CLOSED:
        raise Refused(_("This trade-in is closed; how it was paid stays as it is."))

    def save(kind: str, cleaned: dict[str, Any]) -> None:
        services.set_payout(
            store=request.store,
            tradein_id=record_id,
            kind=kind,
            values=cleaned,
            actor=request.actor,
            now=context.now,
        )

    known = payout_lines(tradein.payout_kind, tradein.payout_masked)
    row = row_of(resource, record_id, context)
    return _page(request, resource, row, tradein.payout_kind, known, save, may_clear=False)


@require_http_methods(["GET", "POST"])
@staff(SEE_CUSTOMERS)
def of_customer(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """How a customer is usually paid; new trade-ins take it over."""
    require(request, PAYOUTS)
    resource, context = get_resource("customers"), context_of(request)
    row = row_of(resource, record_id, context)
    payout = queries.payout_of(store=request.store, customer_id=record_id)

    def save(kind: str, cleaned: dict[str, Any]) -> None:
        services.set_customer_payout(
            store=request.store,
            customer_id=record_id,
            kind=kind,
            values=cleaned,
            actor=request.actor,
            now=context.now,
        )

    kind = payout.payout_kind if payout else ""
    known = payout_lines(kind, payout.payout_masked) if payout else ""
    return _page(request, resource, row, kind, known, save, may_clear=payout is not None)


@require_POST
@staff(VIEW)
def reveal_tradein(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """The whole particulars of one trade-in; that somebody looked is kept in its history."""
    require(request, REVEAL)
    resource, context = get_resource("tradeins"), context_of(request)
    tradein = queries.get_tradein(store=request.store, tradein_id=record_id)
    found = services.reveal(store=request.store, tradein_id=record_id, actor=request.actor, now=context.now)
    return _revealed(
        request, resource, row_of(resource, record_id, context), tradein.payout_kind, found, context
    )


@require_POST
@staff(SEE_CUSTOMERS)
def reveal_customer(request: StaffRequest, record_id: UUID) -> HttpResponse:
    """The same of how a customer is usually paid."""
    require(request, REVEAL)
    resource, context = get_resource("customers"), context_of(request)
    row = row_of(resource, record_id, context, extra=("payout_method",))
    found = services.reveal_customers(
        store=request.store, customer_id=record_id, actor=request.actor, now=context.now
    )
    return _revealed(request, resource, row, row["payout_method"], found, context)


def _page(
    request: StaffRequest, resource: Resource, row: Row, kind: str, known: str, save: Save, *, may_clear: bool
) -> HttpResponse:
    context, url = context_of(request), f"{base_of(request, resource)}{row['id']}/"
    chosen = request.POST.get("kind", request.GET.get("kind", kind))
    method = METHODS.get(chosen)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            if method is not None:
                save(chosen, method.clean(request.POST, context))
            elif may_clear and not chosen:
                save("", {})
            else:
                raise InvalidRecord({"kind": _("Choose a payout method.")})
        except InvalidRecord as refusal:
            errors = refusal.errors
        else:
            messages.success(request, _("Payout method saved"))
            return redirect(url)
    fields = method.fields if method else ()
    controls = [
        values.control(field, request.POST.get(field.name, ""), context, problem=errors.get(field.name, ""))
        for field in fields
    ]
    for control in controls:
        control["size"] = "whole" if control["kind"] == "long" else ""
    form = {
        "title": _("Payout method"),
        "crumbs": _crumbs(request, resource, row, url),
        "url": request.path,
        "known": known,
        "reveal_url": f"{url}payout/reveal/" if known and request.actor.may(REVEAL) else "",
        "kinds": [{"value": value, "label": str(label)} for value, label in PayoutKind.choices],
        "kind": chosen,
        "kind_problem": errors.get("kind", ""),
        "may_clear": may_clear,
        "fields": controls,
        "to_ledger": bool(method and method.to_ledger),
        "in_points": bool(method and method.in_points),
        "problems": problems_of(errors, fields),
        "back_url": url,
    }
    frame = {"form": form, "shell": shell(request, current=resource.name, help_page="trade-ins")}
    return render(request, "desk/tradeins/payout.html", frame, status=422 if errors else 200)


def _revealed(
    request: StaffRequest, resource: Resource, row: Row, kind: str, found: dict[str, Any], context: Context
) -> HttpResponse:
    url = f"{base_of(request, resource)}{row['id']}/"
    fields = METHODS[kind].fields if kind in METHODS else ()
    told = [
        {"label": str(field.label), "value": _plain(found[field.name])}
        for field in fields
        if field.name in found
    ]
    page = {
        "title": _("Payout particulars"),
        "method": str(PayoutKind(kind).label) if kind in METHODS else "",
        "crumbs": _crumbs(request, resource, row, url),
        "facts": told,
        "back_url": url,
    }
    frame = {"page": page, "shell": shell(request, current=resource.name, help_page="trade-ins")}
    return render(request, "desk/tradeins/revealed.html", frame)


def _plain(value: Any) -> str:
    return _("Yes") if value is True else str(value)


def _crumbs(request: StaffRequest, resource: Resource, row: Row, url: str) -> list[dict[str, str]]:
    return [
        {"label": str(resource.label), "url": base_of(request, resource)},
        {"label": resource.title(row), "url": url},
    ]
