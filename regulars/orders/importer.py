"""How orders come in from files: which stored order a row is, whose it is, and what it would change.

A row is matched by external id, else by number; with neither, it is an order of its own unless one that looks like it
was there before. What it changes of a stored order never is whose it is: an order of the wrong customer is moved, not
brought again.
"""

from collections.abc import Sequence
from datetime import UTC, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.customers.choices import State
from regulars.kit.text import storable
from regulars.orders import incoming
from regulars.orders.choices import OrderStatus
from regulars.orders.incoming import ALL_PAID, MOST_ITEMS, MOST_MINOR, REFUNDED, add_up
from regulars.orders.matching import People
from regulars.orders.presets import PRESETS
from regulars.orders.rules import counted
from regulars.orders.services.imports import buyer_of, write_imported_orders
from regulars.orders.services.late import around_many
from regulars.orders.stored import COMPARED, KEYS, Row, Stored, look_for_alike
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.importer import (
    APART,
    Candidate,
    Cleaner,
    Decision,
    Importer,
    Matching,
    Option,
    Verdict,
)
from regulars.stores.models import Store
from regulars.stores.services import raise_order_numbers

SAME_ORDER: Final = "same"
_TOO_MUCH = gettext_noop("More was given back than the order came to.")
NOBODY = gettext_noop(
    "Nothing in this row says whose order it is. Give the customer's number, external id, e-mail, phone or name."
)
_AMOUNTS = ("total", "discount", "shipping", "tax", "returned", "paid", "due")
_COLUMNS = {
    **{name: f"{name}_minor" for name in _AMOUNTS},
    "placed": "placed_at",
    "items": "items_count",
    "customer": "customer_number",
    "salesperson": "salesperson_name",
}
_SAID_ALSO_BY = {"cancelled": ("status",), "due": ("paid_minor",)}
# What stays once something came back: what was given back is counted by it.
_FIXED = frozenset({"lines", "items_count", "total_minor", "discount_minor", "shipping_minor", "tax_minor"})
_NOT_NEGATIVE = ("items", "total", "discount", "shipping", "tax", "returned")
_READ = {
    "status": lambda cell, context: incoming.read_status(cell),
    "channel": lambda cell, context: incoming.read_channel(cell),
    "lines": incoming.read_lines,
    "paid": incoming.read_paid,
    "cancelled": lambda cell, context: incoming.word_of(cell) not in incoming.NO,
    "number": lambda cell, context: storable(cell).strip().removeprefix("#").strip(),
    **{name: incoming.read_amount for name in _AMOUNTS if name != "paid"},
}


def decide_orders(
    *, store: Store, candidates: Sequence[Candidate], matching: Matching, context: Context
) -> list[Decision]:
    """What each row would do; writes nothing."""
    facts = [_facts(candidate.values) for candidate in candidates]
    stored = Stored(store, facts)
    decisions = [
        _decide(one, candidate.choice, stored, context)
        for one, candidate in zip(facts, candidates, strict=True)
    ]
    new = [one for one in decisions if one.verdict is Verdict.NEW]
    whose = _say_whose(store, new)
    nameless = [(one, who) for one, who in zip(new, whose, strict=True) if who and not one.own]
    look_for_alike(store, nameless, context.now)
    return decisions


def _facts(values: Row) -> dict[str, Any]:
    """The columns a row fills."""
    facts = {_COLUMNS.get(name, name): value for name, value in values.items() if value not in (None, "", [])}
    for name in ("discount_minor", "returned_minor"):  # written below zero by some
        if name in facts:
            facts[name] = abs(facts[name])
    if facts.pop("cancelled", False):
        facts["status"] = OrderStatus.CANCELLED.value
    if "lines" in facts:  # equal cells of a file are read once
        facts["lines"] = [dict(line) for line in facts["lines"]]
    if "placed_at" in facts:  # as the history writes it
        facts["placed_at"] = facts["placed_at"].astimezone(UTC)
    if "phone" in facts:
        facts["phone"], _typed = facts["phone"]
    names = facts.pop("first_name", ""), facts.pop("last_name", "")
    if full := " ".join(filter(None, names)):
        facts.setdefault("customer_name", full)
    return facts


