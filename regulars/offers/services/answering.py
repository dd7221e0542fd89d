"""What a customer does with an offer, on the page that the mail's link opens or signed in: look, keep as a favourite,
claim."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.choices import State as CustomerState
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound, Refused
from regulars.kit.locks import lock_rows
from regulars.messaging import queries as messaging
from regulars.offers import events, queries
from regulars.offers.choices import Codes, State
from regulars.offers.models import Grant, Offer
from regulars.offers.services.codes import give_codes
from regulars.offers.tokens import read_token
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import Touched, emit

# An offer, and the customer to whom it was sent.
type _Named = tuple[UUID, UUID]


class OfferOver(Refused):
    """The offer cannot be claimed any more."""

    code = "offer_over"


@dataclass(frozen=True, slots=True)
class Opened:
    """An offer as its customer sees it; `why_closed` says why it can no longer be claimed."""

    offer: Offer
    grant: Grant
    code: str
    why_closed: str


def language_of(*, store: Store, token: str) -> str:
    """In which language the page of a link is written: that of the customer, else of the store."""
    known = read_token(store=store, token=token)
    return messaging.language_of(store=store, customer_id=known[1]) if known else store.language


def open_offer(*, store: Store, token: str, now: datetime, looked: bool) -> Opened:
    """What a link opens; that it was `looked` at is kept once. Raises `NotFound`, always in the same words."""
    return _open(store, _named(store, token), now, looked)


def favourite_offer(*, store: Store, token: str, wanted: bool, now: datetime) -> None:
    """Keep an offer as a favourite, or no longer. Raises `NotFound`."""
    _favourite(store, _named(store, token), wanted, _somebody(), now)


def claim_offer(*, store: Store, token: str, now: datetime) -> None:
    """Take an offer: the code is shown from now on, a code of their own is made. Raises `NotFound` and `OfferOver`."""
    _claim(store, _named(store, token), _somebody(), now)


def open_own_offer(*, store: Store, customer_id: UUID, offer_id: UUID, now: datetime, looked: bool) -> Opened:
    """The same for a customer who is signed in, of an offer that was sent to them."""
    return _open(store, (offer_id, customer_id), now, looked)


def favourite_own_offer(
    *, store: Store, customer_id: UUID, offer_id: UUID, wanted: bool, actor: Actor, now: datetime
) -> None:
    """Keep an offer that was sent to the customer as a favourite, or no longer. Raises `NotFound`."""
    _favourite(store, (offer_id, customer_id), wanted, actor, now)


def claim_own_offer(*, store: Store, customer_id: UUID, offer_id: UUID, actor: Actor, now: datetime) -> None:
    """Take an offer that was sent to the customer. Raises `NotFound` and `OfferOver`."""
    _claim(store, (offer_id, customer_id), actor, now)


def why_closed(offer: Offer, now: datetime) -> str:
    """Why an offer can no longer be claimed; nothing while it can."""
    if offer.state == State.ENDED or (offer.ends_at is not None and now >= offer.ends_at):
        return _("This offer has ended.")
    if offer.state != State.ACTIVE:
        return _("This offer is not open at the moment.")
    if offer.limit_total and offer.redeemed >= offer.limit_total:
        return _("This offer is used up.")
    return ""


def _open(store: Store, named: _Named, now: datetime, looked: bool) -> Opened:
    offer, grant = _opened(store, named, lock=False)
    if looked and grant.seen_at is None:
        # Nobody waits for it: of two who look first at the same moment, one is.
        Grant.objects.filter(pk=grant.pk, store=store, seen_at__isnull=True).update(seen_at=now)
    return _shown(store, offer, grant, now)


def _favourite(store: Store, named: _Named, wanted: bool, actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        offer, grant = _opened(store, named, lock=True)
        if (grant.favourited_at is not None) == wanted:
            return
        grant.favourited_at = now if wanted else None
        grant.save(update_fields=["favourited_at"])
        _tell(store, offer, grant, events.FAVOURITED if wanted else events.UNFAVOURITED, actor, now)


def _claim(store: Store, named: _Named, actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        offer, grant = _opened(store, named, lock=True)
        if grant.claimed_at is not None:
            return
        if why := why_closed(offer, now):
            raise OfferOver(why)
        grant.claimed_at = now
        grant.save(update_fields=["claimed_at"])
        known = queries.code_of(store=store, offer=offer, customer_id=grant.customer_id)
        if offer.codes == Codes.UNIQUE and not known:
            give_codes(offer=offer, customer_ids=[grant.customer_id], now=now)
        _tell(store, offer, grant, events.CLAIMED, actor, now)


def _named(store: Store, token: str) -> _Named:
    known = read_token(store=store, token=token)
    if known is None:
        raise _gone()
    return known


def _opened(store: Store, named: _Named, *, lock: bool) -> tuple[Offer, Grant]:
    """The offer and what became of it. Whoever has no right to it learns nothing of why."""
    offer_id, customer_id = named
    customer_id = get_resource("customers").lives_on(customer_id, store) or customer_id
    rows = Customer.objects.filter(store=store).only("state", "blocked")
    found = lock_rows(rows, [customer_id]) if lock else rows.in_bulk([customer_id])
    person = found.get(customer_id)
    offer = Offer.objects.filter(store=store, pk=offer_id).first()
    if person is None or offer is None or person.blocked or offer.state == State.DRAFT:
        raise _gone()
    if person.state in (CustomerState.ARCHIVED, CustomerState.ANONYMISED):
        raise _gone()
    grant = queries.grant_of(store=store, offer_id=offer_id, customer_id=customer_id)
    if grant is None or grant.held_out:
        raise _gone()
    return offer, grant


def _shown(store: Store, offer: Offer, grant: Grant, now: datetime) -> Opened:
    claimed = grant.claimed_at is not None
    code = queries.code_of(store=store, offer=offer, customer_id=grant.customer_id) if claimed else ""
    return Opened(offer, grant, code, why_closed(offer, now))


def _tell(store: Store, offer: Offer, grant: Grant, kind: EventKind, actor: Actor, now: datetime) -> None:
    touched = Touched(grant.customer_id, 0, data={"offer": offer.title})
    emit(store=store, actor=actor, resource="customers", kind=kind, touched=touched, now=now)


def _somebody() -> Actor:
    """Whoever has the link of the mail."""
    return Actor(kind="customer", name=_("Customer"), surface="shop")


def _gone() -> NotFound:
    return NotFound(_("This link opens nothing any more. Nothing was changed."))
