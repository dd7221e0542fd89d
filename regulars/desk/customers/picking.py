"""A box in a form that says whose something is: it offers the customers that are meant while one types."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.customers.resource import CUSTOMERS
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.desk.access import staff
from regulars.desk.lists.views import context_of
from regulars.desk.picking import offers_customers
from regulars.desk.requests import StaffRequest
from regulars.resources.context import Context
from regulars.resources.look_up import look_up

ROWS = 8
_SHOWN = {"id", "number", *CUSTOMERS.title_needs}


@require_GET
@staff(SEE_CUSTOMERS)
def options(request: StaffRequest) -> HttpResponse:
    """Customers that what was typed may mean."""
    context = context_of(request)
    found = look_up(CUSTOMERS, request.GET.get("customer", ""), context, limit=ROWS)
    ids = [one.record_id for one in found]
    rows = {row["id"]: row for row in CUSTOMERS.rows(context.store).filter(pk__in=ids).values(*_SHOWN)}
    labels = [f"#{rows[one]['number']} {CUSTOMERS.title(rows[one])}" for one in ids]
    return render(request, "kit/options.html", {"options": labels})


def customer_control(
    value: object, context: Context, *, problem: str = "", help_text: str = ""
) -> dict[str, Any]:
    """The box itself, empty or with what was typed."""
    return {
        "name": "customer",
        "id": "id-customer",
        "label": _("Customer"),
        "kind": "text",
        "value": value,
        "help": help_text,
        "problem": problem,
    } | offers_customers(context)
