"""How customers are paid: usually, and for one trade-in. The particulars are sealed; who looks at them is noted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.services import set_payout_method
from regulars.customers.services.edit import lock_customer
from regulars.duplicates.services import replace_kept
from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound, Refused
from regulars.kit.ids import new_id
from regulars.kit.sealing import CannotOpen, is_current, open_sealed, seal, seal_again
from regulars.stores.models import Store
from regulars.timeline.queries import count_acts
from regulars.timeline.services import Touched, emit
from regulars.tradeins import events, queries
from regulars.tradeins.choices import CLOSED
from regulars.tradeins.models import CustomerPayout, Payable, TradeIn
from regulars.tradeins.payouts import method_of
from regulars.tradeins.services.locking import lock_tradeins

MOST_LOOKS = 60
_COLUMNS = ("payout_kind", "payout_sealed", "payout_masked")


class TooManyLooks(Refused):
    """Somebody looks at more particulars in an hour than anybody pays."""

    code = "too_many_looks"
    status = 429


def set_payout(
    *,
    store: Store,
    tradein_id: UUID,
    kind: str,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> TradeIn:
    """Say how one trade-in is paid, with `values` from `PayoutMethod.clean`. Raises `NotFound` and `Refused`."""
    with transaction.atomic():
        tradein = lock_tradeins(store, [tradein_id]).get(tradein_id)
        if tradein is None:
            raise NotFound(_("This trade-in does not exist in this store."))
        if tradein.status in CLOSED:
            raise Refused(_("This trade-in is closed; how it was paid stays as it is."))
        before = _shown(tradein)
        _fill(tradein, kind, values)
        tradein.version += 1
        tradein.updated_at = now
        tradein.save(update_fields=[*_COLUMNS, "version", "updated_at"])
        touched = Touched(tradein.pk, tradein.version, before, _shown(tradein))
        emit(store=store, actor=actor, resource="tradeins", kind=events.PAYOUT_SET, touched=touched, now=now)
    return tradein


def set_customer_payout(
    *,
    store: Store,
    customer_id: UUID,
    kind: str,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    """Say how a customer is usually paid; without a kind, that nothing is known any more."""
    with transaction.atomic():
        customer = lock_customer(store=store, customer_id=customer_id)
        known = queries.payout_of(store=store, customer_id=customer_id)
        before = {"payout_method": customer.payout_method}
        if kind:
            payout = known or CustomerPayout(id=new_id(), store=store, customer=customer)
            _fill(payout, kind, values)
            payout.updated_at = now
            payout.save()
        elif known is not None:
            known.delete()
        set_payout_method(store=store, customer_id=customer_id, kind=kind)
        touched = Touched(customer_id, 0, before, {"payout_method": kind})
        emit(
            store=store,
            actor=actor,
            resource="customers",
            kind=events.CUSTOMER_PAYOUT_SET,
            touched=touched,
            now=now,
        )


def reveal(*, store: Store, tradein_id: UUID, actor: Actor, now: datetime) -> dict[str, Any]:
    """The particulars of one trade-in, for somebody who may see them; that they looked is kept.

    Raises `NotFound`, `TooManyLooks` and `CannotOpen`.
    """
    tradein = queries.get_tradein(store=store, tradein_id=tradein_id)
    _unless_too_many(store, actor, now)
    values = open_sealed(tradein.payout_sealed)
    touched = Touched(tradein.pk)
    emit(store=store, actor=actor, resource="tradeins", kind=events.PAYOUT_SEEN, touched=touched, now=now)
    return values


def reveal_customers(*, store: Store, customer_id: UUID, actor: Actor, now: datetime) -> dict[str, Any]:
    """The same of how a customer is usually paid."""
    payout = queries.payout_of(store=store, customer_id=customer_id)
    if payout is None:
        raise NotFound(_("Nothing is known about how this customer is paid."))
    _unless_too_many(store, actor, now)
    values, touched = open_sealed(payout.payout_sealed), Touched(customer_id)
    kind = events.CUSTOMER_PAYOUT_SEEN
    emit(store=store, actor=actor, resource="customers", kind=kind, touched=touched, now=now)
    return values


def seal_all_again(*, store: Store) -> tuple[int, int]:
    """Seal everything of a store with the key in use; returns how many were, and how many no key opens.

    What merges keep of customers who went into others is sealed again too: it comes back when they are split.
    """
    done, lost = _seal_kept_again(store)
    for model in (CustomerPayout, TradeIn):
        rows = model.objects.filter(store=store).exclude(payout_sealed="").only("payout_sealed")
        for row in rows.order_by("pk").iterator(500):
            if is_current(row.payout_sealed):
                continue
            try:
                fresh = seal_again(row.payout_sealed)
            except CannotOpen:
                lost += 1
                continue
            # Who changed it meanwhile has sealed it with the key in use already.
            done += model.objects.filter(pk=row.pk, payout_sealed=row.payout_sealed).update(
                payout_sealed=fresh
            )
    return done, lost


def _seal_kept_again(store: Store) -> tuple[int, int]:
    lost = 0

    def fresh(sealed: str) -> str:
        nonlocal lost
        if not sealed or is_current(sealed):
            return sealed
        try:
            return seal_again(sealed)
        except CannotOpen:
            lost += 1
            return sealed

    table = CustomerPayout._meta.db_table
    return replace_kept(store=store, table=table, column="payout_sealed", fresh=fresh), lost


def _unless_too_many(store: Store, actor: Actor, now: datetime) -> None:
    """Whoever pays looks at some in an hour; whoever copies all of them is stopped, and seen in the history."""
    kinds = (events.PAYOUT_SEEN, events.CUSTOMER_PAYOUT_SEEN)
    seen = count_acts(store=store, actor_id=actor.id, kinds=kinds, since=now - timedelta(hours=1))
    if seen >= MOST_LOOKS:
        raise TooManyLooks(
            _("You have looked at %(seen)s payout particulars in the last hour. Wait a while.")
            % {"seen": seen}
        )


def _fill(payable: Payable, kind: str, values: Mapping[str, Any]) -> None:
    method = method_of(kind)
    payable.payout_kind = kind
    payable.payout_sealed = seal(values)
    payable.payout_masked = method.mask(values)


def _shown(payable: Payable) -> dict[str, Any]:
    """What the history keeps: never more than everybody may see."""
    return {"payout_kind": payable.payout_kind}
