"""Taking steps and edits of trade-ins back; what was changed since is left alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers.rules import as_json
from regulars.kit.actor import Actor
from regulars.stores.models import Store
from regulars.timeline.events import undone
from regulars.timeline.services import OpenChangeSet, Touched, record
from regulars.timeline.undoing import Past
from regulars.tradeins import events
from regulars.tradeins.models import Item, TradeIn
from regulars.tradeins.services.locking import lock_tradeins

GONE = gettext_noop("does not exist any more")
CHANGED = gettext_noop("was changed since")
ITEMS = gettext_noop("the items were changed too; edit them instead")


def undo_moves(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Put trade-ins back to where they stood, with the final prices they had."""
    return _put_back(store, pasts, now, change_set)


def undo_edits(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Put facts back as they were; changed items are left to a person."""
    left = {past.record_id: _(ITEMS) for past in pasts if "items" in past.after}
    return left | _put_back(store, [past for past in pasts if past.record_id not in left], now, change_set)


def _put_back(store: Store, pasts: list[Past], now: datetime, change_set: OpenChangeSet) -> dict[UUID, str]:
    tradeins = lock_tradeins(store, [past.record_id for past in pasts])
    left: dict[UUID, str] = {}
    touched: list[Touched] = []
    for past in pasts:
        tradein = tradeins.get(past.record_id)
        if tradein is None:
            left[past.record_id] = _(GONE)
        elif any(as_json(getattr(tradein, name)) != value for name, value in past.after.items()):
            left[past.record_id] = _(CHANGED)
        else:
            _restore(tradein, past, now)
            data = undone(past.key, past.data)
            touched.append(Touched(tradein.pk, tradein.version, past.after, past.before, data))
    record(change_set=change_set, resource="tradeins", kind=events.UNDONE, touched=touched, now=now)
    return left


def _restore(tradein: TradeIn, past: Past, now: datetime) -> None:
    for name, value in past.before.items():
        field: Any = TradeIn._meta.get_field(name)
        setattr(tradein, name, field.to_python(value))
    for item_id, price in past.data.get("finals", {}).items():
        Item.objects.filter(store=tradein.store, tradein=tradein, pk=item_id).update(final_minor=price)
    tradein.version += 1
    tradein.updated_at = now
    tradein.save(update_fields=[*past.before, "version", "updated_at"])
