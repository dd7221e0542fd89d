"""What one can do with orders and products."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.customers.resource.fields.common import labels
from regulars.customers.resource.kinds import Named
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.orders import events, queries, services
from regulars.orders.choices import OrderStatus, PaymentMethod, ProductState
from regulars.orders.facts import PaymentFacts
from regulars.orders.resource.permissions import DELETE, MOVE, PAY, PRODUCTS_ARCHIVE, RETURN, STATE
from regulars.resources import kinds
from regulars.resources.action import Action, Outcome
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.stores.choices import DeletePolicy
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, open_change_set

EVERYTHING = "all"
_BACK = re.compile(r"(?P<what>.+?)\s*[=×:]\s*(?P<count>\d{1,6})")


def pay_orders(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Note a payment of an order; without an amount, what is due."""

    def pay(order_id: UUID, opened: OpenChangeSet) -> None:
        amount = inputs.get("amount")
        if amount is None:
            amount = queries.get_order(store=store, order_id=order_id).due_minor
        payment = PaymentFacts(
            amount_minor=amount,
            method=inputs.get("method") or PaymentMethod.OTHER,
            paid_at=inputs.get("paid"),
            reference=inputs.get("reference") or "",
        )
        services.record_payment(
            store=store, order_id=order_id, payment=payment, actor=actor, now=now, change_set=opened
        )

    return _each(pay, store, ids, events.PAID, actor, now, change_set)