def _decide(facts: dict[str, Any], choice: str, stored: Stored, context: Context) -> Decision:
    if problem := _problem(facts, context):
        return Decision(Verdict.FAILED, field=problem[0], sentence=problem[1])
    own = tuple(f"{kind}:{facts[key]}" for key, kind in KEYS.items() if key in facts)
    by_id, by_number = (stored.by[key].get(facts.get(key, "")) for key in KEYS)
    if by_id and by_number and by_id["id"] != by_number["id"]:
        sentence = _(
            "The external id belongs to order %(by_id)s, the number to another. Correct one of them."
        ) % {"by_id": by_id["number"]}
        return Decision(Verdict.FAILED, own, field="number", sentence=sentence)
    if by_number and not by_id and choice != SAME_ORDER and _is_another(facts, by_number):
        if choice != APART:
            return _clash(facts, by_number, own)
        own, by_number = tuple(key for key in own if key != f"number:{facts['number']}"), None
        facts.pop("number")  # it gets one of ours
    order = by_id or by_number
    return _changed(facts, order, own) if order else _new(facts, own)


def _problem(facts: Row, context: Context) -> tuple[str, str] | None:
    """What is wrong with a row by itself: the field, and why."""
    if (currency := facts.get("currency", "").upper()) and currency != context.store.currency:
        sentence = _("The order is in %(currency)s, the store counts in %(currency2)s.") % {
            "currency": currency[:10],
            "currency2": context.store.currency,
        }
        return "currency", _("%(sentence)s Bring it in that currency.") % {"sentence": sentence}
    for name in _NOT_NEGATIVE:
        value = facts.get(_COLUMNS[name], 0)
        if value < 0:
            return (
                name,
                _(
                    "This cannot be less than 0. Money that was given back belongs to the order it was paid for."
                ),
            )
        if value > (MOST_ITEMS if name == "items" else MOST_MINOR):
            return name, _("This is more than an order can hold.")
    placed = facts.get("placed_at")
    if placed is not None and placed > context.now + timedelta(days=1):
        return "placed", _("The date %(day)s lies in the future. Write the right year.") % {
            "day": placed.date().isoformat()
        }
    return None


def _is_another(facts: Row, order: Row) -> bool:
    """Whether a stored order with the number of a row is another one: shops count their orders from 1001."""
    if order["external_id"] and "external_id" in facts:
        return bool(order["external_id"] != facts["external_id"])
    if order["source"] == facts.get("source"):
        return False
    placed, total = facts.get("placed_at"), facts.get("total_minor")
    other_day = placed is not None and abs(placed - order["placed_at"]) > timedelta(days=1)
    return other_day and total is not None and total != order["total_minor"]


def _clash(facts: Row, order: Row, own: tuple[str, ...]) -> Decision:
    return Decision(
        Verdict.CLASH,
        own,
        field="number",
        sentence=_(
            "There is an order %(order)s that seems to be another one: from “%(order2)s”, of "
            "%(day)s. Is it the same?"
        )
        % {
            "order": order["number"],
            "order2": order["source"][:40],
            "day": order["placed_at"].date().isoformat(),
        },
        options=(
            Option(SAME_ORDER, _("The same order: change it")),
            Option(APART, _("Another order: give it a new number")),
        ),
    )


def _new(facts: dict[str, Any], own: tuple[str, ...]) -> Decision:
    if "placed_at" not in facts:
        return Decision(Verdict.FAILED, own, field="placed", sentence=_("Say when the order was placed."))
    if "email" not in facts and "customer_email" in facts:
        facts["email"] = facts["customer_email"]
    _settle(facts)
    if facts.get("returned_minor", 0) > facts.get("total_minor", 0):
        return Decision(Verdict.FAILED, own, field="returned", sentence=_(_TOO_MUCH))
    return Decision(Verdict.NEW, own, own, values=facts)


def _settle(facts: dict[str, Any], order: Row = MappingProxyType({})) -> None:
    """Words become amounts: what the parts come to, what was given back, what was paid."""
    facts.pop("currency", None)
    due = facts.pop("due_minor", None)
    add_up(facts, facts.get("lines", []))
    total = facts.get("total_minor", order.get("total_minor", 0))
    status = facts.get("status", order.get("status"))
    if status == REFUNDED:
        facts["status"] = status = OrderStatus.COMPLETED.value
        facts.setdefault("returned_minor", total)
    most = max(0, total - max(facts.get("returned_minor", 0), order.get("returned_minor", 0)))
    if due is not None and status != OrderStatus.CANCELLED:
        facts["paid_minor"] = most - due
    elif "paid_minor" not in facts and not order and status in (None, OrderStatus.COMPLETED):
        facts["paid_minor"] = ALL_PAID  # nobody hands goods over and waits; who does says so
    if "paid_minor" in facts:
        paid = facts["paid_minor"]
        facts["paid_minor"] = most if paid == ALL_PAID else max(0, min(paid, most))


