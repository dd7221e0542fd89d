"""Settings of what customers earn points for, and of the tiers they reach."""

from typing import Any
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
from regulars.desk.requests import StaffRequest
from regulars.desk.settings import loyalty_pages as pages
from regulars.desk.settings.loyalty_forms import RuleForm, TierForm
from regulars.desk.settings.views import settings_page
from regulars.kit.errors import NotFound, Refused
from regulars.kit.forms import form_of, show_refusal
from regulars.loyalty import services, tier_queries
from regulars.loyalty.earning import CLASSES
from regulars.loyalty.resource.permissions import PROGRAMME
from regulars.loyalty.tier_queries import EarnRule, Tier


@require_GET
@staff(PROGRAMME)
def list_rules(request: StaffRequest) -> HttpResponse:
    """Every earning rule, and the kinds that one can add."""
    page = pages.rules_page(tier_queries.rules_of(store=request.store), context_of(request))
    return settings_page(
        request, "earn_rules", _("Earning points"), "desk/settings/earn_rules.html", {"rules": page}
    )


@require_http_methods(["GET", "POST"])
@staff(PROGRAMME)
def new_rule(request: StaffRequest, kind: str) -> HttpResponse:
    """Add an earning rule."""
    return _rule(request, kind, None)


@require_http_methods(["GET", "POST"])
@staff(PROGRAMME)
def edit_rule(request: StaffRequest, rule_id: UUID) -> HttpResponse:
    """Change an earning rule for what is still to come."""
    rule = tier_queries.get_rule(store=request.store, rule_id=rule_id)
    return _rule(request, rule.kind, rule)


@require_POST
@staff(PROGRAMME)
def switch_rule(request: StaffRequest, rule_id: UUID) -> HttpResponse:
    """Switch an earning rule off, or on again."""
    on = request.POST.get("to") == "on"
    rule = services.switch_rule(
        store=request.store, rule_id=rule_id, on=on, actor=request.actor, now=timezone.now()
    )
    text = _("“%(rule)s” gives points again.") if on else _("“%(rule)s” gives no points any more.")
    messages.success(request, text % {"rule": rule.name})
    return redirect("earn_rules", store=request.store.slug)


@require_GET
@staff(PROGRAMME)
def list_tiers(request: StaffRequest) -> HttpResponse:
    """Every tier with its members."""
    page = pages.tiers_page(
        tier_queries.tiers_of(store=request.store),
        tier_queries.members_by_tier(store=request.store),
        context_of(request),
    )
    return settings_page(request, "tiers", _("Tiers"), "desk/settings/tiers.html", {"tiers": page})


@require_http_methods(["GET", "POST"])
@staff(PROGRAMME)
def new_tier(request: StaffRequest) -> HttpResponse:
    """Add a tier above those there are."""
    known = tier_queries.tiers_of(store=request.store)
    first = {"rank": known[0].rank + 1 if known else 1, "by": known[0].by if known else "points"}
    initial = {"window_months": 12, "grace_days": 30, "percent": 100, "colour": "grey", **first}
    return _tier(request, None, initial)


@require_http_methods(["GET", "POST"])
@staff(PROGRAMME)
def edit_tier(request: StaffRequest, tier_id: UUID) -> HttpResponse:
    """Change a tier."""
    tier = tier_queries.get_tier(store=request.store, tier_id=tier_id)
    return _tier(request, tier, TierForm.initial_of(tier, request.store.currency))


@require_POST
@staff(PROGRAMME)
def remove_tier(request: StaffRequest, tier_id: UUID) -> HttpResponse:
    """Remove a tier in which nobody ever was."""
    services.remove_tier(store=request.store, tier_id=tier_id, actor=request.actor, now=timezone.now())
    messages.success(request, _("Tier removed."))
    return redirect("tiers", store=request.store.slug)


def _rule(request: StaffRequest, kind: str, rule: EarnRule | None) -> HttpResponse:
    if kind not in CLASSES:
        raise NotFound(_("There is no such kind of earning rule."))
    known: dict[str, Any] = {"name": str(CLASSES[kind].label)}
    if rule:
        known = {name: getattr(rule, name) for name in ("name", "starts", "ends", "settings")}
    form = RuleForm(
        request.POST or None,
        kind=CLASSES[kind],
        known=known,
        tiers=[(str(one.pk), one.name) for one in tier_queries.tiers_of(store=request.store)],
        currency=request.store.currency,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_rule(
                store=request.store,
                rule_id=rule.pk if rule else None,
                values=form.values(),
                actor=request.actor,
                now=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("earn_rules", store=request.store.slug)
    page = form_of(form, url=request.path, submit_label=_("Save"), sections=form.sections())
    page["back_url"] = reverse("earn_rules", kwargs={"store": request.store.slug})
    title = _("Change an earning rule") if rule else _("New earning rule")
    return settings_page(
        request, "earn_rules", title, "desk/settings/store.html", {"form": page}, bool(form.errors)
    )


def _tier(request: StaffRequest, tier: Tier | None, initial: dict[str, Any]) -> HttpResponse:
    form = TierForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_tier(
                store=request.store,
                tier_id=tier.pk if tier else None,
                values=form.values(request.store.currency),
                actor=request.actor,
                now=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. Everybody is brought into their tier now."))
            return redirect("tiers", store=request.store.slug)
    page = form_of(form, url=request.path, submit_label=_("Save"), sections=form.sections())
    page["back_url"] = reverse("tiers", kwargs={"store": request.store.slug})
    title = _("Change a tier") if tier else _("New tier")
    return settings_page(
        request, "tiers", title, "desk/settings/store.html", {"form": page}, bool(form.errors)
    )
