"""The pages of the block list as plain data."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.blocklist import queries
from regulars.blocklist.choices import Door, Mode, RuleKind, RuleList
from regulars.blocklist.queries import Rule
from regulars.blocklist.rehearsal import Rehearsal, rehearse_stored
from regulars.blocklist.resource.fields import about
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.desk import cells, values
from regulars.desk.customers.timeline import timeline_context
from regulars.desk.lists.actions import verbs_for
from regulars.desk.records.views import row_of
from regulars.kit import charts
from regulars.kit.money import display_money, display_round_money, to_major
from regulars.kit.text import initials
from regulars.resources.context import Context
from regulars.resources.resource import get_resource

DAYS = 30
HITS = 10
_FACTS = ("kind", "list", "status", "reason", "reason_shown", "expires", "author", "created")


def rehearsal_part(found: Rehearsal, list_name: str, confirmed: bool, context: Context) -> dict[str, Any]:
    """What a rule would do, for the panel beside its form."""
    trusts = list_name == RuleList.TRUST
    return {
        "sentence": _whom(found, context),
        "verb": _("It would stay open to them whatever other rules say.")
        if trusts
        else _("They could not register, sign in, order or trade in."),
        "figures": _figures(found, context) if found.count else [],
        "people": _people(found, context),
        "more_url": _customers_url(found, context),
        "notices": found.notices,
        "warnings": found.warnings,
        "doubt": found.doubt,
        "asks_again": bool(found.doubt),
        "confirmed": confirmed,
    }


def rule_page(rule: Rule, context: Context, base: str, earlier: datetime | None) -> dict[str, Any]:
    """Everything the page of a rule shows."""
    resource, url = get_resource("blocks"), f"{base}{rule.pk}/"
    fields = {field.name: field for field in resource.fields(context.actor)}
    needs = {need for action in resource.actions(context.actor) for need in action.needs}
    row = row_of(resource, rule.pk, context, list(fields.values()), extra=needs)
    found = rehearse_stored(store=context.store, rule=rule, now=context.now)
    by_day = queries.hits_by_day(store=context.store, rule_id=rule.pk, now=context.now, days=DAYS)
    hits = sum(count for _day, count in by_day)
    style = values.style_of(context)
    may_edit = context.actor.may(resource.permission("edit"))
    return {
        "title": about(row, context),
        "list_url": base,
        "list_label": _("Block list"),
        "badges": _badges(rule, context),
        "icon": "shield-check" if rule.list == RuleList.TRUST else "ban",
        "edit_url": f"{url}edit/" if may_edit else "",
        "verbs": verbs_for(resource, row, context, base, back=base),
        "banner": _banner(rule, context),
        "customer_url": _customer_url(rule, context),
        "figures": [*_figures(found, context), _hits_figure(hits, style)],
        "sentence": _whom(found, context),
        "knows_people": rule.kind != RuleKind.IP,
        "forgotten": queries.forgets_its_value(rule),
        "people": _people(found, context),
        "more_url": _customers_url(found, context),
        "chart": {
            "title": _("Hits"),
            "note": _("Last %(days)s days") % {"days": DAYS},
            "svg": charts.bars(
                [(_short(day, at, style), float(count)) for at, (day, count) in enumerate(by_day)],
                title=_("Hits by day"),
                write=lambda count: cells.format_whole(int(count), style.language),
            ),
        },
        "hits": [
            _hit(hit, style) for hit in queries.latest_hits(store=context.store, rule_id=rule.pk, limit=HITS)
        ],
        "facts": [
            {"label": str(fields[name].label), "html": values.inner(fields[name], row, context)}
            for name in _FACTS
            if name in fields
        ],
        **timeline_context(
            resource, {**row, "source": rule.author_name}, context, url=url, position="", before=earlier
        ),
    }


def blocked_banner(rules: list[Rule], customer_id: Any, context: Context) -> dict[str, Any] | None:
    """What the page of a blocked customer says on top: since when, by whom, why, until when."""
    if not rules:
        return None
    rule, style = rules[0], values.style_of(context)
    since = cells.format_day(rule.created_at.astimezone(style.zone).date(), style.language)
    own = rule.customer_id == customer_id
    text = _("Blocked since %(day)s by %(who)s") if own else _("Blocked since %(day)s by a rule of %(who)s")
    parts = [text % {"day": since, "who": rule.author_name}]
    if rule.reason:
        parts.append(_("because: %(why)s") % {"why": rule.reason})
    parts.append(_until(rule, style))
    return {
        "text": ", ".join(parts) + ".",
        "links": [
            {
                "label": _("Open the rule") if len(rules) == 1 else f"{one.get_kind_display()}: {one.masked}",
                "url": reverse("block", kwargs={"store": context.store.slug, "record_id": one.pk}),
            }
            for one in rules[:3]
        ],
        "own": all(one.customer_id == customer_id for one in rules),
    }


def _whom(found: Rehearsal, context: Context) -> str:
    if not found.count:
        return _("No customer on record is meant.")
    number = cells.format_whole(found.count, values.style_of(context).language)
    if not found.exact:
        return _("About %(count)s customers are meant.") % {"count": number}
    return ngettext("%(count)s customer is meant.", "%(count)s customers are meant.", found.count) % {
        "count": number
    }


def _figures(found: Rehearsal, context: Context) -> list[dict[str, str]]:
    style = values.style_of(context)
    about = "" if found.exact else "≈ "

    def whole(number: int) -> str:
        return about + cells.format_whole(number, style.language)

    spend = display_round_money(
        round(to_major(found.yearly_minor, style.currency)), style.currency, style.language
    )
    kept = (
        _("%(count)s on the trust list") % {"count": found.kept_open}
        if found.kept_open
        else _("by their flag")
    )
    return [
        {"label": _("Customers"), "value": whole(found.count), "note": _("on record")},
        {"label": _("Trusted"), "value": whole(found.trusted), "note": kept},
        {"label": _("A year"), "value": about + spend, "note": _("spent, on average")},
    ]


def _hits_figure(hits: int, style: cells.Style) -> dict[str, str]:
    return {
        "label": _("Hits"),
        "value": cells.format_whole(hits, style.language),
        "note": _("last %(days)s days") % {"days": DAYS},
    }


def _people(found: Rehearsal, context: Context) -> list[dict[str, Any]]:
    if not context.actor.may(SEE_CUSTOMERS):
        return []
    style = values.style_of(context)
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": "customers"})
    return [
        {
            "url": f"{base}{one.pk}/",
            "name": one.name,
            "initials": initials(one.name),
            "hue": cells.hue_of(str(one.pk)),
            "detail": " · ".join(part for part in (one.email, f"#{one.number}") if part),
            "spend": display_money(one.spent_minor, style.currency, style.language)
            if one.spent_minor
            else "",
            "badge": _("Trusted") if one.flag == "trusted" else "",
        }
        for one in found.people
    ]


def _customers_url(found: Rehearsal, context: Context) -> str:
    if not found.where or not context.actor.may(SEE_CUSTOMERS) or not found.count:
        return ""
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": "customers"})
    return f"{base}?{urlencode({'tab': 'all', 'where': found.where})}"


def _customer_url(rule: Rule, context: Context) -> str:
    if rule.customer_id is None or not context.actor.may(SEE_CUSTOMERS):
        return ""
    base = reverse("list", kwargs={"store": context.store.slug, "resource_name": "customers"})
    return f"{base}{rule.customer_id}/"


def _badges(rule: Rule, context: Context) -> list[dict[str, str]]:
    found = [{"label": str(rule.get_kind_display()), "tone": ""}]
    if rule.list == RuleList.TRUST:
        found.append({"label": _("Trust list"), "tone": "green"})
    if rule.mode == Mode.SHADOW:
        found.append({"label": _("Shadow"), "tone": "amber"})
    if rule.expires_at is not None and rule.expires_at <= context.now:
        found.append({"label": _("Expired"), "tone": ""})
    return found


def _banner(rule: Rule, context: Context) -> str:
    if rule.expires_at is not None and rule.expires_at <= context.now:
        return _("This rule has expired and stops nobody. A later end brings it back.")
    if rule.mode == Mode.SHADOW:
        return _("Shadow mode: nobody is turned away, hits are only counted.")
    return ""


def _until(rule: Rule, style: cells.Style) -> str:
    if rule.expires_at is None:
        return _("for good")
    end = (rule.expires_at - timedelta(microseconds=1)).astimezone(style.zone)
    return _("until %(day)s") % {"day": cells.format_day(end.date(), style.language)}


def _short(day: Any, at: int, style: cells.Style) -> str:
    """Every fifth day is named, counted from today; thirty names would run into each other."""
    return f"{day.day}." if (DAYS - 1 - at) % 5 == 0 else ""


def _hit(hit: Any, style: cells.Style) -> dict[str, str]:
    local = hit.minute.astimezone(style.zone)
    return {
        "iso": local.isoformat(),
        "when": f"{cells.format_ago(local, style)}, {local:%H:%M}",
        "door": str(Door(hit.door).label),
        "tried": hit.tried,
        "times": cells.format_whole(hit.times, style.language) if hit.times > 1 else "",
        "shadow": _("Shadow") if hit.shadow else "",
    }
