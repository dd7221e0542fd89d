"""Taking entries back by entries of the opposite amount; the ledger itself never loses a line."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.credit.choices import Source
from regulars.credit.models import Entry
from regulars.credit.services.change import Change, change_many
from regulars.credit.services.paying import OF_A_PAYMENT
from regulars.customers.models import Customer
from regulars.kit.actor import Actor
from regulars.kit.locks import lock_rows
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet
from regulars.timeline.undoing import Past

AGAIN = gettext_noop("was taken back already")
PAYMENT = gettext_noop("paid for something with it; take that payment back instead")


def undo_credit(
    *, store: Store, pasts: list[Past], actor: Actor, now: datetime, change_set: OpenChangeSet
) -> dict[UUID, str]:
    """Take back what was added or taken; whose balance would fall below zero keeps it, and is told so."""
    entries = Entry.objects.filter(store=store, pk__in=[UUID(past.data["entry"]) for past in pasts])
    # By whose it is now: a merge may have given it to another customer since.
    whose = {str(entry.pk): entry for entry in entries}
    lock_rows(Customer.objects.filter(store=store).only("pk"), {entry.customer_id for entry in entries})
    gone = set(
        Entry.objects.filter(store=store, reverses__in=[entry.pk for entry in entries]).values_list(
            "reverses", flat=True
        )
    )
    left: dict[UUID, str] = {}
    asked: dict[UUID, list[Past]] = {}
    changes: list[Change] = []
    for past in pasts:
        entry = whose.get(past.data["entry"])
        if entry is None or entry.pk in gone:
            left[past.record_id] = _(AGAIN)
            continue
        if entry.key.startswith(OF_A_PAYMENT):
            left[past.record_id] = _(PAYMENT)
            continue
        asked.setdefault(entry.customer_id, []).append(past)
        changes.append(Change(entry.customer_id, -entry.amount_minor, reverses=entry.pk))
    changed = change_many(
        store=store, changes=changes, source=Source.REVERSAL, actor=actor, now=now, change_set=change_set
    )
    for customer_id, why in changed.left.items():
        left |= {past.record_id: why for past in asked[customer_id]}
    return left
