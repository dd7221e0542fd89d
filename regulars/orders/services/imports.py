"""Writing the orders that a file brings, with guests for those whose customer is not known yet."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from regulars.customers.services import add_imported
from regulars.kit.copying import array_of, copy_rows
from regulars.kit.ids import new_id
from regulars.orders import events
from regulars.orders.choices import Channel, OrderStatus, PaymentMethod
from regulars.orders.facts import ADDRESS, DELIVERY
from regulars.orders.matching import Buyer, People, existing_orders
from regulars.orders.rules import commission_rate, counted
from regulars.orders.services.bulk_lines import write_lines
from regulars.orders.services.figures import recount_figures
from regulars.orders.services.late import are_counted_later
from regulars.orders.services.reimports import change_imported
from regulars.resources.importer import Decision, Overtaken, Verdict
from regulars.stores.models import Store
from regulars.stores.services import raise_order_numbers, take_order_numbers
from regulars.timeline.services import OpenChangeSet, Touched, announce, copy_events

# What an order has when its row does not say it.
UNLESS_GIVEN: Final[dict[str, Any]] = {
    "external_id": "",
    "channel": Channel.ONLINE.value,
    "status": OrderStatus.COMPLETED.value,
    "items_count": 0,
    "total_minor": 0,
    **dict.fromkeys(("discount_minor", "shipping_minor", "tax_minor", "returned_minor", "paid_minor"), 0),
    **dict.fromkeys((*DELIVERY, "note", "source", "courier", "tracking_number", "salesperson_name"), ""),
    "commission_percent": Decimal(0),
}


def write_imported_orders(
    *, store: Store, decisions: Sequence[Decision], change_set: OpenChangeSet, now: datetime
) -> None:
    """Add the new orders, with their guests, and change the known ones; the figures of all their customers follow.

    Locked are the store's row, customers, orders, in this order, as everywhere.
    """
    new = [one.values for one in decisions if one.verdict is Verdict.NEW]
    if new:
        _number(store, new)
        _find_buyers(store, new, change_set, now)
        _add(store, new, change_set, now)
    changed = [one for one in decisions if one.verdict is Verdict.CHANGED]
    if changed:
        change_imported(store=store, decisions=changed, change_set=change_set, now=now)


def _number(store: Store, new: Sequence[dict[str, Any]]) -> None:
    """Give each order a number that has none. Those that came with files may be in the way."""
    highest = max((counted(one["number"]) for one in new if one.get("number")), default=0)
    if highest:
        raise_order_numbers(store_id=store.pk, at_least=highest)
    without = [one for one in new if not one.get("number")]
    while without:
        first = take_order_numbers(store_id=store.pk, count=len(without))
        free = map(str, range(first, first + len(without)))
        for one, number in zip(without, free, strict=True):
            one["number"] = number
        wanted = [one["number"] for one in without]
        found = existing_orders(store=store, column="number", keys=wanted, wanted=("number",))
        taken = {row["number"] for row in found}
        without = [one for one in without if one["number"] in taken]


def buyer_of(values: dict[str, Any]) -> Buyer:
    """What a row says about who bought."""
    phone = values.get("phone", "")
    return Buyer(
        number=values.get("customer_number") or 0,
        external_id=values.get("customer_external_id", ""),
        email=values.get("customer_email") or values.get("email", ""),
        phone=phone
        if phone.startswith("+")
        else "",  # else nobody can have it; it is only kept with the order
        name=values.get("customer_name") or values.get("name", ""),
    )


def _find_buyers(
    store: Store, new: Sequence[dict[str, Any]], change_set: OpenChangeSet, now: datetime
) -> None:
    """Set whose the orders are: of those whose customer was not known, the one an earlier row made, else a guest."""
    unknown = [(one, buyer_of(one)) for one in new if not one.get("customer_id")]
    people = People(store, [buyer for _one, buyer in unknown])
    guests: dict[UUID, dict[str, Any]] = {}  # by an id that stands for each until it is made
    for one, buyer in unknown:
        found = people.find(buyer)
        if found is None:
            found = people.add(buyer)
            guests[found.id] = _guest(one, buyer)
        one["customer_id"] = found.id
    if guests:
        ids = add_imported(store=store, records=list(guests.values()), change_set=change_set, now=now)
        made = dict(zip(guests, ids, strict=True))
        for one, _buyer in unknown:
            one["customer_id"] = made.get(one["customer_id"], one["customer_id"])


def _guest(values: dict[str, Any], buyer: Buyer) -> dict[str, Any]:
    first, _space, last = buyer.name.rpartition(" ")
    facts = {
        "first_name": first.strip() if first else last,
        "last_name": last if first else "",
        "company": values.get("company", ""),
        "email": buyer.email,
        "phone": buyer.phone,
        "external_id": buyer.external_id,
        "source": values.get("source", ""),
        "created_at": values["placed_at"],
        **{name: values[name] for name in ADDRESS if values.get(name)},
    }
    return {name: value for name, value in facts.items() if value}


def _add(store: Store, new: Sequence[dict[str, Any]], change_set: OpenChangeSet, now: datetime) -> None:
    customer_ids = {one["customer_id"] for one in new}
    reductions = _lock_buyers(store, customer_ids)
    if store.commission_percent:
        for one in new:
            one["commission_percent"] = commission_rate(
                store_percent=store.commission_percent, reduction=reductions[one["customer_id"]]
            )
    ids = [new_id() for _ in new]
    brought = frozenset().union(*new)
    given = [(name, value) for name, value in UNLESS_GIVEN.items() if name in brought]
    same = {name: value for name, value in UNLESS_GIVEN.items() if name not in brought}
    copy_rows(
        table="orders_order",
        columns=("id", "customer_id", "number", "placed_at", *[name for name, _value in given]),
        rows=(
            (
                record_id,
                one["customer_id"],
                one["number"],
                one["placed_at"],
                *[one.get(name, value) for name, value in given],
            )
            for record_id, one in zip(ids, new, strict=True)
        ),
        same=same
        | {
            "store_id": store.pk,
            "version": 1,
            "currency": store.currency,
            "created_at": now,
            "updated_at": now,
        },
    )
    write_lines(
        store,
        [(record_id, one["lines"]) for record_id, one in zip(ids, new, strict=True) if one.get("lines")],
    )
    _copy_money(store, ids, new, change_set)
    copy_events(change_set=change_set, resource="orders", kind=events.IMPORTED, record_ids=ids, at=now)
    announce(change_set=change_set, kind=events.IMPORTED, touched=[Touched(one, 1) for one in ids])
    if not are_counted_later():
        recount_figures(store=store, customer_ids=customer_ids)


def _lock_buyers(store: Store, ids: Iterable[UUID]) -> dict[UUID, Decimal]:
    """How much the commission on each customer's orders is reduced; they are locked, so that nobody else counts their
    orders meanwhile. Raises `Overtaken` when one of them is gone."""
    wanted = set(ids)
    # Where figures are counted at the end, others may go on with the customers as long as these stay there.
    strength = "FOR KEY SHARE" if are_counted_later() else "FOR NO KEY UPDATE"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, commission_reduction FROM customers_customer WHERE store_id = %s AND id = ANY(%s::uuid[]) "
            f"ORDER BY id {strength}",
            [store.pk, array_of(map(str, wanted))],
        )
        found = dict(cursor.fetchall())
    if len(found) < len(wanted):
        raise Overtaken
    return found


def _copy_money(
    store: Store, ids: Sequence[UUID], new: Sequence[dict[str, Any]], change_set: OpenChangeSet
) -> None:
    """What was paid and given back, as one payment and one return each, on the day of the order."""
    same = {"store_id": store.pk, "author_name": change_set.actor.name}
    paid = [
        (one_id, one["paid_minor"], one["placed_at"])
        for one_id, one in zip(ids, new, strict=True)
        if one.get("paid_minor")
    ]
    if paid:
        copy_rows(
            table="orders_payment",
            columns=("id", "order_id", "amount_minor", "paid_at"),
            rows=((new_id(), *one) for one in paid),
            same=same | {"method": PaymentMethod.OTHER.value, "reference": "", "external_id": ""},
        )
    back = [
        (one_id, one["returned_minor"], one["placed_at"])
        for one_id, one in zip(ids, new, strict=True)
        if one.get("returned_minor")
    ]
    if back:
        copy_rows(
            table="orders_return",
            columns=("id", "order_id", "refund_minor", "made_at"),
            rows=((new_id(), *one) for one in back),
            same=same | {"reason": "", "items_count": 0},
        )