def _changed(facts: dict[str, Any], order: Row, own: tuple[str, ...]) -> Decision:
    """What a row changes of a stored order. Empty cells erase nothing; money is only ever added."""
    _settle(facts, order)
    changes = {name: facts[name] for name in COMPARED if name in facts and facts[name] != order[name]}
    if "external_id" in facts and not order["external_id"]:
        changes["external_id"] = facts["external_id"]
    if "lines" in facts and facts["lines"] != order["lines"]:
        changes["lines"] = facts["lines"]
    for name in ("returned_minor", "paid_minor"):
        if facts.get(name, 0) > order[name]:
            changes[name] = facts[name]
    total = changes.get("total_minor", order["total_minor"])
    if order["lines"] and "lines" not in facts and changes.keys() & _FIXED:
        sentence = _(
            "This order has lines, which come to what it says. Bring its lines too, or change the order itself."
        )
        return Decision(Verdict.FAILED, own, field="total", sentence=sentence)
    if (order["returned_items"] or order["returned_minor"]) and changes.keys() & _FIXED:
        sentence = _(
            "Something of this order came back already; what is on it stays as it is. Take the row out."
        )
        return Decision(Verdict.FAILED, own, field="lines", sentence=sentence)
    if max(changes.get("returned_minor", 0), order["returned_minor"]) > total:
        return Decision(Verdict.FAILED, own, field="returned", sentence=_(_TOO_MUCH))
    keys = [f"id:{order['external_id']}"] if order["external_id"] else []
    known_by = dict.fromkeys((*own, *keys, f"number:{order['number']}", f"order:{order['id']}"))
    return Decision(
        Verdict.CHANGED if changes else Verdict.SAME,
        (*own, f"order:{order['id']}"),
        tuple(known_by),
        values=changes,
        before={name: order[name] for name in changes},
        together=_FIXED if order["lines"] or "lines" in facts else frozenset(),
        record_id=order["id"],
        version=order["version"],
    )


def _say_whose(store: Store, new: Sequence[Decision]) -> list[UUID | None]:
    """Find the customers of new orders; who is not known becomes a guest when the order is written. Gives the known.

    Rows are looked at in their order: whom an earlier one brings may be the customer of a later one. So may whom an
    earlier batch brings, which may just be written: only who is found for sure is set here.
    """
    buyers = [buyer_of(one.values) for one in new]
    people, brought = People(store, buyers), set()
    whose: list[UUID | None] = [None] * len(new)
    for at, (one, buyer) in enumerate(zip(new, buyers, strict=True)):
        found = people.find(buyer)
        if found is None and not buyer.is_said:
            one.verdict, one.field, one.sentence = Verdict.FAILED, "", _(NOBODY)
            if buyer.number:
                one.field, one.sentence = (
                    "customer",
                    _("There is no customer with the number %(number)s.") % {"number": buyer.number},
                )
        elif found is None:
            brought.add(people.add(buyer).id)
        elif found.state == State.ANONYMISED:
            one.verdict, one.field = Verdict.FAILED, ""
            one.sentence = _(
                "This person was anonymised; nothing new is kept of them. Take the row out of the file."
            )
        elif found.id not in brought:
            whose[at] = found.id
            if people.is_sure(buyer, found):
                one.values["customer_id"] = found.id
    return whose


def _cleaner(field: Field, context: Context) -> Cleaner | None:
    read = _READ.get(field.name)
    return None if read is None else lambda cell: read(cell, context)


def _reserve(store: Store, highest: int) -> None:
    raise_order_numbers(store_id=store.pk, at_least=highest)


IMPORTER = Importer(
    identifying=("external_id", "number", "placed", "total", "lines"),
    decide=decide_orders,
    write=write_imported_orders,
    presets=PRESETS,
    cleaner=_cleaner,
    numbering="number",
    counted=counted,
    origin="source",
    reserve=_reserve,
    kept_as_typed=("phone",),
    columns_of=lambda name: _SAID_ALSO_BY.get(name) or (_COLUMNS.get(name, name),),
    around=around_many,
    ahead=True,
    sample=(
        {
            "number": "1001", "external_id": "5001", "placed": "2026-03-04 10:15", "status": "completed",
            "channel": "online", "customer_email": "ada@example.com", "name": "Ada Martin", "total": "34.70",
            "discount": "0.00", "shipping": "4.90", "paid": "34.70",
            "lines": '[{"title": "Mug", "sku": "MUG", "quantity": 2, "price": "9.90"}, '
            '{"title": "Tea", "price": "10.00"}]',
        },
        {
            "number": "1002", "external_id": "5002", "placed": "2026-03-05", "status": "open", "channel": "in_store",
            "customer_email": "bruno@example.com", "name": "Bruno Costa", "items": "3", "total": "59.00",
        },
    ),
)  # fmt: skip