def return_orders(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Take goods of an order back; without `items`, all that is left of it."""

    def take_back(order_id: UUID, opened: OpenChangeSet) -> None:
        quantities, items = _what_comes_back(store, order_id, inputs.get("items") or EVERYTHING)
        services.return_items(
            store=store,
            order_id=order_id,
            quantities=quantities,
            items=items,
            refund_minor=inputs.get("refund"),
            reason=inputs.get("reason") or "",
            method=inputs.get("method") or "",
            actor=actor,
            now=now,
            change_set=opened,
        )

    return _each(take_back, store, ids, events.RETURNED, actor, now, change_set)


def _each(
    do: Callable[[UUID, OpenChangeSet], None],
    store: Store,
    ids: list[UUID],
    kind: EventKind,
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """One order after the other, as one act. What is refused of a single one is told at the input it is about."""
    outcome = Outcome()
    with transaction.atomic():
        opened = change_set or open_change_set(store=store, actor=actor, kind=kind, now=now)
        outcome.change_set = opened.id
        for one in sorted(set(ids)):
            try:
                with transaction.atomic():
                    do(one, opened)
            except Refused as refusal:
                if len(ids) > 1:
                    outcome.skipped[one] = refusal.sentence
                elif refusal.field and not isinstance(refusal, InvalidRecord):
                    raise InvalidRecord({refusal.field: refusal.sentence}) from refusal
                else:
                    raise
            else:
                outcome.done.append(one)
    return outcome


def _what_comes_back(store: Store, order_id: UUID, text: str) -> tuple[dict[UUID, int], int]:
    """How many of each line, and of orders without lines how many things, a text means: "all", "MUG = 1, LAMP = 2"."""
    order = queries.get_order(store=store, order_id=order_id)
    lines = queries.lines_of(store=store, order_id=order_id)
    if text.strip().casefold() == EVERYTHING:
        left = {line.pk: line.quantity - line.returned for line in lines}
        return left, 0 if lines else order.items_count - order.returned_items
    if not lines and text.strip().isdecimal():
        return {}, int(text)
    quantities: dict[UUID, int] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        said = _BACK.fullmatch(part)
        what, count = (said["what"], int(said["count"])) if said else (part, 1)
        named = [
            line for line in lines
            if what.casefold() in (line.sku.casefold(), line.title.casefold(), line.serial.casefold())
        ]  # fmt: skip
        if not named:
            raise Invalid(
                gettext("“%(what)s” is not on the order. Write a sku, a name or a serial.")
                % {"what": what[:60]},
                field="items",
            )
        for line in named:
            taken = min(count, line.quantity - line.returned) if line is not named[-1] else count
            count -= taken
            if taken:
                quantities[line.pk] = quantities.get(line.pk, 0) + taken
    return quantities, 0


def _is(*statuses: OrderStatus) -> Callable[[Row], bool]:
    return lambda row: row["status"] in statuses


def _deletes(context: Context) -> bool:
    return context.store.delete_policy == DeletePolicy.ALWAYS


def return_page(store: Store, ids: list[UUID]) -> str:
    """The page on which a person says how many of each line come back."""
    return reverse("return_items", kwargs={"store": store.slug, "record_id": ids[0]})


_METHOD = Field(
    name="method",
    label=_("How"),
    kind=kinds.Choice(),
    choices=labels(PaymentMethod),
    help=_("Cash, card, transfer…"),
)

ORDER_ACTIONS = (
    Action(
        name="complete",
        label=_("Complete"),
        done_label=_("Completed"),
        icon="circle-check",
        part="state",
        main=True,
        permission=STATE,
        perform=services.complete_orders,
        needs=("status",),
        offered=_is(OrderStatus.OPEN),
    ),
    Action(
        name="record-payment",
        label=_("Record a payment"),
        done_label=_("Payment recorded"),
        icon="cash",
        part="state",
        permission=PAY,
        perform=pay_orders,
        scope="one",
        needs=("due_minor", "paid_minor"),
        offered=lambda row: row["due_minor"] != 0 or row["paid_minor"] > 0,
        inputs=(
            Field(
                name="amount",
                label=_("Amount"),
                kind=kinds.Money(),
                help=_("Empty: all that is due. With a minus it is given back."),
            ),
            _METHOD,
            Field(name="paid", label=_("When"), kind=kinds.Moment(), help=_("Empty means now.")),
            Field(name="reference", label=_("Reference"), kind=kinds.Text(max_length=200)),
        ),
    ),
    Action(
        name="return",
        label=_("Return items"),
        done_label=_("Return recorded"),
        icon="package-import",
        part="state",
        permission=RETURN,
        perform=return_orders,
        scope="one",
        ask_url=return_page,
        needs=("status", "items_count", "returned_items"),
        offered=lambda row: (
            row["status"] != OrderStatus.CANCELLED and row["returned_items"] < row["items_count"]
        ),
        inputs=(
            Field(
                name="items",
                label=_("Items"),
                kind=kinds.Text(max_length=2000),
                help=_("all, or sku or name and how many, like MUG = 1, LAMP = 2; empty means all."),
            ),
            Field(
                name="refund",
                label=_("Refund"),
                kind=kinds.Money(),
                help=_("Empty: what the goods cost, less their share of the discount."),
            ),
            Field(name="reason", label=_("Reason"), kind=kinds.Text(max_length=500)),
            _METHOD,
        ),
    ),
    Action(
        name="move",
        label=_("Move to a customer"),
        done_label=_("Moved"),
        icon="arrow-right",
        part="move",
        permission=MOVE,
        perform=services.move_orders,
        inputs=(
            Field(
                name="customer",
                label=_("Customer"),
                kind=Named(max_length=200),
                required=True,
                help=_("Number, e-mail or external id. The figures of both customers follow."),
            ),
        ),
    ),
    Action(
        name="reopen",
        label=_("Reopen"),
        done_label=_("Reopened"),
        icon="restore",
        part="state",
        permission=STATE,
        perform=services.reopen_orders,
        needs=("status",),
        offered=_is(OrderStatus.COMPLETED, OrderStatus.CANCELLED),
    ),
    Action(
        name="cancel",
        label=_("Cancel the order"),
        done_label=_("Cancelled"),
        icon="circle-x",
        part="final",
        permission=STATE,
        danger=True,
        perform=services.cancel_orders,
        confirm=_("Cancelled orders do not count for the customer. What was paid is due to them."),
        needs=("status", "returned_items"),
        offered=lambda row: row["status"] != OrderStatus.CANCELLED and not row["returned_items"],
    ),
    Action(
        name="delete",
        label=_("Delete"),
        done_label=_("Deleted"),
        icon="trash",
        part="final",
        permission=DELETE,
        danger=True,
        irreversible=True,
        typed=True,
        perform=services.delete_orders,
        confirm=_("They are gone from all sums, with their lines, payments and returns."),
        possible=_deletes,
    ),
)

PRODUCT_ACTIONS = (
    Action(
        name="archive",
        label=_("Archive"),
        done_label=_("Archived"),
        icon="archive",
        part="state",
        main=True,
        permission=PRODUCTS_ARCHIVE,
        perform=services.archive_products,
        needs=("state",),
        offered=lambda row: row["state"] == ProductState.ACTIVE,
    ),
    Action(
        name="restore",
        label=_("Offer again"),
        done_label=_("Offered again"),
        icon="restore",
        part="state",
        main=True,
        permission=PRODUCTS_ARCHIVE,
        perform=services.restore_products,
        needs=("state",),
        offered=lambda row: row["state"] == ProductState.ARCHIVED,
    ),
)
