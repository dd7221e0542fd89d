"""Taking trade-ins one step further, as the table in `moves` allows; one trade-in is a selection of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.credit.choices import Source
from regulars.credit.services import change_credit
from regulars.customers.rules import as_json
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.kit.language import spoken
from regulars.kit.money import display_money
from regulars.kit.sealing import open_sealed
from regulars.kit.words import inside
from regulars.loyalty.choices import BelowZero, Kind
from regulars.loyalty.choices import Source as PointSource
from regulars.loyalty.queries import programme_of
from regulars.loyalty.rules import points_for
from regulars.loyalty.services import PointChange, change_points, expiry
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record
from regulars.tradeins import queries
from regulars.tradeins.choices import Acceptance, Status
from regulars.tradeins.models import Item, TradeIn
from regulars.tradeins.moves import BY_NAME, Move
from regulars.tradeins.payouts import method_of
from regulars.tradeins.rules import MOST_MINOR, QUOTE_DAYS, total
from regulars.tradeins.services.locking import lock_tradeins

GONE = gettext_noop("does not exist in this store")
COLUMNS = (
    "status",
    "hold",
    "acceptance",
    "courier",
    "tracking_number",
    "reference",
    "quoted_minor",
    "final_minor",
    "expires_at",
    "paid_at",
)


@dataclass(slots=True)
class Asked:
    """What a step was asked to do: the moment, and what was typed for it."""

    now: datetime
    inputs: Mapping[str, Any]
    actor: Actor


class Mover:
    """The service behind one step of the table."""

    def __init__(self, move: Move) -> None:
        self.move = move
        self.__doc__ = str(move.label)

    def __call__(
        self,
        *,
        store: Store,
        ids: list[UUID],
        inputs: dict[str, Any],
        actor: Actor,
        now: datetime,
        change_set: OpenChangeSet | None,
    ) -> Outcome:
        outcome, asked = Outcome(), Asked(now, inputs, actor)
        touched: dict[EventKind, list[Touched]] = {}
        with transaction.atomic():
            tradeins = lock_tradeins(store, ids)
            items = queries.items_by(store=store, ids=tradeins.keys())
            for record_id in dict.fromkeys(ids):
                tradein = tradeins.get(record_id)
                try:
                    if tradein is None:
                        raise Refused(_(GONE))
                    with transaction.atomic():  # what was begun for this one is taken back with it
                        told = _take(self.move, tradein, items[record_id], asked)
                except Refused as refusal:
                    outcome.skipped[record_id] = refusal.sentence
                    continue
                outcome.done.append(record_id)
                for kind, one in told:
                    touched.setdefault(kind, []).append(one)
            if outcome.done:
                event = self.move.event
                opened = change_set or open_change_set(store=store, actor=actor, kind=event, now=now)
                outcome.change_set = opened.id
                for kind, each in touched.items():
                    record(change_set=opened, resource="tradeins", kind=kind, touched=each, now=now)
        return outcome


def _take(move: Move, tradein: TradeIn, items: list[Item], asked: Asked) -> list[tuple[EventKind, Touched]]:
    """One step, and the one that follows by itself: who agreed beforehand to whatever is found is not asked again."""
    told = [_step(move, tradein, items, asked)]
    if tradein.status == Status.NOT_AS_DESCRIBED and tradein.acceptance == Acceptance.AUTO:
        further = BY_NAME["accept-price"]
        told.append(
            _step(further, tradein, items, Asked(asked.now, {"acceptance": Acceptance.AUTO}, asked.actor))
        )
    return told


def _step(move: Move, tradein: TradeIn, items: list[Item], asked: Asked) -> tuple[EventKind, Touched]:
    if not move.fits(status=tradein.status, way=tradein.way):
        raise Refused(_("is %(state)s") % {"state": inside(Status(tradein.status).label)})
    finals = {str(one.pk): one.final_minor for one in items}
    before = {name: as_json(getattr(tradein, name)) for name in COLUMNS}
    prepared = _PREPARE.get(move.name)
    if prepared is not None:
        prepared(tradein, items, asked)
    for name in ("courier", "tracking_number", "reference"):
        if asked.inputs.get(name):
            setattr(tradein, name, asked.inputs[name])
    tradein.status = move.target
    tradein.hold = asked.inputs.get("hold", "") if move.target == Status.ON_HOLD else ""
    tradein.version += 1
    tradein.updated_at = asked.now
    tradein.save(update_fields=[*COLUMNS, "version", "updated_at"])
    after = {name: as_json(getattr(tradein, name)) for name in COLUMNS}
    changed = [name for name in COLUMNS if before[name] != after[name]]
    why = asked.inputs.get("why", "")
    data: dict[str, Any] = {"because": f": {why}" if why else ""}
    if finals != {str(one.pk): one.final_minor for one in items}:
        data["finals"] = finals
    if move.target == Status.COMPLETED:
        locale = tradein.store.language.replace("-", "_")
        data["amount"] = display_money(tradein.final_minor or 0, tradein.currency, locale)
    return move.event, Touched(
        tradein.pk,
        tradein.version,
        {name: before[name] for name in changed},
        {name: after[name] for name in changed},
        data,
    )


def _quote(tradein: TradeIn, items: list[Item], asked: Asked) -> None:
    if total(one.quoted_minor for one in items) is None:
        raise Refused(_("needs a quoted price for each item first"))
    _renew(tradein, items, asked)


def _renew(tradein: TradeIn, items: list[Item], asked: Asked) -> None:
    """An offer holds for the usual time, from now on, and the customer is asked anew."""
    if tradein.expires_at is None or tradein.expires_at <= asked.now:
        tradein.expires_at = asked.now + timedelta(days=QUOTE_DAYS)
    tradein.acceptance = ""


def _accept(tradein: TradeIn, items: list[Item], asked: Asked) -> None:
    if tradein.expires_at is not None and tradein.expires_at <= asked.now:
        raise Refused(_("has run out; give it a later day first"))
    _agree(tradein, items, asked)


def _agree(tradein: TradeIn, items: list[Item], asked: Asked) -> None:
    tradein.acceptance = asked.inputs["acceptance"]


def _reason(tradein: TradeIn) -> str:
    """What the ledgers say: for everybody, so in the store's language."""
    with spoken(tradein.store.language):
        return _("Trade-in %(number)s") % {"number": tradein.number}


