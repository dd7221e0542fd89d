"""Verbs on many customers at once; one customer is a selection of one.

Each takes the ids of one batch, writes them in one transaction with one event per customer, and says of each whether
it was done or why not. `change_set` joins the batches of one act.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.customers import events
from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.customers.rules import as_json
from regulars.customers.services.batches import write_columns
from regulars.customers.services.create import check_group
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.locks import lock_rows
from regulars.resources.action import Outcome
from regulars.resources.kinds import clean_tags
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.queries import last_before
from regulars.timeline.services import OpenChangeSet, Touched, open_change_set, record

# What a verb does with one customer: the columns to write, the same for each, or why it is left as it is.
Decide = Callable[[Customer], Mapping[str, Any] | str]
_DECIDED_BY = ("version", "state", "tags", "group_id", "accepts_marketing", "email")


def archive_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Take customers out of the lists; everything is kept."""
    return _change(
        store, ids, actor, now, change_set, events.ARCHIVED, _to_state(State.ARCHIVED, "is archived already")
    )


def restore_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Bring archived customers back as what they were: who could not sign in before cannot do so now."""
    was = last_before(store=store, record_ids=ids, key=events.ARCHIVED.key, field="state")

    def decide(customer: Customer) -> Mapping[str, Any] | str:
        if customer.state != State.ARCHIVED:
            return "is not archived"
        return {"state": was.get(customer.pk, State.ACTIVE)}

    return _change(store, ids, actor, now, change_set, events.RESTORED, decide)


def deactivate_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Keep the data but let the customers sign in no more."""

    def decide(customer: Customer) -> Mapping[str, Any] | str:
        return (
            {"state": State.INACTIVE}
            if customer.state == State.ACTIVE
            else f"is {customer.get_state_display().lower()}"
        )

    return _change(store, ids, actor, now, change_set, events.DEACTIVATED, decide)


def activate_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Make inactive customers active again."""

    def decide(customer: Customer) -> Mapping[str, Any] | str:
        return (
            {"state": State.ACTIVE}
            if customer.state == State.INACTIVE
            else f"is {customer.get_state_display().lower()}"
        )

    return _change(store, ids, actor, now, change_set, events.ACTIVATED, decide)


def add_tags(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Add tags to customers; tags they have already are left as they are."""
    wanted = inputs["tags"]
    if not wanted:
        raise Invalid("Give at least one tag.", field="tags")

    def decide(customer: Customer) -> Mapping[str, Any] | str:
        tags = clean_tags([*customer.tags, *wanted])
        return {"tags": tags} if tags != customer.tags else "has the tags already"

    return _change(store, ids, actor, now, change_set, events.TAGGED, decide)


def remove_tags(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Take tags away from customers."""
    unwanted = set(inputs["tags"])
    if not unwanted:
        raise Invalid("Give at least one tag.", field="tags")

    def decide(customer: Customer) -> Mapping[str, Any] | str:
        tags = [tag for tag in customer.tags if tag not in unwanted]
        return {"tags": tags} if tags != customer.tags else "has none of the tags"

    return _change(store, ids, actor, now, change_set, events.TAGGED, decide)


def set_group(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Put customers into a group, or into none."""
    group_id = inputs.get("group")
    check_group(store=store, group_id=group_id)

    def decide(customer: Customer) -> Mapping[str, Any] | str:
        same = as_json(customer.group_id) == as_json(group_id)
        return "is in the group already" if same else {"group_id": group_id}

    return _change(store, ids, actor, now, change_set, events.GROUPED, decide)


def subscribe_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Note that customers agreed to marketing mail."""

    def decide(customer: Customer) -> Mapping[str, Any] | str:
        if not customer.email:
            return "has no e-mail"
        return "is subscribed already" if customer.accepts_marketing else {"accepts_marketing": True}

    return _change(store, ids, actor, now, change_set, events.SUBSCRIBED, decide)


def unsubscribe_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Note that customers want no marketing mail."""

    def decide(customer: Customer) -> Mapping[str, Any] | str:
        return {"accepts_marketing": False} if customer.accepts_marketing else "is not subscribed"

    return _change(store, ids, actor, now, change_set, events.UNSUBSCRIBED, decide)


def _to_state(state: State, already: str) -> Decide:
    return lambda customer: already if customer.state == state else {"state": state}


def _change(
    store: Store,
    ids: list[UUID],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
    kind: EventKind,
    decide: Decide,
) -> Outcome:
    outcome = Outcome()
    with transaction.atomic():
        found = lock_rows(Customer.objects.filter(store=store).only(*_DECIDED_BY), ids)
        touched: list[Touched] = []
        written: list[tuple[UUID, Mapping[str, Any]]] = []
        for record_id in dict.fromkeys(ids):
            customer = found.get(record_id)
            if customer is None:
                outcome.skipped[record_id] = "does not exist in this store"
                continue
            try:
                answer: Mapping[str, Any] | str = (
                    "is anonymised" if customer.state == State.ANONYMISED else decide(customer)
                )
            except Invalid as refusal:
                answer = refusal.sentence
            if isinstance(answer, str):
                outcome.skipped[record_id] = answer
                continue
            after = {name: as_json(value) for name, value in answer.items()}
            before = {name: as_json(getattr(customer, name)) for name in answer}
            touched.append(Touched(record_id, customer.version + 1, before, after))
            written.append((record_id, answer))
            outcome.done.append(record_id)
        if touched:
            write_columns(store=store, columns=sorted(written[0][1]), rows=written, now=now)
            opened = change_set or open_change_set(store=store, actor=actor, kind=kind, now=now)
            outcome.change_set = opened.id
            record(change_set=opened, resource="customers", kind=kind, touched=touched, now=now)
    return outcome
