"""What the settings of earning and tiers show: plain rows, ready for the templates."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk import cells, values
from regulars.kit.money import display_money
from regulars.kit.words import inside
from regulars.loyalty.choices import TierBy
from regulars.loyalty.earning import CLASSES
from regulars.loyalty.tier_queries import EarnRule, Tier
from regulars.resources.context import Context
from regulars.resources.tree import Condition
from regulars.resources.writing import write


def rules_page(rules: Sequence[EarnRule], context: Context) -> dict[str, Any]:
    """The rules in words, and the kinds that can be added."""
    here = {"store": context.store.slug}
    return {
        "kinds": [
            {
                "label": str(one.label),
                "help": str(one.help),
                "url": reverse("new_earn_rule", kwargs={**here, "kind": one.name}),
            }
            for one in CLASSES.values()
        ],
        "rows": [
            {
                "name": rule.name,
                "said": rule_in_words(rule, context),
                "when": _when(rule, context),
                "active": rule.active,
                "url": reverse("edit_earn_rule", kwargs={**here, "rule_id": rule.pk}),
                "switch_url": reverse("switch_earn_rule", kwargs={**here, "rule_id": rule.pk}),
            }
            for rule in rules
        ],
    }


def rule_in_words(rule: EarnRule, context: Context) -> str:
    """What a rule gives, in one sentence."""
    settings, style = rule.settings, values.style_of(context)
    if rule.kind == "multiplier":
        share = f"× {settings['percent'] / 100:g}"
        if not settings["tiers"]:
            return _("%(times)s what orders earn") % {"times": share}
        return ngettext(
            "%(times)s what orders earn, for %(count)s tier",
            "%(times)s what orders earn, for %(count)s tiers",
            len(settings["tiers"]),
        ) % {"times": share, "count": len(settings["tiers"])}
    points = ngettext("%(count)s point", "%(count)s points", settings["points"]) % {
        "count": cells.format_whole(settings["points"], style.language)
    }
    if rule.kind == "amount":
        amount = display_money(settings["per_minor"], style.currency, style.language)
        return _("%(points)s for each %(amount)s") % {"points": points, "amount": amount}
    if rule.kind == "products":
        skus = settings["skus"]
        said = ", ".join(skus[:3]) + (f" +{len(skus) - 3}" if len(skus) > 3 else "")
        return _("%(points)s for each %(products)s") % {"points": points, "products": said}
    return _("%(points)s, %(when)s") % {"points": points, "when": inside(CLASSES[rule.kind].label)}


def _when(rule: EarnRule, context: Context) -> str:
    language = values.style_of(context).language
    first = cells.format_day(rule.starts or context.store.day_of(rule.created_at), language)
    if rule.ends:
        return f"{first} – {cells.format_day(rule.ends, language)}"
    return _("from %(day)s") % {"day": first}


def tiers_page(tiers: Sequence[Tier], members: Mapping[UUID, int], context: Context) -> dict[str, Any]:
    """The tiers, the best one first."""
    here, language = {"store": context.store.slug}, values.style_of(context).language
    customers = reverse("list", kwargs={**here, "resource_name": "customers"})
    return {
        "new_url": reverse("new_tier", kwargs=here),
        "rows": [
            {
                "name": tier.name,
                "tone": tier.colour,
                "from": threshold_in_words(tier, context),
                "grace": ngettext("%(count)s day", "%(count)s days", tier.grace_days)
                % {"count": tier.grace_days},
                "earns": f"× {tier.percent / 100:g}",
                "members": cells.format_whole(members.get(tier.pk, 0), language),
                "members_url": f"{customers}?{urlencode({'tab': 'all', 'where': in_tier(tier.name)})}"
                if members.get(tier.pk)
                else "",
                "url": reverse("edit_tier", kwargs={**here, "tier_id": tier.pk}),
                "remove_url": ""
                if members.get(tier.pk)
                else reverse("remove_tier", kwargs={**here, "tier_id": tier.pk}),
            }
            for tier in tiers
        ],
    }


def in_tier(name: str) -> str:
    """The condition for the members of a tier."""
    return write(Condition("tier", "=", (name,)))


def threshold_in_words(tier: Tier, context: Context) -> str:
    """From where on one is in a tier."""
    said = measure_in_words(tier, tier.threshold, context)
    if not tier.threshold:
        return _("everybody")
    if not tier.window_months:
        return said
    return ngettext("%(said)s in %(count)s month", "%(said)s in %(count)s months", tier.window_months) % {
        "said": said,
        "count": tier.window_months,
    }


def measure_in_words(tier: Tier, reached: int, context: Context) -> str:
    """So many points, or so much money."""
    style = values.style_of(context)
    if tier.by == TierBy.SPEND:
        return display_money(reached, style.currency, style.language)
    return ngettext("%(count)s point", "%(count)s points", reached) % {
        "count": cells.format_whole(reached, style.language)
    }