def _as_described(tradein: TradeIn, items: list[Item], asked: Asked) -> None:
    """What was quoted is what is paid, but for items that were given another price already."""
    _set_finals(
        tradein, items, [one.quoted_minor if one.final_minor is None else one.final_minor for one in items]
    )


def _not_as_described(tradein: TradeIn, items: list[Item], asked: Asked) -> None:
    """A new price for the one item; of several each must have been given its own."""
    price = asked.inputs.get("price")
    if price is not None:
        if len(items) > 1:
            raise Refused(
                _("has several items: give each its final price, then say that they are not as described")
            )
        if not 0 <= price <= MOST_MINOR:
            raise Refused(_("is paid between zero and what the shop can pay"))
        _set_finals(tradein, items, [price])
    if total(one.final_minor for one in items) is None:
        raise Refused(_("needs a final price for each item first"))


def _pay(tradein: TradeIn, items: list[Item], asked: Asked) -> None:
    """What goes to the shop's own ledger is written there in the same transaction, once."""
    if not tradein.payout_kind:
        raise Refused(_("has no payout method yet"))
    amount = tradein.final_minor
    if amount is None:
        raise Refused(_("has no final price yet"))
    tradein.paid_at = asked.now
    method = method_of(tradein.payout_kind)
    if method.in_points:
        _give_points(tradein, amount, asked)
    if amount and method.to_ledger:
        if tradein.currency != tradein.store.currency:
            raise Refused(
                _("is in %(currency)s; store credit is kept in %(currency2)s")
                % {"currency": tradein.currency, "currency2": tradein.store.currency}
            )
        change_credit(
            store=tradein.store,
            customer_id=tradein.customer_id,
            amount_minor=amount,
            reason=_reason(tradein),
            source=Source.TRADE_IN,
            key=f"tradein:{tradein.pk}",
            actor=asked.actor,
            now=asked.now,
        )


def _give_points(tradein: TradeIn, amount: int, asked: Asked) -> None:
    """As many points as were promised; else what the amount is worth by the store's settings."""
    programme = programme_of(store=tradein.store)
    if not programme.active:
        raise Refused(_("is to be paid in points, which are switched off in the settings"))
    promised = open_sealed(tradein.payout_sealed).get("points") if tradein.payout_sealed else None
    points = int(promised) if promised else points_for(amount, value_minor=programme.value_minor)
    if not promised and tradein.currency != tradein.store.currency:
        raise Refused(
            _("is in %(currency)s; say how many points are given for it") % {"currency": tradein.currency}
        )
    if not points and not amount:
        return
    if not points:
        raise Refused(_("is worth no points; say how many are given for it"))
    change_points(
        store=tradein.store,
        change=PointChange(
            tradein.customer_id,
            points,
            Kind.EARN,
            reason=_reason(tradein),
            source=PointSource.TRADE_IN,
            source_id=tradein.pk,
            key=f"tradein:{tradein.pk}",
            expires_at=expiry(programme=programme, now=asked.now),
        ),
        policy=BelowZero(programme.below_zero),
        actor=asked.actor,
        now=asked.now,
    )


def _set_finals(tradein: TradeIn, items: list[Item], prices: Sequence[int | None]) -> None:
    for item, price in zip(items, prices, strict=True):
        item.final_minor = price
    Item.objects.bulk_update(items, ["final_minor"])
    tradein.final_minor = total(prices)


_PREPARE = {
    "quote": _quote,
    "renew": _renew,
    "accept": _accept,
    "accept-price": _agree,
    "as-described": _as_described,
    "not-as-described": _not_as_described,
    "pay": _pay,
}
