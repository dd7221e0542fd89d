"""Sending an offer: who may be written to, who had too many lately, and who is held out to compare with."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.customers.models import Customer
from regulars.kit.actor import Actor, system
from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.ids import among, new_id, parse_id
from regulars.kit.language import locale_of, spoken
from regulars.kit.locks import lock_rows
from regulars.messaging.choices import Channel
from regulars.messaging.queries import stops_among
from regulars.messaging.rules import FACTS, why_not
from regulars.messaging.services import Wanted, send_many
from regulars.messaging.services.queueing import tongues
from regulars.offers import events, queries
from regulars.offers.benefits import benefit_of
from regulars.offers.choices import Audience, State
from regulars.offers.comparing import is_held_out
from regulars.offers.messages import SENT
from regulars.offers.models import Grant, Offer
from regulars.offers.tokens import offer_url
from regulars.offers.words import valid_words
from regulars.resources.action import Outcome
from regulars.resources.context import Context
from regulars.resources.execute import Selection, count_selection, perform
from regulars.resources.language import Condition, write
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.segments.queries import members_of
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


@dataclass(slots=True)
class _Plan:
    """Who is sent an offer, who is held out, and who is left and why."""

    sent: list[UUID] = field(default_factory=list)
    held_out: list[UUID] = field(default_factory=list)
    left: dict[UUID, str] = field(default_factory=dict)


def send_offer(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Send customers an offer, each once. Who has not agreed to marketing, got too many lately or is not meant by the
    offer is left, with the reason."""
    offer = _offer(store, inputs)
    with transaction.atomic():
        # Two sendings at the same moment wait for each other here, so that both count towards the limit.
        people = lock_rows(Customer.objects.filter(store=store).only(*FACTS, "tier"), ids)
        plan = _plan(store, offer, list(dict.fromkeys(ids)), people, now)
        _write(store, offer, plan.sent, held_out=False, now=now)
        _write(store, offer, plan.held_out, held_out=True, now=now)
        done = [*plan.sent, *plan.held_out]
        outcome = Outcome(done=done, skipped=plan.left)
        if done:
            opened = change_set or open_change_set(store=store, actor=actor, kind=events.SENT, now=now)
            outcome.change_set = opened.id
            _mail(store, offer, plan, people, actor, now, opened)
            for kind, each in ((events.SENT, plan.sent), (events.HELD_OUT, plan.held_out)):
                told = [Touched(one, 0, data={"offer": offer.title}) for one in each]
                record(change_set=opened, resource="customers", kind=kind, touched=told, now=now)
    return outcome


