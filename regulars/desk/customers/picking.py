"""A box in a form that says whose something is: it offers the customers that are meant while one types."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.customers.resource import CUSTOMERS
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.desk.access import staff
from regulars.desk.lists.views import context_of
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.resources.context import Context
from regulars.resources.look_up import look_up

ROWS = 8


@require_GET
@staff(SEE_CUSTOMERS)
def options(request: StaffRequest) -> HttpResponse:
    """Customers that what was typed may mean."""
    context = context_of(request)
    found = look_up(CUSTOMERS, request.GET.get("customer", ""), context, limit=ROWS)
    rows = [row_of(CUSTOMERS, one.record_id, context) for one in found]
    labels = [f"#{row['number']} {CUSTOMERS.title(row)}" for row in rows]
    return render(request, "kit/options.html", {"options": labels})


def customer_control(
    value: object, context: Context, *, problem: str = "", help_text: str = ""
) -> dict[str, Any]:
    """The box itself, empty or with what was typed. Who may not see customers has to know the number."""
    may_see = context.actor.may(SEE_CUSTOMERS)
    return {
        "name": "customer",
        "id": "id-customer",
        "label": _("Customer"),
        "kind": "text",
        "value": value,
        "help": help_text,
        "placeholder": _("Name, e-mail, phone or number") if may_see else _("Number or e-mail"),
        "options_url": reverse("pick_customer", kwargs={"store": context.store.slug}) if may_see else "",
        "problem": problem,
    }
