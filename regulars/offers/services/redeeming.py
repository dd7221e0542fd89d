"""Redeeming an offer, once for each key, and looking beforehand whether it can be."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, NotFound, Refused
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.kit.money import display_money
from regulars.offers import conditions, events, queries
from regulars.offers.benefits import Given, Worth, benefit_of
from regulars.offers.choices import Place
from regulars.offers.models import Grant, Offer, Redemption
from regulars.offers.services.once import Asking, done_before, once
from regulars.orders.queries import find_order
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

_PERSON = ("state", "blocked", "tier", "first_name", "last_name", "company", "number")
MOST_MINOR = 10**15


class CannotRedeem(Refused):
    """One or more conditions do not hold; `whys` names each."""

    code = "cannot_redeem"

    def __init__(self, whys: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(why for _name, why in whys), field="code")
        self.whys = whys


@dataclass(frozen=True, slots=True)
class Looked:
    """What a redemption would meet: the offer, whose it is, how much is left of it, and why not (nothing: it can)."""

    offer: Offer
    customer: Customer | None
    left_minor: int | None
    goes_on: bool
    whys: list[tuple[str, str]]


@dataclass(slots=True)
class _Case:
    """One redemption while it is looked at."""

    asked: conditions.Asked
    first: Redemption | None
    left_minor: int | None
    order_id: UUID | None
    order_number: str


def look_at(*, store: Store, asking: Asking, now: datetime) -> Looked:
    """Whether an offer could be redeemed now, and if not, every reason; nothing is written.

    Raises `NotFound` for a code that nobody knows, and `Invalid` for an order that is not there.
    """
    found = _found(store, asking)
    asking, order = _with_order(store, asking, found)
    customer = _customer(store, asking.customer_id, lock=False)
    case = _case(store, found, asking, customer, order, now)
    whys = _whys(case, asking, store, now)
    return Looked(case.asked.offer, customer, case.left_minor, case.first is not None, whys)


def redeem_offer(
    *,
    store: Store,
    asking: Asking,
    key: str,
    place: Place,
    actor: Actor,
    now: datetime,
) -> Redemption:
    """Redeem an offer. The same key does it once and gives what was done then.

    Raises `NotFound`, `Invalid`, `CannotRedeem` and `KeyUsedOtherwise`; nothing is written then.
    """
    with once(), transaction.atomic():
        found = _found(store, asking)
        asking, order = _with_order(store, asking, found)
        # Customers before offers, as everywhere; whoever asks at the same moment waits for the offer's row.
        customer = _customer(store, asking.customer_id, lock=True)
        offer = lock_rows(Offer.objects.filter(store=store), [found.offer.pk])[found.offer.pk]
        offer.segment = found.offer.segment
        if (
            known := done_before(store=store, key=key, found=found, asking=asking, order_id=order[0])
        ) is not None:
            return known
        case = _case(store, queries.Found(offer, found.code), asking, customer, order, now)
        if whys := _whys(case, asking, store, now):
            raise CannotRedeem(whys)
        return _write(store, case, asking, key, place, actor, now)


def _found(store: Store, asking: Asking) -> queries.Found:
    found = queries.find_by_code(store=store, typed=asking.code)
    if found is None:
        raise NotFound(_("No offer has this code."), field="code")
    for name in ("bill_minor", "part_minor"):
        amount = getattr(asking, name)
        if amount is not None and not 0 <= amount <= MOST_MINOR:
            raise Invalid(_("Give an amount from zero on."), field=name.removesuffix("_minor"))
    return found


def _with_order(store: Store, asking: Asking, found: queries.Found) -> tuple[Asking, tuple[UUID | None, str]]:
    """A code of somebody's own, or an order, says who it is, unless that was said."""
    customer_id = asking.customer_id or (found.code.customer_id if found.code else None)
    order: tuple[UUID | None, str] = (None, "")
    if asking.order.strip():
        known = find_order(store=store, text=asking.order)
        order = known.pk, known.number
        customer_id = customer_id or known.customer_id
        if known.customer_id != customer_id:
            raise Invalid(_("This order is another customer's."), field="order")
    return replace(asking, customer_id=customer_id), order


def _customer(store: Store, customer_id: UUID | None, *, lock: bool) -> Customer | None:
    if customer_id is None:
        return None
    rows = Customer.objects.filter(store=store).only(*_PERSON)
    found = lock_rows(rows, [customer_id]).get(customer_id) if lock else rows.filter(pk=customer_id).first()
    if found is None:
        raise NotFound(_("This customer does not exist in this store."), field="customer")
    return found


