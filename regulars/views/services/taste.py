"""What one person makes of the views: pinned to the side bar, in an order, and the one a list opens with.

Taste is no business of others, so nothing is written in the history.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import NotAllowed
from regulars.stores.models import Store
from regulars.views import queries
from regulars.views.models import First, Pin


def pin_view(*, store: Store, view_id: UUID, pinned: bool, actor: Actor) -> None:
    """Put a view at the end of one's side bar, or take it out. Raises `ViewGone`."""
    user = _person(actor)
    view = queries.get_view(store=store, actor=actor, view_id=view_id)
    own = Pin.objects.filter(store=store, user_id=user)
    if not pinned:
        own.filter(view=view).delete()
        return
    last = own.aggregate(last=Max("position"))["last"]
    Pin.objects.get_or_create(
        store=store, user_id=user, view=view, defaults={"position": 0 if last is None else last + 1}
    )


def move_pin(*, store: Store, view_id: UUID, step: int, actor: Actor) -> None:
    """Move a pinned view up (-1) or down (1) in one's side bar."""
    with transaction.atomic():
        pins = list(
            Pin.objects.filter(store=store, user_id=_person(actor))
            .order_by("position", "pk")
            .select_for_update()
        )
        at = next((place for place, pin in enumerate(pins) if pin.view_id == view_id), None)
        if at is None or not 0 <= at + step < len(pins):
            return
        pins.insert(at + step, pins.pop(at))
        for place, pin in enumerate(pins):
            pin.position = place
        Pin.objects.bulk_update(pins, ["position"])


def open_first(*, store: Store, resource: str, view_id: UUID | None, actor: Actor) -> None:
    """Choose the view that the list opens with; nothing means all records again. Raises `ViewGone`."""
    user = _person(actor)
    if view_id is None:
        First.objects.filter(store=store, user_id=user, resource=resource).delete()
        return
    view = queries.get_view(store=store, actor=actor, view_id=view_id)
    First.objects.update_or_create(store=store, user_id=user, resource=view.resource, defaults={"view": view})


def _person(actor: Actor) -> UUID:
    if actor.kind != "staff" or actor.id is None:
        raise NotAllowed(_("Only a person who is signed in has a side bar."))
    return actor.id
