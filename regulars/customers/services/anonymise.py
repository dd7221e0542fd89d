"""Anonymising: nothing says any more who a customer was; what they bought stays for the figures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from regulars.customers import events
from regulars.customers.choices import State
from regulars.customers.erasing import histories
from regulars.customers.models import Customer
from regulars.customers.services.people import forget
from regulars.customers.services.verbs import ANONYMISED, GONE, names_of
from regulars.kit.actor import Actor
from regulars.kit.locks import lock_rows
from regulars.resources.action import Outcome
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record


def anonymise_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Remove every personal value of customers from every table, for good. Orders, figures, group and dates stay."""
    outcome = Outcome()
    with transaction.atomic():
        # No new note or address can point to them meanwhile.
        found = lock_rows(Customer.objects.filter(store=store).only("state", "version"), ids, to_remove=True)
        for record_id in dict.fromkeys(ids):
            customer = found.get(record_id)
            if customer is None or customer.state == State.ANONYMISED:
                outcome.skipped[record_id] = _(ANONYMISED) if customer else _(GONE)
            else:
                outcome.done.append(record_id)
        if not outcome.done:
            return outcome
        forget(store=store, ids=outcome.done, now=now)
        opened = change_set or open_change_set(store=store, actor=actor, kind=events.ANONYMISED, now=now)
        outcome.change_set = opened.id
        Customer.objects.filter(store=store, pk__in=outcome.done).update(
            state=State.ANONYMISED, version=F("version") + 1, updated_at=now
        )
        going = [found[record_id] for record_id in outcome.done]
        touched = [
            Touched(one.pk, one.version + 1, {"state": one.state}, {"state": State.ANONYMISED})
            for one in going
        ]
        record(change_set=opened, resource="customers", kind=events.ANONYMISED, touched=touched, now=now)
    return outcome


def preview_anonymise(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """Who would be forgotten, what would go and what would stay."""
    customers = list(Customer.objects.filter(store=store, pk__in=ids).order_by("pk"))
    going = [one for one in customers if one.state != State.ANONYMISED]
    if not going:
        return [_("They are anonymised already; nothing is left to remove.")]
    some = (
        _("Of the first %(count)s of %(count2)s: ") % {"count": f"{len(ids):,}", "count2": f"{count:,}"}
        if count > len(ids)
        else ""
    )
    found = [
        _(
            "%(some)s%(names)s: name, e-mail, phone, addresses, birthdate, notes and tags are "
            "removed for good, also from the history, past filters, exports and imports."
        )
        % {"some": some, "names": names_of(going)},
        *tells(store=store, ids=[one.pk for one in going]),
        _("Number, group, figures and the dates of what happened stay, so that reports keep their sums."),
    ]
    if len(going) < len(customers):
        found.append(
            _("%(count)s anonymised already: left as they are.")
            % {"count": f"{len(customers) - len(going):,}"}
        )
    return found


def tells(*, store: Store, ids: list[UUID]) -> list[str]:
    """What becomes of the things that hang on these customers, a sentence for each kind there is."""
    found = []
    for one in histories():
        number = sum(one.count(store=store, ids=ids).values())
        if number and one.when_anonymised:
            found.append(f"{one.say(number)}: {one.when_anonymised}.")
    return found
