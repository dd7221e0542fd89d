"""Changing orders so that two people who edit at once lose nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.orders import events
from regulars.orders.choices import Channel, OrderStatus
from regulars.orders.facts import DELIVERY, LineFacts
from regulars.orders.models import Order, OrderLine
from regulars.orders.rules import as_facts, as_json
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.lines import MOST_MINOR, make_lines
from regulars.orders.services.locking import lock_order
from regulars.orders.services.place import check_parts, set_sums
from regulars.resources.conflicts import own_changes
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

SUMS = ("discount_minor", "shipping_minor")
EDITABLE = (
    "external_id", "channel", "placed_at", "source", "note", "courier", "tracking_number", "salesperson_name",
    *SUMS, *DELIVERY,
)  # fmt: skip
LINE = (
    "id", "product_id", "title", "sku", "serial", "quantity", "price_minor", "discount_minor", "tax_percent",
)  # fmt: skip
COMPUTED = ("items_count", "total_minor", "tax_minor")


class LinesAreFixed(Refused):
    """What is on the order cannot be changed any more."""

    code = "lines_are_fixed"


class OrderExternalIdTaken(Refused):
    """Another order of the store has the external id."""

    code = "external_id_taken"


def edit_order(
    *,
    store: Store,
    order_id: UUID,
    values: Mapping[str, Any],
    lines: Sequence[LineFacts] | None = None,
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> Order:
    """Change facts of an order, and its lines if given (all of them; those with an id stay the same lines).

    Raises `NotFound`, `InvalidRecord`, `LinesAreFixed` once something came back or the order is cancelled,
    `EditConflict`, `UnknownVersion` and `OrderExternalIdTaken`.
    """
    _check(values)
    try:
        with transaction.atomic():
            return _edit(store, order_id, values, lines, base_version, actor, now)
    except IntegrityError as error:
        if "order_external_id_unique_per_store" not in str(error):
            raise
        sentence = _("Another order of this store has this external id.")
        raise OrderExternalIdTaken(sentence, field="external_id") from error


def _edit(
    store: Store,
    order_id: UUID,
    values: Mapping[str, Any],
    lines: Sequence[LineFacts] | None,
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> Order:
    order = lock_order(store=store, order_id=order_id)
    stored = list(OrderLine.objects.filter(store=store, order=order).order_by("position", "pk"))
    current: dict[str, Any] = {name: getattr(order, name) for name in EDITABLE}
    current["lines"] = kept_lines(stored)
    if stored and lines is not None and not lines:
        raise Invalid(_("An order keeps at least one line. Cancel it if nothing was bought."), field="lines")
    changed = {name: value for name, value in values.items() if value != current[name]}
    wanted = stored if lines is None else make_lines(store=store, order=order, lines=lines)
    if kept_lines(wanted) != current["lines"]:
        _check_ids(stored, wanted)
        changed["lines"] = kept_lines(wanted)
    own = own_changes(
        store=store,
        record_id=order.pk,
        noun="order",
        version=order.version,
        current=current,
        changed=changed,
        base_version=base_version,
        as_json=as_json,
    )
    if not own:
        return order
    if own.keys() & {"lines", *SUMS}:
        _check_open(order)
    kept = [*(name for name in own if name != "lines"), *COMPUTED]
    before = dict(as_facts(order, kept))
    for name, value in own.items():
        if name != "lines":
            setattr(order, name, value)
    if "lines" in own:
        replace_lines(order, wanted)
    if own.keys() & {"lines", *SUMS} and ("lines" in own or stored):
        set_sums(order, wanted)
    check_parts(order)
    order.version += 1
    order.updated_at = now
    order.save(update_fields=[*kept, "version", "updated_at"])
    after = dict(as_facts(order, kept))
    if "lines" in own:
        before["lines"], after["lines"] = current["lines"], own["lines"]
    differ = {name for name in after if before[name] != after[name]}
    emit(
        store=store,
        actor=actor,
        resource="orders",
        kind=events.EDITED,
        touched=Touched(
            order.pk,
            order.version,
            {name: before[name] for name in before if name in differ},
            {name: after[name] for name in after if name in differ},
        ),
        now=now,
    )
    recount_figures(store=store, customer_ids=[order.customer_id])
    return Order.objects.get(store=store, pk=order.pk)


def _check(values: Mapping[str, Any]) -> None:
    errors = dict.fromkeys(sorted(set(values) - set(EDITABLE)), _("This cannot be edited."))
    if values.get("channel", Channel.ONLINE) not in Channel.values:
        errors["channel"] = _("Choose one of: %(names)s.") % {"names": ", ".join(Channel.values)}
    if "placed_at" in values and values["placed_at"] is None:
        errors["placed"] = _("Give the day it was placed.")
    for name in SUMS:
        if not 0 <= values.get(name, 0) <= MOST_MINOR:
            errors[name.removesuffix("_minor")] = _("Give an amount of 0 or more.")
    if errors:
        raise InvalidRecord(errors)


def _check_open(order: Order) -> None:
    if order.status == OrderStatus.CANCELLED:
        raise LinesAreFixed(_("This order is cancelled. Open it again to change what is on it."))
    if order.returned_items or order.returned_minor:
        raise LinesAreFixed(_("Something of this order came back already; what is on it stays as it is."))


def _check_ids(stored: Sequence[OrderLine], wanted: Sequence[OrderLine]) -> None:
    """A line that is named must be one of this order, and once."""
    known = {line.pk for line in stored}
    named = [line.pk for line in wanted if line.pk in known]
    strange = OrderLine.objects.filter(pk__in=[line.pk for line in wanted if line.pk not in known])
    if len(named) != len(set(named)) or strange.exists():
        raise InvalidRecord({"lines": _("A line is named that is not on this order.")})


def replace_lines(order: Order, lines: Sequence[OrderLine]) -> None:
    """Write the lines of a locked order in place of those it has."""
    OrderLine.objects.filter(store=order.store, order=order).delete()
    OrderLine.objects.bulk_create(lines)


def kept_lines(lines: Sequence[OrderLine]) -> list[dict[str, Any]]:
    """Lines as the history keeps them."""
    return [dict(as_facts(line, LINE)) for line in lines]
