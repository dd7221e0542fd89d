"""Taking back that orders came in with a file: those that are as the file left them go again, the others stay."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.kit.actor import Actor
from regulars.kit.ids import among
from regulars.orders import events
from regulars.orders.models import OrderLine, Payment, Return, ReturnLine
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.keeping import why_kept
from regulars.orders.services.locking import lock_orders
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.services import OpenChangeSet, record_written
from regulars.timeline.undoing import Past

GONE = gettext_noop("no longer exists")
CHANGED = gettext_noop("was changed since")
_HAPPENED = {
    events.PAID.key: gettext_noop("was paid since"),
    events.RETURNED.key: gettext_noop("something of it came back since"),
}


def remove_imported_orders(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Remove orders that a file made, with all that hangs on them. Those to which anything happened since stay."""
    orders = lock_orders(store=store, ids=[past.record_id for past in pasts], to_remove=True)
    left = dict.fromkeys((past.record_id for past in pasts if past.record_id not in orders), _(GONE))
    left |= _changed_since(store, orders, change_set) | why_kept(store, orders)
    going = [one for one in orders if one not in left]
    for model, path in (
        (ReturnLine, "goods_return__order_id"),
        (Payment, "order_id"),
        (Return, "order_id"),
        (OrderLine, "order_id"),
    ):
        rows = model.objects.filter(store=store, **{f"{path}__in": among(going)})
        rows._raw_delete(rows.db)
    record_written(
        change_set=change_set,
        resource="orders",
        kind=events.IMPORT_UNDONE,
        statement="""DELETE FROM orders_order WHERE store_id = %(store)s AND id = ANY(%(ids)s)
            RETURNING id, version + 1, jsonb_build_object('number', number), '{}'::jsonb""",
        values={"store": store.pk, "ids": going},
        now=now,
    )
    recount_figures(store=store, customer_ids={orders[one].customer_id for one in going})
    return left


def _changed_since(store: Store, ids: Collection[UUID], change_set: OpenChangeSet) -> dict[UUID, str]:
    """Those of the orders to which something happened that neither the import did nor this undo of it, and what."""
    act = ChangeSet.objects.values_list("undoes", flat=True).get(store=store, pk=change_set.id)
    happened = Event.objects.filter(store=store, record_id__in=among(ids))
    others = happened.exclude(change_set_id__in=[act, change_set.id])
    found: dict[UUID, str] = {}
    for record_id, key in others.values_list("record_id", "key").distinct().order_by("record_id", "key"):
        found[record_id] = _(_HAPPENED[key]) if key in _HAPPENED else found.get(record_id, _(CHANGED))
    return found
