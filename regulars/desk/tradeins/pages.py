"""The page of a trade-in as plain data."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.customers.choices import PayoutKind
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.desk import cells, values
from regulars.desk.customers.timeline import timeline_context
from regulars.desk.invoices.beside import papers_of, told_of_tradein
from regulars.desk.lists.actions import verbs_for
from regulars.desk.records.views import row_of
from regulars.kit.money import display_money
from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.tradeins import queries
from regulars.tradeins.choices import CLOSED, Condition, Status
from regulars.tradeins.moves import BY_NAME
from regulars.tradeins.queries import TradeIn
from regulars.tradeins.resource.fields import STATUS_TONES, whose
from regulars.tradeins.resource.permissions import EDIT, PAYOUTS, REVEAL

_FACTS = (
    "way",
    "location",
    "acceptance",
    "courier",
    "tracking_number",
    "expires",
    "reference",
    "paid",
    "note",
    "author",
    "created",
)


def record_page(tradein: TradeIn, context: Context, base: str, earlier: datetime | None) -> dict[str, Any]:
    """Everything the page of a trade-in shows."""
    resource, url = get_resource("tradeins"), f"{base}{tradein.pk}/"
    fields = {field.name: field for field in resource.fields(context.actor)}
    needs = {need for action in resource.actions(context.actor) for need in action.needs}
    row = row_of(resource, tradein.pk, context, list(fields.values()), extra=needs)
    verbs = [
        verb for verb in verbs_for(resource, row, context, base, back=url) if verb["name"] != "set-payout"
    ]
    papers = papers_of("tradein", tradein.pk, context)
    return {
        "title": f"#{tradein.number}",
        "url": url,
        "list_url": base,
        "list_label": str(resource.label),
        "badges": _badges(tradein),
        "who": whose(row, context),
        "customer_url": _customer_url(tradein, context),
        "way": tradein.get_way_display(),
        "location": tradein.location,
        "next": [verb for verb in verbs if _is_next(verb["name"])],
        "more": [verb for verb in verbs if not _is_next(verb["name"])],
        "papers": papers,
        "open_url": next((one["url"] for one in papers if one["in_force"]), ""),
        "differs": told_of_tradein(tradein, context),
        "edit_url": f"{url}edit/" if context.actor.may(EDIT) and tradein.status not in CLOSED else "",
        "figures": _figures(tradein, context),
        "items": _items(tradein, context),
        "payout": _payout(tradein, context, url),
        "facts": [
            {"label": str(fields[name].label), "html": values.inner(fields[name], row, context)}
            for name in _FACTS
            if name in fields and fields[name].read(row, context) not in (None, "")
        ],
        **timeline_context(
            resource, {**row, "source": tradein.author_name}, context, url=url, position="", before=earlier
        ),
    }


def payout_lines(kind: str, masked: str) -> str:
    """A way to pay in one line, as everybody may see it."""
    return " · ".join(part for part in (str(PayoutKind(kind).label), masked) if part) if kind else ""


def _is_next(name: str) -> bool:
    return name in BY_NAME and BY_NAME[name].main


def _badges(tradein: TradeIn) -> list[dict[str, str]]:
    found = [{"label": str(Status(tradein.status).label), "tone": STATUS_TONES.get(tradein.status, "")}]
    if tradein.hold:
        found.append({"label": str(tradein.get_hold_display()), "tone": "amber"})
    return found


def _customer_url(tradein: TradeIn, context: Context) -> str:
    if not context.actor.may(SEE_CUSTOMERS):
        return ""
    here = {"store": context.store.slug, "record_id": tradein.customer_id}
    return reverse("customer", kwargs=here)


def _money(minor: int | None, tradein: TradeIn, context: Context) -> str:
    return "–" if minor is None else display_money(minor, tradein.currency, values.style_of(context).language)


def _figures(tradein: TradeIn, context: Context) -> list[dict[str, str]]:
    style = values.style_of(context)
    expires = tradein.expires_at
    waiting = tradein.status in (Status.PENDING, Status.LEAD, Status.REQUIRES_REVIEW)
    changed = tradein.updated_at.astimezone(style.zone)
    return [
        {
            "label": _("Quoted"),
            "value": _money(tradein.quoted_minor, tradein, context),
            "note": tradein.get_acceptance_display() or _("not accepted yet"),
        },
        {
            "label": _("Final price"),
            "value": _money(tradein.final_minor, tradein, context),
            "note": _("paid") if tradein.paid_at else _("after the inspection"),
        },
        {
            "label": _("Valid until") if waiting else _("In this state"),
            "value": cells.format_day(expires.astimezone(style.zone).date(), style.language)
            if waiting and expires
            else cells.format_ago(changed, style),
            "note": _("then it expires") if waiting else _("since the last change"),
        },
    ]


def _items(tradein: TradeIn, context: Context) -> list[dict[str, str]]:
    return [
        {
            "title": one.title,
            "condition": str(Condition(one.condition).label) if one.condition else "",
            "serial": one.serial,
            "quoted": _money(one.quoted_minor, tradein, context),
            "final": _money(one.final_minor, tradein, context),
        }
        for one in queries.items_of(store=tradein.store, tradein_id=tradein.pk)
    ]


def _payout(tradein: TradeIn, context: Context, url: str) -> dict[str, str]:
    may = context.actor.may
    return {
        "text": payout_lines(tradein.payout_kind, tradein.payout_masked),
        "edit_url": f"{url}payout/" if may(PAYOUTS) and tradein.status not in CLOSED else "",
        "reveal_url": f"{url}payout/reveal/" if may(REVEAL) and tradein.payout_sealed else "",
    }
