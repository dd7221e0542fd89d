"""A message that somebody writes to one customer or to many."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.customers.models import Customer
from regulars.customers.services.verbs import sentences
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.ids import among
from regulars.messaging import events, queries
from regulars.messaging.choices import Channel, Purpose
from regulars.messaging.kinds import MessageKind, check_wording, declare, fill, one_line
from regulars.messaging.permissions import WRITE_MANY
from regulars.messaging.rules import FACTS, why_not
from regulars.messaging.services.queueing import Wanted, send_many, values_of
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

BY_HAND = {
    purpose: declare(
        MessageKind(
            name=f"written.{purpose}",
            label=label,
            purpose=purpose,
            variables=(),
            subject="",
            body="",
            is_by_hand=True,
        )
    )
    for purpose, label in (
        (Purpose.SERVICE, gettext_lazy("Written by hand")),
        (Purpose.MARKETING, gettext_lazy("Written by hand, marketing")),
    )
}


def write_to(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Write to these customers in words of one's own; who may not be written to is told with the reason."""
    kind, channel, wording = _asked(inputs)
    outcome = Outcome()
    with transaction.atomic():
        opened = change_set or open_change_set(store=store, actor=actor, kind=events.WRITTEN, now=now)
        # One act writes once to each, also when its batch is done again.
        wanted = [Wanted(one, key=f"written:{opened.id}:{one}") for one in ids]
        made = send_many(
            store=store,
            kind=kind,
            wanted=wanted,
            actor=actor,
            now=now,
            channel=channel,
            change_set=opened,
            wording=wording,
        )
        by_customer = {one.customer_id: one for one in made}
        for one in ids:
            message = by_customer.get(one)
            if message is None:
                outcome.skipped[one] = _("does not exist in this store")
            elif message.why:
                outcome.skipped[one] = message.why
            else:
                outcome.done.append(one)
        touched = [
            Touched(one, data={"subject": by_customer[one].subject or _("text message")})
            for one in outcome.done
        ]
        record(change_set=opened, resource="customers", kind=events.WRITTEN, touched=touched, now=now)
        outcome.change_set = opened.id
    return outcome


def preview_writing(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """Who would be written to, who not and why, and how the first one reads."""
    try:
        kind, channel, (subject, body) = _asked(inputs)
    except Invalid as problem:
        return [problem.sentence] if inputs.get("body") else []
    found = Customer.objects.filter(store=store).only(*FACTS).filter(pk__in=among(ids)).in_bulk()
    stopped = queries.stops_among(store=store, people=found.values())
    groups: dict[str, list[Customer]] = {}
    for one in ids:
        if customer := found.get(one):
            why = why_not(customer, purpose=kind.purpose, channel=channel, stopped=stopped)
            groups.setdefault(why, []).append(customer)
    told = sentences(groups, _("get it"), count=count, looked_at=len(ids))
    if first := next(iter(groups.get("", [])), None):
        values = values_of(store, first)
        head = f"{one_line(fill(subject, values))}: " if subject else ""
        told.append(f"{first.name}: “{head}{fill(body, values)}”")
    return told


def admit_writing(*, store: Store, count: int, inputs: dict[str, Any], actor: Actor, now: datetime) -> str:
    """More than the store lets one person write to wait for a second one."""
    _asked(inputs)
    if count > 1:
        actor.require(WRITE_MANY)
    limit = queries.settings_of(store=store).second_person_above
    if limit is None or count <= limit:
        return ""
    return _("Writing to more than %(limit)s customers takes a second person.") % {"limit": f"{limit:,}"}


def _asked(inputs: dict[str, Any]) -> tuple[MessageKind, Channel, tuple[str, str]]:
    kind = BY_HAND[Purpose(inputs.get("purpose") or Purpose.SERVICE)]
    channel = Channel(inputs.get("channel") or Channel.MAIL)
    subject = "" if channel == Channel.SMS else one_line(str(inputs.get("subject") or ""))
    body = str(inputs.get("body") or "").strip()
    if not body:
        raise Invalid(_("Write something."), field="body")
    if channel == Channel.MAIL and not subject:
        raise Invalid(_("Give it a subject."), field="subject")
    check_wording(kind, subject, field="subject")
    check_wording(kind, body, field="body")
    return kind, channel, (subject, body)
