"""How long customers are kept: rules, whom they mean, and switching them on with that number."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.desk.access import staff
from regulars.desk.lists.views import context_of
from regulars.desk.privacy import pages
from regulars.desk.privacy.forms import RuleForm
from regulars.desk.requests import StaffRequest
from regulars.desk.settings.views import settings_page
from regulars.kit.errors import Refused
from regulars.kit.forms import form_of, show_refusal
from regulars.privacy import queries, services
from regulars.privacy.permissions import RETENTION
from regulars.segments.queries import list_segments

_FIRST = {"months": 36, "grace_days": 30, "keep_flagged": True}


@require_GET
@staff(RETENTION)
def list_rules(request: StaffRequest) -> HttpResponse:
    """Every rule, whether it is on, and what its last night did."""
    context = context_of(request)
    rules = [pages.rule_row(rule, context) for rule in queries.rules_of(store=request.store)]
    told = {"rules": rules, "new_url": reverse("new_retention_rule", kwargs={"store": request.store.slug})}
    return settings_page(request, "retention", _("Keeping customers"), "desk/privacy/rules.html", told)


@require_GET
@staff(RETENTION)
def show_rule(request: StaffRequest, rule_id: UUID) -> HttpResponse:
    """One rule, and whom it would tell and forget."""
    context = context_of(request)
    rule = queries.get_rule(store=request.store, rule_id=rule_id)
    found = queries.rehearse(store=request.store, rule=rule, now=context.now)
    told = {"rule": pages.rule_page(rule, found, context)}
    return settings_page(request, "retention", rule.name, "desk/privacy/rule.html", told)


@require_http_methods(["GET", "POST"])
@staff(RETENTION)
def new_rule(request: StaffRequest) -> HttpResponse:
    """Add a rule. It does nothing before it is switched on."""
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@staff(RETENTION)
def edit_rule(request: StaffRequest, rule_id: UUID) -> HttpResponse:
    """Change a rule, which switches it off until its new number was seen."""
    return _form(request, rule_id)


def _form(request: StaffRequest, rule_id: UUID | None) -> HttpResponse:
    rule = queries.get_rule(store=request.store, rule_id=rule_id) if rule_id else None
    segments = [(str(one.pk), one.name) for one in list_segments(store=request.store)]
    initial = RuleForm.initial_of(rule) if rule else _FIRST
    form = RuleForm(request.POST or None, initial=initial, segments=segments)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_rule(
                store=request.store,
                facts=form.facts(),
                rule_id=rule_id,
                actor=request.actor,
                now=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. Look at whom it means before you switch it on."))
            return redirect("retention_rule", store=request.store.slug, rule_id=saved.pk)
    sections = [
        (_("When"), "", {"name": "whole", "months": "", "grace_days": ""}),
        (
            _("Who is left alone"),
            _("Always: who has an open order, trade-in, request or an unpaid invoice, or store credit."),
            {"keep_flagged": "whole", "tags": "", "segment": ""},
        ),
    ]
    page = form_of(form, url=request.path, submit_label=_("Save"), sections=sections)
    page["back_url"] = reverse("retention", kwargs={"store": request.store.slug})
    title = _("Change a rule of keeping") if rule else _("New rule of keeping")
    return settings_page(
        request, "retention", title, "desk/settings/store.html", {"form": page}, bool(form.errors)
    )


@require_POST
@staff(RETENTION)
def switch_on(request: StaffRequest, rule_id: UUID) -> HttpResponse:
    """Let it work from tonight on, for the number of customers that stood on the page."""
    typed = request.POST.get("expected", "")
    expected = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else -1
    try:
        services.switch_on(
            store=request.store, rule_id=rule_id, expected=expected, actor=request.actor, now=timezone.now()
        )
    except services.NumberChanged as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(
            request, _("It is on, and begins tonight. Nobody is forgotten without being told first.")
        )
    return redirect("retention_rule", store=request.store.slug, rule_id=rule_id)


@require_POST
@staff(RETENTION)
def switch_off(request: StaffRequest, rule_id: UUID) -> HttpResponse:
    """Let it do nothing more."""
    services.switch_off(store=request.store, rule_id=rule_id, actor=request.actor, now=timezone.now())
    messages.success(request, _("It is off. Nobody is told or forgotten any more."))
    return redirect("retention_rule", store=request.store.slug, rule_id=rule_id)


@require_POST
@staff(RETENTION)
def remove_rule(request: StaffRequest, rule_id: UUID) -> HttpResponse:
    """Remove it."""
    services.remove_rule(store=request.store, rule_id=rule_id, actor=request.actor, now=timezone.now())
    messages.success(request, _("Rule removed."))
    return redirect("retention", store=request.store.slug)
