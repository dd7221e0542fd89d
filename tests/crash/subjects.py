"""What the crash test imports: a file with rows that clash and rows that are wrong, and what must be the same after."""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

# Everything about the customers but ids, numbers and moments, which no two imports share.
PEOPLE = """
SELECT email, first_name, last_name, phone, phone_typed, city, external_id, version, state, search, count(*)
FROM customers_customer WHERE store_id = %(store)s
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 ORDER BY 1, 2, 3, 4, 5, 6, 7
"""
HISTORY = """
SELECT (SELECT count(*) FROM customers_customer WHERE store_id = %(store)s),
    (SELECT count(DISTINCT number) FROM customers_customer WHERE store_id = %(store)s),
    (SELECT count(*) FROM customers_lookup WHERE store_id = %(store)s),
    (SELECT count(DISTINCT record_id) FROM timeline_event WHERE store_id = %(store)s AND key = 'customer.imported'),
    (SELECT count(*) FROM timeline_event WHERE store_id = %(store)s AND key = 'customer.imported'),
    (SELECT count(*) FROM transfers_claim WHERE store_id = %(store)s)
"""
ORDERS = """
SELECT placed.number, placed_at, placed.status, placed.items_count, total_minor, paid_minor, buyer.email,
    placed.version,
    (SELECT sum(amount_minor) FROM orders_payment AS paid WHERE paid.store_id = %(store)s AND order_id = placed.id),
    (SELECT count(*) FROM orders_orderline AS line WHERE line.store_id = %(store)s AND order_id = placed.id)
FROM orders_order AS placed JOIN customers_customer AS buyer ON buyer.id = customer_id
WHERE placed.store_id = %(store)s ORDER BY 1
"""
FIGURES = """
SELECT email, orders_count, items_count, spent_minor, first_order_at, last_order_at, version
FROM customers_customer WHERE store_id = %(store)s ORDER BY 1
"""
DRIFT = """
SELECT email FROM customers_customer AS buyer WHERE store_id = %(store)s AND (orders_count, items_count, spent_minor) <>
    (SELECT count(*), coalesce(sum(items_count), 0), coalesce(sum(total_minor), 0) FROM orders_order
    WHERE store_id = %(store)s AND customer_id = buyer.id AND status <> 'cancelled')
"""
ORDER_HISTORY = """
SELECT (SELECT count(*) FROM orders_order WHERE store_id = %(store)s),
    (SELECT count(DISTINCT record_id) FROM timeline_event WHERE store_id = %(store)s AND key = 'order.imported'),
    (SELECT count(*) FROM timeline_event WHERE store_id = %(store)s AND key = 'order.imported'),
    (SELECT count(*) FROM customers_customer WHERE store_id = %(store)s),
    (SELECT count(*) FROM timeline_event WHERE store_id = %(store)s AND key = 'customer.imported'),
    (SELECT count(*) FROM transfers_claim WHERE store_id = %(store)s)
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of record: how its file is written, and what is asked of a store afterwards by `%(store)s`; the answers to
    `empty` have nothing in them."""

    write: Callable[[Path, int], None]
    questions: Mapping[str, str]
    empty: tuple[str, ...] = ()


def write_people(path: Path, rows: int) -> None:
    """A file in which every tenth row is a second one of an earlier person, and every 25th has a bad address."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("email", "first name", "last name", "phone", "city", "external id"))
        for number in range(rows):
            who = number - 7 if number % 10 == 9 else number
            address = f"p{who}@" if number % 25 == 24 else f"p{who}@example.com"
            writer.writerow(
                [
                    address,
                    f"First{who % 997}",
                    f"Läst {number % 4999}",
                    f"+336{number:08d}",
                    "Lyon",
                    f"x{who}",
                ]
            )


def write_orders(path: Path, rows: int) -> None:
    """A file of orders, three for each guest, in which every tenth row is a second one of an earlier order, every 25th
    has no day, and every third order has lines."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("number", "date", "customer email", "status", "items", "total", "lines"))
        for number in range(rows):
            which = number - 7 if number % 10 == 9 else number
            day = "" if number % 25 == 24 else f"2025-{which % 12 + 1:02d}-{which % 28 + 1:02d}"
            status = ("completed", "open", "cancelled", "completed")[which % 4]
            lines = '[{"title": "Mug", "quantity": 2, "price": "9.90"}]' if which % 3 == 0 else ""
            sums = ("", "") if lines else (str(which % 5), f"{number % 90}.50")
            writer.writerow(
                [f"S{which}", day, f"p{which * 7 % (rows // 3)}@example.com", status, *sums, lines]
            )


SUBJECTS = {
    "customers": Subject(write_people, {"customers": PEOPLE, "history": HISTORY}),
    "orders": Subject(
        write_orders,
        {"orders": ORDERS, "figures": FIGURES, "wrong figures": DRIFT, "history": ORDER_HISTORY},
        empty=("wrong figures",),
    ),
}
