"""Codes of their own: made, or brought along."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.offers import events, queries
from regulars.offers.choices import Codes
from regulars.offers.codes import code_key, new_code
from regulars.offers.models import Code, Offer
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

MOST_AT_ONCE = 100_000
MOST_BROUGHT = 20_000
SHORTEST = 6


def make_codes(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Make codes that whoever brings them redeems: for cards, flyers, another system."""
    count = inputs["count"] or 0
    if not 1 <= count <= MOST_AT_ONCE:
        raise InvalidRecord({"count": _("Make 1 to %(most)s at once.") % {"most": f"{MOST_AT_ONCE:,}"}})
    keys = [[new_code() for _at in range(count)] for _one in ids]
    return _add(store, ids, keys, events.CODES_MADE, actor, now, change_set)


def add_codes(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Take codes over that were made elsewhere, one on each line. Those that are there already stay as they are."""
    typed = [line.partition(",")[0].strip() for line in inputs["codes"].splitlines() if line.strip()]
    keys = list(dict.fromkeys(code_key(one) for one in typed))
    if any(len(key) < SHORTEST for key in keys):
        text = _("A code of its own has at least %(least)s letters or digits, else it is guessed.")
        raise InvalidRecord({"codes": text % {"least": SHORTEST}})
    if not 1 <= len(keys) <= MOST_BROUGHT:
        raise InvalidRecord({"codes": _("Give 1 to %(most)s codes.") % {"most": f"{MOST_BROUGHT:,}"}})
    return _add(store, ids, [keys for _one in ids], events.CODES_BROUGHT, actor, now, change_set)


def give_codes(*, offer: Offer, customer_ids: list[UUID], now: datetime) -> None:
    """A code for each of these customers, who are locked and have none yet."""
    _insert(offer, [(new_code(), one) for one in customer_ids], now)


def _add(
    store: Store,
    ids: list[UUID],
    keys: list[list[str]],
    kind: EventKind,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    outcome, touched = Outcome(), []
    with transaction.atomic():
        offers = lock_rows(Offer.objects.filter(store=store), ids)
        for one, wanted in zip(ids, keys, strict=True):
            offer = offers.get(one)
            try:
                if offer is None:
                    raise NotFound(_("does not exist in this store"))
                if offer.codes != Codes.UNIQUE:
                    raise Refused(_("has one code for all"))
                before = queries.count_codes(store=store, offer_id=offer.pk)
                _insert(offer, [(key, None) for key in wanted], now)
                added = queries.count_codes(store=store, offer_id=offer.pk) - before
                if not added:
                    raise Refused(_("has all of these codes already"))
            except Refused as refusal:
                outcome.skipped[one] = refusal.sentence
                continue
            outcome.done.append(one)
            touched.append(Touched(offer.pk, offer.version, data={"count": f"{added:,}"}))
        if touched:
            opened = change_set or open_change_set(store=store, actor=actor, kind=kind, now=now)
            outcome.change_set = opened.id
            record(change_set=opened, resource="offers", kind=kind, touched=touched, now=now)
    return outcome


def _insert(offer: Offer, wanted: list[tuple[str, UUID | None]], now: datetime) -> None:
    """Write codes but those of offers with one for all; one that is there already is left out."""
    shared = set(
        Offer.objects.filter(store=offer.store, code_key__in=[key for key, _one in wanted]).values_list(
            "code_key", flat=True
        )
    )
    rows = [
        Code(id=new_id(), store=offer.store, offer=offer, customer_id=customer, code_key=key, created_at=now)
        for key, customer in wanted
        if key not in shared
    ]
    Code.objects.bulk_create(rows, batch_size=5000, ignore_conflicts=True)
