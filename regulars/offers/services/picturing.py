"""The picture of an offer: brought, and taken away again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound
from regulars.kit.ids import new_id
from regulars.kit.locks import lock_rows
from regulars.kit.pictures import draw_anew
from regulars.offers import events
from regulars.offers.models import Offer, Picture
from regulars.offers.services.saving import write_offer
from regulars.stores.models import Store
from regulars.timeline.services import emit

SIDE = 1200


def set_picture(*, store: Store, offer_id: UUID, data: bytes, actor: Actor, now: datetime) -> None:
    """Show an offer with this picture from now on, in place of the one before. Raises `NotFound` and `Invalid`."""
    drawn = draw_anew(data, side=SIDE)
    with transaction.atomic():
        offer = _locked(store, offer_id)
        Picture.objects.filter(store=store, offer=offer).delete()
        Picture.objects.create(
            id=new_id(), store=store, offer=offer, data=drawn.data, width=drawn.width, height=drawn.height
        )
        touched = write_offer(offer, {}, now=now)
        emit(store=store, actor=actor, resource="offers", kind=events.PICTURED, touched=touched, now=now)


def remove_picture(*, store: Store, offer_id: UUID, actor: Actor, now: datetime) -> None:
    """Show an offer without a picture; nothing happens to one that has none. Raises `NotFound`."""
    with transaction.atomic():
        offer = _locked(store, offer_id)
        gone, _each = Picture.objects.filter(store=store, offer=offer).delete()
        if gone:
            touched = write_offer(offer, {}, now=now)
            kind = events.UNPICTURED
            emit(store=store, actor=actor, resource="offers", kind=kind, touched=touched, now=now)


def _locked(store: Store, offer_id: UUID) -> Offer:
    offer = lock_rows(Offer.objects.filter(store=store), [offer_id]).get(offer_id)
    if offer is None:
        raise NotFound(_("This offer does not exist in this store."))
    return offer
