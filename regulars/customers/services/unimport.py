"""Taking back that customers came in with a file: who is as the file left them goes again, the others stay."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers import events
from regulars.customers.erasing import histories
from regulars.customers.models import Customer
from regulars.customers.services.people import personal_columns
from regulars.customers.services.undo import CHANGED, GONE
from regulars.kit.actor import Actor
from regulars.kit.ids import among
from regulars.stores.models import Store
from regulars.timeline.erasing import erase_values
from regulars.timeline.models import ChangeSet, Event
from regulars.timeline.services import OpenChangeSet, record_written
from regulars.timeline.undoing import Past

BUSY_WITH = gettext_noop("somebody else was merged into it since")


def remove_imported(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Remove customers that a file made. Whoever was changed since, or has anything by now, is left alone.

    Nothing else of them is anywhere by then, so nobody is asked to forget them; the history keeps their number.
    """
    ids = [past.record_id for past in pasts]
    # To be removed: nobody can give them an order or a note from here on. Whoever was about to comes first.
    locked = Customer.objects.filter(store=store, pk__in=among(ids)).order_by("pk").select_for_update()
    there = set(locked.values_list("pk", flat=True))
    left = dict.fromkeys([one for one in ids if one not in there], _(GONE))
    left |= _with_something(store, [one for one in ids if one in there])
    left |= _changed_since(store, [one for one in ids if one not in left], change_set)
    going = [one for one in ids if one not in left]
    record_written(
        change_set=change_set,
        resource="customers",
        kind=events.IMPORT_UNDONE,
        statement="""DELETE FROM customers_customer WHERE store_id = %(store)s AND id = ANY(%(ids)s)
            RETURNING id, version + 1, jsonb_build_object('number', number), '{}'::jsonb""",
        values={"store": store.pk, "ids": going},
        now=now,
    )
    _forget_values(store, going)
    return left


def _with_something(store: Store, ids: Collection[UUID]) -> dict[UUID, str]:
    """Those of the customers on whom something hangs that somebody made: orders, notes, a static segment."""
    found: dict[UUID, str] = {}
    for one in histories():
        for record_id, number in one.count(store=store, ids=list(ids)).items():
            found.setdefault(record_id, _("has %(say)s by now") % {"say": one.say(number)})
    return found


def _changed_since(store: Store, ids: Collection[UUID], change_set: OpenChangeSet) -> dict[UUID, str]:
    """Those of the customers to whom something happened that neither the import did nor this undo of it."""
    act = ChangeSet.objects.values_list("undoes", flat=True).get(store=store, pk=change_set.id)
    happened = Event.objects.filter(store=store, record_id__in=among(ids))
    others = happened.exclude(change_set_id__in=[act, change_set.id])
    found: dict[UUID, str] = {}
    for record_id, key in others.values_list("record_id", "key").distinct():
        if key == events.MERGED.key or record_id not in found:
            found[record_id] = _(BUSY_WITH) if key == events.MERGED.key else _(CHANGED)
    return found


def _forget_values(store: Store, ids: Collection[UUID]) -> None:
    """A file that names a customer twice changes whom it made: the history does not keep facts of who is gone."""
    happened = Event.objects.filter(store=store, record_id__in=among(ids), key=events.CHANGED_BY_FILE.key)
    with_values = list(happened.values_list("record_id", flat=True).distinct())
    if with_values:
        erase_values(store=store, record_ids=with_values, names=personal_columns())
