"""How a customer is paid for what the shop takes in. What was given is shown no more than masked."""

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from regulars.customers.choices import PayoutKind
from regulars.kit.errors import InvalidRecord
from regulars.kit.forms import show_refusal
from regulars.loyalty.queries import programme_of
from regulars.portal.access import fresh_customer_page
from regulars.portal.account.page import form_page, go, of_section, portal_page
from regulars.portal.profile.forms import payout_form
from regulars.portal.requests import CustomerRequest
from regulars.portal.tradeins.pages import payout_line
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.tradeins import queries, services
from regulars.tradeins.payouts import METHODS

# Points are promised by the shop alone, and given to whoever asks for them here: no card has to be named.
_NOT_ASKED = ("points", "card")


@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_customer_page
@of_section("payout")
def edit_payout(request: CustomerRequest) -> HttpResponse:
    """Choose a way first, then fill in its particulars."""
    store, visitor = request.store, request.visitor
    known = queries.payout_of(store=store, customer_id=visitor.customer_id)
    offered = _offered(request)
    asked = request.POST.get("kind") or request.GET.get("kind") or (known.payout_kind if known else "")
    kind = asked if asked in offered else next(iter(offered))
    fields = tuple(one for one in METHODS[kind].fields if one.name not in _NOT_ASKED)
    form = payout_form(fields, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _saved(request, form, kind, fields):
        return go(request, "shop_payout", "saved")
    sizes = {one.name: "whole" for one in fields}
    page = form_page(
        request,
        form,
        submit_label=_("Pay me like this"),
        sections=[(offered[kind], "", sizes)],
        hidden={"kind": kind},
    )
    context = {
        "form": page,
        "known": payout_line(known.payout_kind, known.payout_masked) if known else "",
        "kinds": [
            {"label": label, "url": f"{request.path}?kind={value}", "current": value == kind}
            for value, label in offered.items()
        ],
    }
    status = 422 if form.errors else 200
    return portal_page(request, "payout", _("How you are paid"), "payout", context, status=status)


def _offered(request: CustomerRequest) -> dict[str, str]:
    """The ways to be paid; points only where the shop gives any."""
    points = programme_of(store=request.store).active
    return {value: str(label) for value, label in PayoutKind.choices if value != PayoutKind.POINTS or points}


@sensitive_variables("form", "values")
def _saved(request: CustomerRequest, form: forms.Form, kind: str, fields: tuple[Field, ...]) -> bool:
    """Keep it, unless something in it is wrong."""
    visitor, now = request.visitor, timezone.now()
    typed = {one.name: _typed(form.cleaned_data[one.name]) for one in fields}
    try:
        values = METHODS[kind].clean(typed, Context(store=request.store, actor=visitor.actor, now=now))
    except InvalidRecord as refusal:
        show_refusal(form, refusal)
        return False
    services.set_own_payout(
        store=request.store,
        customer_id=visitor.customer_id,
        kind=kind,
        values=values,
        actor=visitor.actor,
        now=now,
    )
    return True


def _typed(value: object) -> str:
    return ("true" if value else "") if isinstance(value, bool) else str(value or "")
