"""What the pages about privacy show: plain rows, ready for the templates."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk import cells, values
from regulars.desk.customers.timeline import timeline_context
from regulars.desk.lists.actions import verbs_for
from regulars.desk.records.views import row_of
from regulars.desk.words import shown
from regulars.jobs.choices import RunState
from regulars.messaging.choices import Channel, Purpose
from regulars.messaging.queries import consents_in
from regulars.privacy import queries
from regulars.privacy.choices import PENDING, Kind, State
from regulars.privacy.permissions import COPY, VIEW
from regulars.privacy.queries import Rehearsal, RetentionRule
from regulars.privacy.resource.fields import whose
from regulars.resources.context import Context
from regulars.resources.resource import Resource, get_resource

_RAIL = (
    "state", "due", "received", "way", "proof", "proof_by", "proof_note", "handler", "extended_why", "erase",
    "problem", "author", "closed",
)  # fmt: skip
_DAY = 86_400


def request_page(
    resource: Resource, record_id: UUID, context: Context, base: str, earlier: datetime | None
) -> dict[str, Any]:
    """Everything the page of a request shows."""
    fields = {field.name: field for field in resource.fields(context.actor)}
    needs = {need for action in resource.actions(context.actor) for need in action.needs}
    needs |= {"customer_id", "due_at", "erase_at", "customer__first_name", "customer__last_name"}
    row = row_of(resource, record_id, context, fields.values(), extra=needs)
    url = f"{base}{record_id}/"
    sees = context.actor.may("customers.view") and row["customer_id"]
    here = {"store": context.store.slug}
    return {
        "title": str(Kind(row["kind"]).label),
        "url": url,
        "list_url": base,
        "list_label": str(resource.label),
        "state": values.inner(fields["state"], row, context),
        "verbs": verbs_for(resource, row, context, base, back=url),
        "customer": whose(row, context),
        "customer_url": reverse("customer", kwargs={**here, "record_id": row["customer_id"]}) if sees else "",
        "forgotten": row["customer_id"] is None or not whose(row, context).partition(" ")[2],
        "deadline": _deadline(row, context),
        "details": row.get("details", "") if "details" in fields else "",
        "answer": row.get("answer", "") if "answer" in fields else "",
        "facts": [
            {"label": str(fields[name].label), "html": values.inner(fields[name], row, context)}
            for name in _RAIL
            if name in fields and row[fields[name].path] not in ("", None)
        ],
        **timeline_context(
            resource, {**row, "source": row["author_name"]}, context, url=url, position="", before=earlier
        ),
    }


def _deadline(row: Any, context: Context) -> dict[str, str]:
    """How much time is left, in words; nothing for what is finished."""
    if row["state"] not in PENDING:
        return {}
    left = (context.store.day_of(row["due_at"]) - context.today).days
    if left < 0:
        text = ngettext("Overdue by %(count)s day", "Overdue by %(count)s days", -left) % {"count": -left}
        return {"tone": "red", "text": text}
    text = ngettext("%(count)s day left to answer", "%(count)s days left to answer", left) % {"count": left}
    if row["state"] == State.WAITING and row["erase_at"]:
        text = _("Erased by itself on %(day)s; the customer can still take it back") % {
            "day": _day(row["erase_at"], context)
        }
    return {"tone": "amber" if left <= 7 else "blue", "text": text}


def _day(moment: datetime, context: Context) -> str:
    return cells.format_day(context.store.day_of(moment), values.style_of(context).language)


def data_page(row: Any, context: Context, base: str) -> dict[str, Any]:
    """The page with what a customer's data went through: copies, agreements, requests."""
    store, customer_id = context.store, row["id"]
    url = f"{base}{customer_id}/"
    resource = get_resource("customers")
    here = {"store": store.slug, "record_id": customer_id}
    verbs = {one["name"]: one for one in verbs_for(resource, row, context, base, back=f"{url}data/")}
    warned = queries.warnings_of(store=store, customer_id=customer_id)
    return {
        "title": resource.title(row),
        "list_url": base,
        "list_label": str(resource.label),
        "url": url,
        "may_copy": context.actor.may(COPY),
        "copy_url": reverse("make_data_copy", kwargs=here),
        "copies": [
            {
                "url": reverse("data_copy", kwargs={**here, "copy_id": one.pk}) if one.is_ready else "",
                "when": shown(one.created_at),
                "who": one.author_name or _("The customer"),
                "rows": cells.format_whole(one.rows, values.style_of(context).language),
                "size": _size(one.size),
                "until": _day(one.expires_at, context),
                "fetched": shown(one.fetched_at) if one.fetched_at else "",
            }
            for one in queries.copies_of(store=store, customer_id=customer_id, now=context.now)
        ],
        "warned": _("Will be forgotten on %(day)s by the rule “%(rule)s”, unless they come back.")
        % {"day": _day(warned.forget_at, context), "rule": warned.rule.name}
        if warned
        else "",
        "agreements": [
            {
                "what": f"{Purpose(one.purpose).label} ({Channel(one.channel).label})",
                "granted": one.granted,
                "when": shown(one.at),
                "who": one.author_name or _("The customer"),
                "wording": one.wording,
            }
            for one in consents_in(store).filter(customer_id=customer_id).order_by("-at", "-pk")[:50]
        ],
        "requests": [
            {
                "url": reverse("privacy_request", kwargs={"store": store.slug, "record_id": one.pk})
                if context.actor.may(VIEW)
                else "",
                "what": one.get_kind_display(),
                "state": one.get_state_display(),
                "due": _day(one.due_at, context),
                "is_overdue": one.state in PENDING and one.due_at < context.now,
            }
            for one in queries.requests_by(store=store, customer_id=customer_id)
        ],
        "note_verb": verbs.get("note-privacy-request"),
        "end_verb": verbs.get("withdraw-consents"),
    }


