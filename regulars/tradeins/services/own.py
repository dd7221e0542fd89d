"""What customers do with their own trade-ins: start one, answer the shop, say how they are paid."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.services.edit import lock_customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound, Refused
from regulars.stores.models import Store
from regulars.tradeins import queries
from regulars.tradeins.choices import OPEN, Acceptance, Status, Way
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import TradeIn
from regulars.tradeins.moves import BY_CUSTOMER
from regulars.tradeins.services.create import NewTradeIn, NotAdmitted, create_tradein
from regulars.tradeins.services.edit import Overtaken, edit_tradein
from regulars.tradeins.services.locking import lock_tradeins
from regulars.tradeins.services.moving import Mover
from regulars.tradeins.services.payout import set_customer_payout, set_payout

# More that wait for the shop than anybody has means that somebody plays with the form.
MOST_OPEN = 20


class TooManyOpen(Refused):
    """The customer has as many trade-ins under way as one can have."""

    code = "too_many_open"


def start_own_tradein(
    *,
    store: Store,
    customer_id: UUID,
    items: Sequence[ItemFacts],
    note: str,
    actor: Actor,
    now: datetime,
) -> TradeIn:
    """Offer the shop things by post; it waits for the shop's price.

    Raises `InvalidRecord`, `TooManyOpen`, and `NotAdmitted` for those whom the block list keeps out.
    """
    plain = [
        ItemFacts(one.title, one.condition, one.serial) for one in items
    ]  # prices are the shop's to give
    facts = NewTradeIn(customer_id=customer_id, way=Way.MAIL_IN, items=plain, note=note)
    try:
        with transaction.atomic():
            lock_customer(store=store, customer_id=customer_id)
            under_way = queries.own_open(store=store, customer_id=customer_id, limit=MOST_OPEN)
            if len(under_way) >= MOST_OPEN:
                raise TooManyOpen(_("You have many trade-ins under way already. Finish or cancel one first."))
            return create_tradein(store=store, facts=facts, actor=actor, now=now)
    except NotAdmitted as refusal:
        # What the staff read of it is not for the customer; the hit is kept although this was taken back.
        if refusal.noted is not None:
            refusal.noted()
        raise NotAdmitted(_("We cannot take your trade-in. Please get in touch with us.")) from refusal


def move_own_tradein(
    *,
    store: Store,
    customer_id: UUID,
    tradein_id: UUID,
    name: str,
    version: int,
    inputs: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    """Answer the shop. `version` is what the customer was looking at: nobody agrees to a price that they did not see.

    Raises `NotFound`, `Overtaken`, `Invalid`, and `Refused` for what cannot be done any more.
    """
    step = BY_CUSTOMER.get(name)
    if step is None:
        raise Invalid(_("This could not be read. Nothing was changed."))
    with transaction.atomic():
        tradein = _locked(store, customer_id, tradein_id)
        if tradein.version != version:
            raise Overtaken(_("This changed since you looked at it. Please look again."))
        if not step.fits(status=tradein.status, way=tradein.way):
            raise Refused(_("This is not possible any more. Please look again."))
        told = {asked: inputs.get(asked, "") for asked in step.asks}
        told |= {"acceptance": Acceptance.SELLER, "why": str(step.because)}
        wanted = {asked: told[asked] for asked in step.move.asks if asked in told}
        outcome = Mover(step.move)(
            store=store, ids=[tradein_id], inputs=wanted, actor=actor, now=now, change_set=None
        )
        if outcome.skipped:
            raise Refused(_("This is not possible any more. Please look again."))


def tell_own_parcel(
    *,
    store: Store,
    customer_id: UUID,
    tradein_id: UUID,
    courier: str,
    tracking_number: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Say with which parcel something comes that is on its way. Raises `NotFound` and `Refused`."""
    with transaction.atomic():
        tradein = _locked(store, customer_id, tradein_id)
        if tradein.status != Status.IN_TRANSIT:
            raise Refused(_("This is not possible any more. Please look again."))
        values = {"courier": courier, "tracking_number": tracking_number}
        edit_tradein(
            store=store, tradein_id=tradein_id, values=values, base_version=None, actor=actor, now=now
        )


def set_own_payout(
    *, store: Store, customer_id: UUID, kind: str, values: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    """Say how the customer is usually paid, and so for what is under way and has no way to be paid yet."""
    with transaction.atomic():
        set_customer_payout(
            store=store, customer_id=customer_id, kind=kind, values=values, actor=actor, now=now
        )
        if not kind:
            return
        waiting = queries.tradeins_of(store).filter(customer_id=customer_id, status__in=OPEN, payout_kind="")
        for tradein_id in waiting.order_by("pk").values_list("pk", flat=True):
            set_payout(store=store, tradein_id=tradein_id, kind=kind, values=values, actor=actor, now=now)


def _locked(store: Store, customer_id: UUID, tradein_id: UUID) -> TradeIn:
    tradein = lock_tradeins(store, [tradein_id]).get(tradein_id)
    if tradein is None or tradein.customer_id != customer_id:
        raise NotFound(_("There is no such trade-in among yours."))
    return tradein
