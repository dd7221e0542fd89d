"""The PIN that a store may ask for at the counter, and how many offers a customer gets."""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.ids import new_id
from regulars.offers import events, queries
from regulars.offers.models import Settings
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit


class PinWrong(Refused):
    """The PIN is not the store's. Nothing was redeemed."""

    code = "pin_wrong"
    status = 403


def check_pin(*, store: Store, typed: str) -> None:
    """Raise `PinWrong` unless this is the store's PIN; a store without one asks for none."""
    kept = queries.settings_of(store=store).pin_hash
    if kept and not check_password(typed.strip(), kept):
        raise PinWrong(_("This PIN is wrong. Nothing was redeemed."), field="pin")


def set_settings(
    *, store: Store, pin: str | None, most_offers: int, within_days: int, actor: Actor, now: datetime
) -> None:
    """Change how a store redeems and sends; `pin` of nothing leaves it, an empty one asks for none any more."""
    errors = {}
    if pin and not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 12):
        errors["pin"] = _("A PIN has 4 to 12 digits.")
    if not 0 <= most_offers <= 1000:
        errors["most_offers"] = _("Give a number from 0 to 1,000; 0 is no limit.")
    if not 1 <= within_days <= 366:
        errors["within_days"] = _("Give 1 to 366 days.")
    if errors:
        raise InvalidRecord(errors)
    with transaction.atomic():
        Settings.objects.bulk_create([Settings(id=new_id(), store=store)], ignore_conflicts=True)
        kept = Settings.objects.select_for_update().get(store=store)
        before = _shown(kept)
        kept.most_offers, kept.within_days = most_offers, within_days
        if pin is not None:
            kept.pin_hash = make_password(pin) if pin else ""
        kept.save(update_fields=["pin_hash", "most_offers", "within_days"])
        touched = Touched(store.pk, 0, before, _shown(kept) | ({"pin_changed": True} if pin else {}))
        kind = events.SETTINGS_EDITED
        emit(store=store, actor=actor, resource="stores", kind=kind, touched=touched, now=now)


def _shown(kept: Settings) -> dict[str, object]:
    """What the history keeps: never the PIN itself."""
    return {
        "asks_pin": bool(kept.pin_hash),
        "most_offers": kept.most_offers,
        "within_days": kept.within_days,
    }
