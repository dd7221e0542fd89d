"""What people decide about two customers that look alike."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.duplicates import events
from regulars.duplicates.choices import Verdict
from regulars.duplicates.models import Pair
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound
from regulars.kit.locks import lock_rows
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record
from regulars.timeline.undoing import Past

KINDS = {
    Verdict.DIFFERENT: events.TOLD_APART,
    Verdict.HOUSEHOLD: events.HOUSEHOLD,
    Verdict.OPEN: events.REOPENED,
}


def decide(
    *, store: Store, pair_ids: Sequence[UUID], verdict: str, actor: Actor, now: datetime
) -> tuple[int, UUID | None]:
    """Say of pairs that they are two people, or one household; or with an empty verdict, that it is open again.

    Returns how many changed, and the act, so that it can be taken back. Raises `NotFound` and `Invalid`.
    """
    actor.require("customers.merge")
    if verdict not in Verdict.values:
        known = ", ".join(one for one in Verdict.values if one)
        raise Invalid(
            _("“%(verdict)s” is no verdict. Known: %(known)s.") % {"verdict": verdict[:40], "known": known},
            field="verdict",
        )
    with transaction.atomic():
        found = lock_rows(Pair.objects.filter(store=store), pair_ids)
        if set(pair_ids) - set(found):
            raise NotFound(_("One of these pairs is gone: one of the two was merged, deleted or changed."))
        pairs = [pair for pair in found.values() if pair.verdict != verdict]
        if not pairs:
            return 0, None
        opened = open_change_set(store=store, actor=actor, kind=KINDS[Verdict(verdict)], now=now)
        _decide(store, [(pair, Verdict(verdict)) for pair in pairs], opened, now)
    return len(pairs), opened.id


def undo_verdicts(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Give pairs the verdict they had before, unless somebody decided otherwise since."""
    left: dict[UUID, str] = {}
    with transaction.atomic():
        pairs = lock_rows(Pair.objects.filter(store=store), {UUID(past.data["pair"]) for past in pasts})
        back: dict[UUID, tuple[Pair, Verdict]] = {}
        for past in pasts:
            pair = pairs.get(UUID(past.data["pair"]))
            if pair is None:
                left[past.record_id] = _("one of the two is gone")
            elif pair.verdict != past.data["verdict"]:
                left[past.record_id] = _("was decided otherwise since")
            else:
                back[pair.pk] = pair, Verdict(past.data["was"])
        _decide(store, list(back.values()), change_set, now)
    return left


def _decide(store: Store, pairs: list[tuple[Pair, Verdict]], opened: OpenChangeSet, now: datetime) -> None:
    """Write the verdicts and tell both customers' timelines."""
    ids = {one for pair, _verdict in pairs for one in (pair.first_id, pair.second_id)}
    numbers = dict(Customer.objects.filter(store=store, pk__in=ids).values_list("pk", "number"))
    told: dict[Verdict, list[Touched]] = {}
    for pair, verdict in pairs:
        data = {"pair": str(pair.pk), "verdict": verdict.value, "was": pair.verdict}
        for one, other in ((pair.first_id, pair.second_id), (pair.second_id, pair.first_id)):
            told.setdefault(verdict, []).append(Touched(one, data=data | {"number": numbers[other]}))
        pair.verdict = verdict
        by = opened.actor if verdict else None
        pair.decided_by_id, pair.decided_by_name = (by.id, by.name) if by else (None, "")
        pair.decided_at = now if by else None
    written = ("verdict", "decided_by_id", "decided_by_name", "decided_at")
    Pair.objects.bulk_update([pair for pair, _verdict in pairs], written)
    for verdict, touched in told.items():
        record(change_set=opened, resource="customers", kind=KINDS[verdict], touched=touched, now=now)