def _size(number: int) -> str:
    return _("%(size)s KB") % {"size": max(1, round(number / 1024))}


def rule_row(rule: RetentionRule, context: Context) -> dict[str, Any]:
    """A rule of keeping in a list."""
    here = {"store": context.store.slug, "rule_id": rule.pk}
    return {
        "name": rule.name,
        "said": ngettext(
            "A mail after %(months)s month without a sign of life; anonymised %(days)s days later",
            "A mail after %(months)s months without a sign of life; anonymised %(days)s days later",
            rule.months,
        )
        % {"months": rule.months, "days": rule.grace_days},
        "active": rule.active,
        "lost": queries.lost_its_segment(rule),
        "url": reverse("retention_rule", kwargs=here),
        "last": _last_run(rule, context),
    }


def _last_run(rule: RetentionRule, context: Context) -> dict[str, str]:
    """What the last night did."""
    run = queries.run_of(rule.last_run_id, store=context.store)
    if run is None:
        return {}
    counts = {name: run.counts.get(name, 0) for name in ("warned", "forgotten", "spared", "failed")}
    text = _("told: %(warned)s, forgotten: %(forgotten)s, came back: %(spared)s") % counts
    if counts["failed"]:
        text += " · " + _("not possible that night: %(failed)s") % counts
    if run.state in (RunState.WAITING, RunState.RUNNING):
        text += " · " + _("still at it")
    if run.state == RunState.FAILED:
        text += f" · {run.message}"
    url = reverse("run", kwargs={"store": context.store.slug, "run_id": run.pk})
    return {"text": text, "when": shown(run.created_at), "url": url}


def rule_page(rule: RetentionRule, found: Rehearsal, context: Context) -> dict[str, Any]:
    """A rule with what it would do tonight."""
    here = {"store": context.store.slug, "rule_id": rule.pk}
    language = values.style_of(context).language
    customers = reverse("list", kwargs={"store": context.store.slug, "resource_name": "customers"})
    sees = context.actor.may("customers.view")
    return {
        **rule_row(rule, context),
        "edit_url": reverse("edit_retention_rule", kwargs=here),
        "on_url": reverse("switch_retention_on", kwargs=here),
        "off_url": reverse("switch_retention_off", kwargs=here),
        "remove_url": reverse("remove_retention_rule", kwargs=here),
        "back_url": reverse("retention", kwargs={"store": context.store.slug}),
        "count": found.count,
        "number": cells.format_whole(found.count, language),
        "without_email": cells.format_whole(found.without_email, language) if found.without_email else "",
        "told": cells.format_whole(found.warned, language) if found.warned else "",
        "first": [
            {"name": one.name or f"#{one.number}", "number": one.number, "since": _day(one.created_at, context),
             "url": f"{customers}{one.pk}/"}
            for one in found.first
        ] if sees else [],
        "more": max(0, found.count - len(found.first)),
        "keeps": [
            line
            for line in (
                _("who has an open order, trade-in, request or an unpaid invoice"),
                _("who has store credit"),
                _("flagged customers") if rule.keep_flagged else "",
                _("who has one of the tags: %(tags)s") % {"tags": ", ".join(rule.tags)} if rule.tags else "",
                _("the segment “%(name)s”") % {"name": rule.segment_name} if rule.segment_name else "",
            )
            if line
        ],
        "switched": _("Switched on by %(who)s on %(day)s, for %(count)s customers.")
        % {
            "who": rule.switched_by,
            "day": _day(rule.switched_at, context),
            "count": cells.format_whole(rule.expected, language),
        }
        if rule.active and rule.switched_at
        else "",
    }  # fmt: skip