def _case(
    store: Store,
    found: queries.Found,
    asking: Asking,
    customer: Customer | None,
    order: tuple[UUID | None, str],
    now: datetime,
) -> _Case:
    offer, code = found.offer, found.code
    here: dict[str, Any] = {"store": store, "offer_id": offer.pk}
    begun = queries.latest_first(
        **here, customer_id=customer.pk if customer else None, code_id=code.pk if code else None
    )
    first, left = None, offer.amount_minor
    if offer.partial and begun is not None:
        rest = (offer.amount_minor or 0) - queries.taken_of(store=store, first_id=begun.pk)
        if rest > 0:
            first, left = begun, rest
    asked = conditions.Asked(
        store=store,
        offer=offer,
        now=now,
        customer=customer,
        grant=queries.grant_of(**here, customer_id=customer.pk) if customer else None,
        code=code,
        bill_minor=asking.bill_minor,
        used=queries.times_redeemed(**here, customer_id=customer.pk) if customer else 0,
        code_used=code is not None and begun is not None,
        goes_on=first is not None,
    )
    return _Case(asked, first, left, *order)


def _given(
    case: _Case, asking: Asking, store: Store, redemption_id: UUID, actor: Actor, now: datetime
) -> Given:
    customer = case.asked.customer
    return Given(
        store=store,
        offer=case.asked.offer,
        redemption_id=redemption_id,
        customer_id=customer.pk if customer else None,
        bill_minor=asking.bill_minor,
        left_minor=case.left_minor,
        part_minor=asking.part_minor,
        actor=actor,
        now=now,
    )


def _whys(case: _Case, asking: Asking, store: Store, now: datetime) -> list[tuple[str, str]]:
    whys = conditions.failing(case.asked)
    offer = case.asked.offer
    if asking.part_minor is not None and case.asked.customer is None and case.asked.code is None:
        whys.append(("part", _("Who uses it up in parts has to be known: say who it is.")))
    benefit = benefit_of(offer.kind)
    # Looking needs no author: nothing is given.
    given = _given(case, asking, store, offer.pk, Actor(kind="system", name=""), now)
    if why := benefit.why_not(given):
        whys.append(("benefit", why))
    return whys


def _write(
    store: Store, case: _Case, asking: Asking, key: str, place: Place, actor: Actor, now: datetime
) -> Redemption:
    asked, redemption_id = case.asked, new_id()
    offer, customer = asked.offer, asked.customer
    given = benefit_of(offer.kind).give(_given(case, asking, store, redemption_id, actor, now))
    redemption = Redemption(
        id=redemption_id,
        store=store,
        offer=offer,
        customer=customer,
        code=asked.code,
        part_of=case.first,
        at=now,
        amount_minor=given.amount_minor,
        bill_minor=asking.bill_minor,
        points_entry_id=given.points_entry_id,
        order_id=case.order_id,
        order_number=case.order_number,
        place=place,
        key=key,
        author_id=actor.id,
        author_name=actor.name,
    )
    redemption.save(force_insert=True)
    if case.first is None:
        offer.redeemed += 1
        offer.save(update_fields=["redeemed"])
    if customer is not None:
        _note(offer, customer, asked.grant, now)
    said = {"offer": offer.title, "worth": _worth(given, offer, store), "redemption": str(redemption_id)}
    resource, touched = "offers", Touched(offer.pk, offer.version, data=said)
    if customer is not None:
        resource, touched = "customers", Touched(customer.pk, 0, data=said)
    emit(store=store, actor=actor, resource=resource, kind=events.REDEEMED, touched=touched, now=now)
    return redemption


def _note(offer: Offer, customer: Customer, grant: Grant | None, now: datetime) -> None:
    """Keep beside the customer when they redeemed it last, also when it was never sent to them."""
    if grant is None:
        Grant.objects.create(
            id=new_id(), store=offer.store, offer=offer, customer=customer, redeemed_at=now, created_at=now
        )
    else:
        grant.redeemed_at = now
        grant.save(update_fields=["redeemed_at"])


def _worth(given: Worth, offer: Offer, store: Store) -> str:
    if given.amount_minor is None:
        return f" ({benefit_of(offer.kind).say(offer, store)})"
    return f" ({display_money(given.amount_minor, store.currency, store.language.replace('-', '_'))})"