def preview_sending(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """Who of them would get it, and who not and why."""
    if not inputs.get("offer"):
        return []
    offer = _offer(store, inputs)
    people = Customer.objects.filter(store=store).only(*FACTS, "tier").in_bulk(ids)
    plan = _plan(store, offer, ids, people, now)
    whys: dict[str, int] = {}
    for why in plan.left.values():
        whys[why] = whys.get(why, 0) + 1
    said = ngettext("%(count)s customer gets it.", "%(count)s customers get it.", len(plan.sent))
    told = [said % {"count": f"{len(plan.sent):,}"}]
    if plan.held_out:
        out = len(plan.held_out)
        said = ngettext(
            "%(count)s is held out, to compare with.", "%(count)s are held out, to compare with.", out
        )
        told.append(said % {"count": f"{out:,}"})
    told += [f"{number:,}: {why}." for why, number in sorted(whys.items(), key=lambda one: -one[1])[:6]]
    if count > len(ids):
        told.insert(0, _("Of the first %(count)s:") % {"count": f"{len(ids):,}"})
    return told


def send_to_audience(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Send offers to everybody they are for; many are done by the worker, and each offer is a sending of its own."""
    outcome, context = Outcome(), Context(store=store, actor=actor, now=now)
    for one in dict.fromkeys(ids):
        try:
            offer = queries.get_offer(store=store, offer_id=one)
            perform(
                resource=get_resource("customers"),
                name="send-offer",
                selection=_audience(offer, context),
                raw_inputs={"offer": str(one)},
                context=context,
            )
        except Refused as refusal:
            outcome.skipped[one] = refusal.sentence
        else:
            outcome.done.append(one)
    return outcome


def preview_whole(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """How many customers an offer is for."""
    context, told = Context(store=store, actor=actor, now=now), []
    for one in ids[:20]:
        try:
            offer = queries.get_offer(store=store, offer_id=one)
            number = count_selection(_audience(offer, context), context)
        except Refused as refusal:
            told.append(refusal.sentence)
        else:
            said = ngettext(
                "%(offer)s is for %(count)s customer.", "%(offer)s is for %(count)s customers.", number
            )
            told.append(said % {"offer": offer.title, "count": f"{number:,}"})
    return told


def _offer(store: Store, inputs: dict[str, Any]) -> Offer:
    known = parse_id(str(inputs.get("offer") or ""))
    if known is None:
        raise InvalidRecord({"offer": _("Choose an offer.")})
    return queries.get_offer(store=store, offer_id=known)


def _audience(offer: Offer, context: Context) -> Selection:
    """The customers whom an offer is for, as a query of the customers' list. Raises `Refused`."""
    if offer.state != State.ACTIVE:
        raise Refused(_("%(offer)s is not open: open it first.") % {"offer": offer.title})
    if offer.audience == Audience.CHOSEN:
        raise Refused(_("Choose customers in their list and send it from there."))
    where = ""
    if offer.audience == Audience.TIER:
        where = write(Condition("tier", "=", (offer.tier,)))
    elif offer.audience == Audience.SEGMENT and offer.segment is not None:
        where = write(Condition("segment", "=", (offer.segment.name,)))
    params = {"tab": "all", "where": where} if where else {"tab": "all"}
    return Selection(query=query_from_params(get_resource("customers"), params, context, strict=True))


def _plan(store: Store, offer: Offer, ids: list[UUID], people: dict[UUID, Customer], now: datetime) -> _Plan:
    plan = _Plan()
    if why := _closed(offer, now):
        plan.left = dict.fromkeys(ids, why)
        return plan
    here = [one for one in ids if one in people]
    before = queries.grants_of(store).filter(offer=offer, customer_id__in=among(here))
    known = {who: held_out for who, held_out, sent in before.values_list("customer_id", "held_out", "sent_at")
             if held_out or sent}  # fmt: skip
    stopped = stops_among(store=store, people=people.values())
    settings = queries.settings_of(store=store)
    lately = (
        queries.sent_lately(store=store, ids=here, days=settings.within_days, now=now)
        if settings.most_offers
        else {}
    )
    outside = _outside(offer, store, here, people, now)
    for one in ids:
        if one not in people:
            why = _("does not exist in this store")
        elif one in known:
            why = _("is held out, to compare with") if known[one] else _("was sent it already")
        elif one in outside:
            why = _("is not among those it is for")
        elif no := why_not(people[one], purpose=SENT.purpose, channel=Channel.MAIL, stopped=stopped):
            why = no
        elif settings.most_offers and lately.get(one, 0) >= settings.most_offers:
            why = ngettext(
                "got %(count)s offer in the last %(days)s days",
                "got %(count)s offers in the last %(days)s days",
                lately[one],
            ) % {"count": lately[one], "days": settings.within_days}
        else:
            held_out = is_held_out(customer_id=one, offer_id=offer.pk, percent=offer.hold_out)
            (plan.held_out if held_out else plan.sent).append(one)
            continue
        plan.left[one] = why
    return plan


def _closed(offer: Offer, now: datetime) -> str:
    if offer.state != State.ACTIVE:
        return _("the offer is not open")
    return _("the offer has ended") if offer.ends_at is not None and offer.ends_at <= now else ""


def _outside(
    offer: Offer, store: Store, ids: Collection[UUID], people: dict[UUID, Customer], now: datetime
) -> set[UUID]:
    """Who of them could not redeem it."""
    if offer.audience == Audience.TIER:
        return {one for one in ids if people[one].tier.casefold() != offer.tier.casefold()}
    if offer.audience == Audience.SEGMENT and offer.segment is not None:
        context = Context(store=store, actor=system(), now=now)
        inside = members_of(offer.segment, context).filter(pk__in=among(ids))
        return set(ids) - set(inside.values_list("pk", flat=True))
    return set()


def _write(store: Store, offer: Offer, ids: list[UUID], *, held_out: bool, now: datetime) -> None:
    """Who redeemed it before it was sent to them has a row already."""
    sent_at = None if held_out else now
    rows = [
        Grant(
            id=new_id(),
            store=store,
            offer=offer,
            customer_id=one,
            held_out=held_out,
            chosen_at=now,
            sent_at=sent_at,
            created_at=now,
        )
        for one in ids
    ]
    Grant.objects.bulk_create(
        rows,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["store", "offer", "customer"],
        update_fields=["held_out", "chosen_at", "sent_at"],
    )


def _said(store: Store, offer: Offer, tongue: str) -> dict[str, str]:
    """What a mail tells of an offer, in the language of the words around it."""
    with spoken(tongue):
        locale = locale_of(tongue)
        return {
            "offer": offer.title,
            "benefit": benefit_of(offer.kind).say(offer, store, locale),
            "terms": offer.terms,
            "valid": valid_words(offer, store, locale),
        }


def _mail(
    store: Store,
    offer: Offer,
    plan: _Plan,
    people: dict[UUID, Customer],
    actor: Actor,
    now: datetime,
    opened: OpenChangeSet,
) -> None:
    asked = {one: people[one].language or store.language for one in plan.sent}
    spoken_in = tongues(store, SENT, Channel.MAIL, set(asked.values()))
    same = {language: _said(store, offer, tongue) for language, tongue in spoken_in.items()}
    wanted = [
        Wanted(
            one,
            same[language] | {"link": offer_url(store=store, offer_id=offer.pk, customer_id=one)},
            f"offer:{offer.pk}:{one}",
        )
        for one, language in asked.items()
    ]
    send_many(store=store, kind=SENT, wanted=wanted, actor=actor, now=now, change_set=opened)
