"""Deleting customers as the store's policy allows: whole, or not at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers import events
from regulars.customers.erasing import histories
from regulars.customers.models import Customer
from regulars.customers.services.people import forget
from regulars.customers.services.verbs import GONE, names_of
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.kit.locks import lock_rows
from regulars.resources.action import Outcome
from regulars.stores.choices import DeletePolicy
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

NEVER = gettext_noop("is kept, because this store never deletes customers: archive or anonymise instead")


class NothingToDelete(Refused):
    """The store's policy allows to delete none of these customers."""

    code = "not_deletable"


def delete_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Delete customers with all that belongs to them, where the store's policy allows it; the history keeps a number.

    Their e-mail is free again afterwards.
    """
    outcome = Outcome()
    with transaction.atomic():
        store = Store.objects.get(pk=store.pk)  # the policy of now, not of when a long run began
        found = lock_rows(Customer.objects.filter(store=store).only("number"), ids, to_remove=True)
        kept = _kept(store, list(found))
        for record_id in dict.fromkeys(ids):
            if record_id in found and record_id not in kept:
                outcome.done.append(record_id)
            else:
                outcome.skipped[record_id] = kept.get(record_id, _(GONE))
        if not outcome.done:
            return outcome
        forget(store=store, ids=outcome.done, now=now)
        for one in histories():
            if one.remove is not None:
                one.remove(store=store, ids=outcome.done)
        Customer.objects.filter(store=store, pk__in=outcome.done).delete()
        opened = change_set or open_change_set(store=store, actor=actor, kind=events.DELETED, now=now)
        outcome.change_set = opened.id
        touched = [Touched(one, data={"number": found[one].number}) for one in outcome.done]
        record(change_set=opened, resource="customers", kind=events.DELETED, touched=touched, now=now)
    return outcome


def preview_delete(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """Who would be deleted with what, and who would be kept and why.

    Raises `NothingToDelete` when it is nobody: no dialog then asks to type a name for nothing.
    """
    customers = list(Customer.objects.filter(store=store, pk__in=ids).order_by("pk"))
    kept = _kept(store, [one.pk for one in customers])
    going = [one for one in customers if one.pk not in kept]
    if not going and customers:
        raise NothingToDelete(_refusal(customers, kept))
    some = (
        _("Of the first %(count)s of %(count2)s: ") % {"count": f"{len(ids):,}", "count2": f"{count:,}"}
        if count > len(ids)
        else ""
    )
    found = [
        _(
            "%(some)s%(names)s: deleted with everything personal, also from the history, past "
            "filters, exports and imports. Who comes back begins anew."
        )
        % {"some": some, "names": names_of(going)}
    ]
    for one in histories():
        number = sum(one.count(store=store, ids=[customer.pk for customer in going]).values())
        if number:
            found.append(f"{one.say(number)}: {one.when_deleted}.")
    for reason in dict.fromkeys(kept.values()):
        whom = [one for one in customers if kept.get(one.pk) == reason]
        found.append(_("Not deleted: %(names)s %(reason)s.") % {"names": names_of(whom), "reason": reason})
    return found


def _refusal(customers: list[Customer], kept: Mapping[UUID, str]) -> str:
    reason = kept[customers[0].pk]
    others = (
        _(" So it is with all %(count)s.") % {"count": f"{len(customers):,}"} if len(customers) > 1 else ""
    )
    return f"{customers[0].name} {reason}.{others}"


def _kept(store: Store, ids: list[UUID]) -> dict[UUID, str]:
    """Those of the customers that the policy keeps, with the reason."""
    if store.delete_policy == DeletePolicy.ALWAYS:
        return {}
    if store.delete_policy == DeletePolicy.NEVER:
        return dict.fromkeys(ids, _(NEVER))
    kept: dict[UUID, str] = {}
    for one in histories():
        if one.binds:
            for record_id, number in one.count(store=store, ids=ids).items():
                kept.setdefault(
                    record_id, _("has %(say)s: anonymise or archive instead") % {"say": one.say(number)}
                )
    return kept
