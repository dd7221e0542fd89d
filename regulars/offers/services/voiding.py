"""Taking redemptions back, with the reason; they stay to be seen."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound, Refused
from regulars.kit.ids import among
from regulars.kit.locks import lock_rows
from regulars.loyalty.services import NotEnoughPoints, void_entry
from regulars.offers import events, queries
from regulars.offers.models import Grant, Offer, Redemption
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record
from regulars.timeline.undoing import Past


def void_redemptions(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Take redemptions back: they count no more, their code can be used again, points that were given go."""
    left = _void(store, dict.fromkeys(ids, inputs["reason"]), actor, now, change_set)
    outcome = Outcome(skipped=left[0], change_set=left[1])
    outcome.done = [one for one in dict.fromkeys(ids) if one not in outcome.skipped]
    return outcome


def undo_redemptions(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take back what an act redeemed."""
    told = {UUID(past.data["redemption"]): past.record_id for past in pasts}
    left, _opened = _void(store, dict.fromkeys(told, _("Undone")), actor, now, change_set)
    return {told[one]: why for one, why in left.items()}


def _void(
    store: Store,
    reasons: Mapping[UUID, str],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> tuple[dict[UUID, str], UUID | None]:
    """Returns which were left alone and why, and the act."""
    left: dict[UUID, str] = {}
    touched: dict[str, list[Touched]] = {"customers": [], "offers": []}
    with transaction.atomic():
        asked = Redemption.objects.filter(store=store, pk__in=among(reasons))
        about = list(asked.values_list("offer_id", "customer_id"))
        lock_rows(Customer.objects.filter(store=store).only("pk"), {who for _what, who in about if who})
        offers = lock_rows(Offer.objects.filter(store=store), {what for what, _who in about})
        rows = lock_rows(Redemption.objects.filter(store=store), reasons)
        # Further parts before the first ones, so that both can be taken back at once.
        for one in sorted(reasons, key=lambda one: one not in rows or rows[one].part_of_id is None):
            redemption = rows.get(one)
            try:
                if redemption is None:
                    raise Refused(_("does not exist in this store"))
                with transaction.atomic():
                    _take_back(redemption, offers[redemption.offer_id], reasons[one], actor, now)
            except Refused as refusal:
                left[one] = refusal.sentence
                continue
            because = f": {reasons[one]}" if reasons[one] else ""
            said = {"offer": offers[redemption.offer_id].title, "because": because}
            if redemption.customer_id is not None:
                touched["customers"].append(Touched(redemption.customer_id, 0, data=said))
            else:
                touched["offers"].append(Touched(redemption.offer_id, 0, data=said))
        recount_redeemed(store=store, pairs=set(about))
        opened = change_set
        for resource, each in touched.items():
            if each:
                kind = events.VOIDED
                opened = opened or open_change_set(store=store, actor=actor, kind=kind, now=now)
                record(change_set=opened, resource=resource, kind=kind, touched=each, now=now)
    return left, opened.id if opened else None


def _take_back(redemption: Redemption, offer: Offer, reason: str, actor: Actor, now: datetime) -> None:
    if redemption.voided_at is not None:
        raise Refused(_("was taken back already"))
    parts = queries.live(queries.redemptions_of(redemption.store)).filter(part_of=redemption)
    if parts.exists():
        raise Refused(_("was used in further parts since: take those back first"))
    if redemption.points_entry_id is not None:
        # Somebody may have taken the points back by themselves before.
        with suppress(NotEnoughPoints, NotFound):
            void_entry(
                store=redemption.store,
                entry_id=redemption.points_entry_id,
                reason=reason,
                actor=actor,
                now=now,
            )
    redemption.voided_at, redemption.voided_by, redemption.void_reason = now, actor.name, reason
    redemption.save(update_fields=["voided_at", "voided_by", "void_reason"])
    if redemption.part_of_id is None:
        offer.redeemed -= 1
        offer.save(update_fields=["redeemed"])


def recount_redeemed(*, store: Store, pairs: set[tuple[UUID, UUID | None]]) -> None:
    """Write when these customers last redeemed these offers, as their redemptions say."""
    people = {who for _what, who in pairs if who is not None}
    rows = queries.live(queries.redemptions_of(store)).filter(customer_id__in=among(people))
    last = {
        (offer, who): at
        for offer, who, at in rows.values_list("offer_id", "customer_id").annotate(at=Max("at"))
    }
    changed = []
    for grant in Grant.objects.filter(store=store, customer_id__in=among(people)):
        right = last.get((grant.offer_id, grant.customer_id))
        if (grant.offer_id, grant.customer_id) in pairs and grant.redeemed_at != right:
            grant.redeemed_at = right
            changed.append(grant)
    Grant.objects.bulk_update(changed, ["redeemed_at"], batch_size=2000)
