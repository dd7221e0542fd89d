"""The counter: one box for whoever stands in front of you."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from regulars.desk.access import staff
from regulars.desk.counter.page import CARDS, counter_page
from regulars.desk.lists.views import context_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.kit.text import storable
from regulars.resources.look_up import look_up
from regulars.resources.resource import get_resource


@require_GET
@staff("customers.view")
def show(request: StaffRequest) -> HttpResponse:
    """Answers while one types with cards alone. Enter, which a scanner sends too, opens the only customer found."""
    context = context_of(request)
    text = storable(request.GET.get("q", "")).strip()[:200]
    found = look_up(get_resource("customers"), text, context, limit=CARDS + 1)
    part = wants_part(request)
    if len(found) == 1 and not part:
        answer = redirect("customer", store=request.store.slug, record_id=found[0].record_id)
        answer["Location"] += "?from=counter"
        return answer
    page = {"counter": counter_page(text, found, context)}
    if part:
        response = render(request, "desk/counter/counter.html#found", page)
    else:
        response = render(
            request, "desk/counter/counter.html", page | {"shell": shell(request, current="counter")}
        )
    response["Vary"] = "HX-Request, HX-Request-Type"
    return response
