"""What customers bought, brought back, sold and owe, in numbers as a large shop has them: made set by set.

Chance comes from the hash of a record's own number, so that the same store gets the same trade each time.
"""

from datetime import datetime
from random import Random
from typing import Any

from django.db import connection

from regulars.kit.loading import without_indexes
from regulars.kit.text import fold
from regulars.orders import services as orders
from regulars.stores.queries import Store

PRODUCTS = 2000
TRADEINS, INVOICES = 150_000, 300_000
# The shares above are of a million customers.
WHOLE = 1_000_000
_KINDS = (
    "Mug",
    "Teapot",
    "Lamp",
    "Vase",
    "Cushion",
    "Blanket",
    "Candle",
    "Frame",
    "Bowl",
    "Clock",
    "Phone",
    "Tablet",
)
_MAKES = (
    "Oslo",
    "Aster",
    "Nova",
    "Lumen",
    "Terra",
    "Kestrel",
    "Polar",
    "Cobalt",
    "Sierra",
    "Fjord",
    "Atlas",
    "Vega",
)
_LOOKS = (
    "white",
    "black",
    "blue",
    "green",
    "red",
    "oak",
    "walnut",
    "linen",
    "steel",
    "glass",
    "sand",
    "grey",
    "gold",
    "clay",
)
LARGE = ("orders_order", "orders_orderline", "orders_payment", "orders_return", "orders_returnline")

# An order is paid when it is completed, half or not at all while it is open. One of thirty comes back in part: the
# first thing on it. What goes out has a parcel; what is sold in the shop has a salesperson.
_ORDERS = """WITH drawn AS MATERIALIZED (
    SELECT id, customer_id, hashtext(number) & 2147483647 AS chance,
        total_minor - (items_count - 1) * (total_minor / items_count) AS first
    FROM orders_order WHERE store_id = %(store)s AND items_count > 0
), told AS (
    SELECT drawn.*, drawn.chance %% 30 = 0 AND drawn.first > 0 AS back, person.email, person.phone, person.address,
        trim(person.first_name || ' ' || person.last_name) AS name, person.city, person.postcode, person.country
    FROM drawn JOIN customers_customer AS person ON person.store_id = %(store)s AND person.id = drawn.customer_id
)
UPDATE orders_order AS placed SET
    returned_minor = CASE WHEN told.back AND status = 'completed' THEN told.first ELSE 0 END,
    returned_items = CASE WHEN told.back AND status = 'completed' THEN 1 ELSE 0 END,
    paid_minor = CASE
        WHEN status = 'completed' AND told.chance %% 400 = 1 THEN 0
        WHEN status = 'completed' AND told.back THEN total_minor - told.first
        WHEN status = 'completed' THEN total_minor
        WHEN status = 'open' AND told.chance %% 3 = 0 THEN total_minor / 2
        ELSE 0 END,
    commission_percent = CASE channel WHEN 'in_store' THEN 5 ELSE 0 END,
    salesperson_name = CASE channel WHEN 'in_store'
        THEN (ARRAY['Camille Roux', 'Luc Petit', 'Ana Costa', 'Mia Sommer'])[1 + told.chance %% 4] ELSE '' END,
    courier = CASE WHEN channel <> 'in_store' THEN (ARRAY['DHL', 'La Poste', 'UPS'])[1 + told.chance %% 3] ELSE '' END,
    tracking_number = CASE WHEN channel = 'online' THEN 'TRK' || lpad(told.chance::text, 10, '0') ELSE '' END,
    email = CASE channel WHEN 'in_store' THEN '' ELSE told.email END,
    phone = CASE channel WHEN 'in_store' THEN '' ELSE told.phone END,
    name = CASE channel WHEN 'in_store' THEN '' ELSE told.name END,
    address = CASE channel WHEN 'in_store' THEN '' ELSE told.address END,
    city = CASE channel WHEN 'in_store' THEN '' ELSE told.city END,
    postcode = CASE channel WHEN 'in_store' THEN '' ELSE told.postcode END,
    country = CASE channel WHEN 'in_store' THEN '' ELSE told.country END
FROM told WHERE placed.id = told.id"""
_LINES = """INSERT INTO orders_orderline
    (store_id, order_id, product_id, position, title, sku, serial, quantity, price_minor, tax_percent, returned)
SELECT placed.store_id, placed.id, product.id, split.at, product.title, product.sku,
    CASE WHEN split.at = 1 AND split.chance %% 12 = 0 THEN upper(substr(md5(placed.number), 1, 12)) ELSE '' END,
    CASE split.at WHEN 1 THEN 1 ELSE items_count - 1 END,
    CASE split.at WHEN 1 THEN total_minor - (items_count - 1) * (total_minor / items_count)
        ELSE total_minor / items_count END,
    product.tax_percent, CASE split.at WHEN 1 THEN returned_items ELSE 0 END
FROM orders_order AS placed
CROSS JOIN LATERAL (SELECT at, hashtext(placed.number || at) & 2147483647 AS chance FROM (VALUES (1), (2)) AS two (at)
    WHERE at <= placed.items_count) AS split
JOIN (SELECT *, row_number() OVER (ORDER BY sku) AS place FROM orders_product WHERE store_id = %(store)s) AS product
    -- Few products sell often, as everywhere.
    ON product.place = 1 + (%(products)s * power(split.chance / 2147483648.0, 2))::int %% %(products)s
WHERE placed.store_id = %(store)s"""
# How the demo says orders were paid knows no halves and no returns.
_UNPAID = "DELETE FROM orders_payment WHERE store_id = %(store)s"
_PAYMENTS = """INSERT INTO orders_payment (store_id, order_id, method, amount_minor, paid_at, author_name)
SELECT store_id, id, CASE channel WHEN 'in_store' THEN 'cash' ELSE 'card' END, paid_minor + returned_minor, placed_at,
    salesperson_name
FROM orders_order WHERE store_id = %(store)s AND paid_minor + returned_minor > 0"""
_RETURNS = """WITH made AS (
    INSERT INTO orders_return (store_id, order_id, made_at, reason, items_count, refund_minor, author_name)
    SELECT store_id, id, least(placed_at + interval '9 days', %(now)s), 'Did not please', 1, returned_minor, 'Luc Petit'
    FROM orders_order WHERE store_id = %(store)s AND returned_minor > 0
    RETURNING id, order_id, made_at, refund_minor
), lines AS (
    INSERT INTO orders_returnline (store_id, goods_return_id, line_id, quantity)
    SELECT %(store)s, made.id, line.id, 1 FROM made JOIN orders_orderline AS line
        ON line.store_id = %(store)s AND line.order_id = made.order_id AND line.position = 1
)
INSERT INTO orders_payment (store_id, order_id, goods_return_id, method, amount_minor, paid_at, author_name)
SELECT %(store)s, order_id, id, 'card', -refund_minor, made_at, 'Luc Petit' FROM made"""

_TRADEINS = """INSERT INTO tradeins_tradein (store_id, number, external_id, version, customer_id, way, status, hold,
    acceptance, location, courier, tracking_number, note, reference, quoted_minor, final_minor, currency, expires_at,
    paid_at, payout_kind, payout_sealed, payout_masked, author_name, created_at, updated_at)
SELECT %(store)s, at, '', 1, person.id, way, status, CASE status WHEN 'on_hold' THEN 'general' ELSE '' END,
    CASE WHEN status IN ('pending', 'requires_review', 'expired') THEN '' ELSE 'seller' END,
    CASE way WHEN 'in_store' THEN (ARRAY['Lyon Part-Dieu', 'Paris Bastille', 'Lille Centre'])[1 + chance %% 3] ELSE ''
    END, CASE way WHEN 'mail_in' THEN 'DHL' ELSE '' END,
    CASE way WHEN 'mail_in' THEN 'MI' || lpad(chance::text, 10, '0') ELSE '' END, '', '',
    (2 + chance %% 80) * 500, CASE status WHEN 'completed' THEN (2 + chance %% 80) * 450 END, %(currency)s,
    CASE WHEN status IN ('pending', 'lead') THEN %(now)s + interval '10 years' ELSE made + interval '14 days' END,
    CASE status WHEN 'completed' THEN made + interval '6 days' END,
    CASE WHEN status = 'completed' THEN (ARRAY['cash', 'store_credit'])[1 + chance %% 2] ELSE '' END, '', '',
    'Camille Roux', made, least(made + interval '6 days', %(now)s)
FROM (
    SELECT at, chance, CASE chance %% 5 WHEN 0 THEN 'mail_in' ELSE 'in_store' END AS way,
        %(now)s - ((%(tradeins)s - at) * 1500000::bigint / %(tradeins)s) * interval '1 minute' AS made,
        CASE WHEN chance %% 100 < 78 THEN 'completed'
            ELSE (ARRAY['requires_review', 'pending', 'lead', 'in_transit', 'delivered', 'being_inspected',
                'not_as_described', 'on_hold', 'payout_processing', 'return', 'returned', 'returned', 'expired',
                'expired', 'expired', 'cancelled', 'cancelled', 'abandoned'])[1 + chance / 100 %% 18] END AS status
    FROM (SELECT at, hashtext('tradein' || at) & 2147483647 AS chance FROM generate_series(1, %(tradeins)s) AS at)
        AS numbered
) AS drawn JOIN customers_customer AS person
    ON person.store_id = %(store)s AND person.number = 1 + (drawn.chance::bigint * 7919) %% %(customers)s"""
_ITEMS = """INSERT INTO tradeins_item
    (store_id, tradein_id, position, title, condition, serial, quoted_minor, final_minor)
SELECT store_id, id, at, (ARRAY['iPhone 12, 64 GB', 'Pixel 8, 128 GB', 'iPad Air', 'Road bike'])[1 + number %% 4],
    'good', CASE at WHEN 0 THEN '35' || lpad((number * 7919)::text, 13, '0') ELSE '' END,
    CASE at WHEN 0 THEN quoted_minor - quoted_minor / 3 ELSE quoted_minor / 3 END,
    CASE at WHEN 0 THEN final_minor - final_minor / 3 ELSE final_minor / 3 END
FROM tradeins_tradein, (VALUES (0), (1)) AS two (at) WHERE store_id = %(store)s"""
_COUNTER = """INSERT INTO tradeins_counter (store_id, next_number) VALUES (%(store)s, %(tradeins)s + 1)
ON CONFLICT (store_id) DO UPDATE SET next_number = excluded.next_number"""
# Every second who was paid in credit still has it.
_CREDIT = """WITH earned AS (
    INSERT INTO credit_entry (store_id, customer_id, amount_minor, source, reason, key, author_name, created_at)
    SELECT store_id, customer_id, final_minor, 'trade_in', '', 'tradein/' || id, 'Camille Roux', paid_at
    FROM tradeins_tradein WHERE store_id = %(store)s AND status = 'completed' AND payout_kind = 'store_credit'
    RETURNING id, store_id, customer_id, amount_minor, key, created_at
), spent AS (
    INSERT INTO credit_entry (store_id, customer_id, amount_minor, source, reason, key, author_name, created_at)
    SELECT store_id, customer_id, -amount_minor, 'hand', 'Spent at the till', 'spent/' || key, 'Luc Petit',
        least(created_at + interval '20 days', %(now)s)
    FROM earned WHERE hashtext(key) %% 2 = 0 RETURNING customer_id, amount_minor
)
UPDATE customers_customer AS person SET credit_minor = ledger.balance
FROM (SELECT customer_id, sum(amount_minor) AS balance
    FROM (SELECT customer_id, amount_minor FROM earned UNION ALL SELECT customer_id, amount_minor FROM spent) AS each
    GROUP BY customer_id) AS ledger
WHERE person.store_id = %(store)s AND person.id = ledger.customer_id"""

# First drafts, whose lines can still be written, then most of them issued, in the order they were made.
_INVOICES = """INSERT INTO invoices_invoice (store_id, external_id, kind, state, number, customer_id, source, source_id,
    source_number, bill_name, bill_address, bill_tax_id, email, seller, currency, prices_include_tax, net_minor,
    tax_minor, total_minor, paid_minor, due_on, salesperson_name, tracking_number, note, void_reason, version,
    created_at, updated_at, search)
SELECT %(store)s, '', 'invoice', 'draft', '', person.id, 'order', placed.id, placed.number,
    trim(person.first_name || ' ' || person.last_name), person.address, '', person.email, '{}', %(currency)s, true,
    round(total_minor / 1.2), total_minor - round(total_minor / 1.2), total_minor, 0, placed_at::date + 14,
    salesperson_name, tracking_number, '', '', 1, placed_at, placed_at,
    lower(concat_ws(' ', name_key, email_key, tracking_number, placed.number))
FROM (SELECT * FROM orders_order WHERE store_id = %(store)s AND status <> 'cancelled'
    ORDER BY placed_at DESC LIMIT %(invoices)s) AS placed
JOIN customers_customer AS person ON person.store_id = %(store)s AND person.id = placed.customer_id"""
_ISSUES = """UPDATE invoices_invoice AS bill SET state = told.state, sequence = told.sequence, number = told.number,
    issued_on = created_at::date, search = lower(told.number) || ' ' || search,
    void_reason = CASE told.state WHEN 'void' THEN 'Written twice' ELSE '' END,
    paid_minor = CASE told.state WHEN 'paid' THEN total_minor WHEN 'partly_paid' THEN total_minor / 2 ELSE 0 END
FROM (
    SELECT id, sequence, 'INV-' || to_char(sequence, 'FM000000') AS number, CASE WHEN chance < 90 THEN 'paid'
        WHEN chance < 93 THEN 'open' WHEN chance < 95 THEN 'partly_paid' ELSE 'void' END AS state
    FROM (SELECT id, chance, row_number() OVER (ORDER BY created_at, id) AS sequence
        FROM (SELECT *, (hashtext('invoice' || source_number) & 2147483647) %% 100 AS chance FROM invoices_invoice
            WHERE store_id = %(store)s) AS drawn WHERE chance < 97) AS numbered
) AS told WHERE bill.id = told.id"""
_INVOICE_LINES = """INSERT INTO invoices_line (store_id, invoice_id, position, title, sku, quantity, price_minor,
    discount_minor, tax_percent, amount_minor)
SELECT line.store_id, bill.id, line.position, line.title, line.sku, line.quantity, line.price_minor, 0, 20,
    line.total_minor
FROM invoices_invoice AS bill JOIN orders_orderline AS line
    ON line.store_id = bill.store_id AND line.order_id = bill.source_id
WHERE bill.store_id = %(store)s"""
_INVOICE_PAYMENTS = """INSERT INTO invoices_invoicepayment (store_id, invoice_id, amount_minor, method, paid_on,
    reference, key, author_name)
SELECT store_id, id, paid_minor, 'transfer', issued_on, '', '', 'Camille Roux' FROM invoices_invoice
WHERE store_id = %(store)s AND paid_minor > 0"""
_INVOICE_NUMBERS = """INSERT INTO invoices_settings (store_id, number_prefix, last_sequence, seller_name,
    seller_address, seller_tax_id, payment_text, foot_text, terms_days, tax_percent, prices_include_tax)
SELECT %(store)s, 'INV-', coalesce(max(sequence), 0), 'Bench', '', '', '', '', 14, 20, true
FROM invoices_invoice WHERE store_id = %(store)s"""


def is_seeded(*, store: Store) -> bool:
    """Whether the store trades already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM orders_product WHERE store_id = %s)", [store.pk])
        found: tuple[bool] = cursor.fetchone()
        return found[0]


def seed(*, store: Store, customers: int, now: datetime) -> None:
    """Give a store of customers with bare orders products, lines, payments, returns, trade-ins, credit and invoices."""
    told: dict[str, Any] = {
        "store": store.pk,
        "currency": store.currency,
        "now": now,
        "customers": customers,
        "products": PRODUCTS,
        "tradeins": max(TRADEINS * customers // WHOLE, 100),
        "invoices": max(INVOICES * customers // WHOLE, 200),
    }
    with without_indexes(LARGE), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '512MB'")
        cursor.executemany(
            """INSERT INTO orders_product (store_id, title, sku, price_minor, tax_percent, search)
            VALUES (%s, %s, %s, %s, 20, %s)""",
            [(store.pk, *product) for product in _products()],
        )
        for statement in (_UNPAID, _ORDERS, _LINES):
            cursor.execute(statement, told)
        # Nothing had come back when PostgreSQL last looked: it would compare each return with each line.
        cursor.execute("ANALYZE orders_order; ANALYZE orders_orderline")
        for statement in (_PAYMENTS, _RETURNS):
            cursor.execute(statement, told)
    with connection.cursor() as cursor:
        for statement in (_TRADEINS, _ITEMS, _COUNTER, _CREDIT, _INVOICES):
            cursor.execute(statement, told)
        cursor.execute("ANALYZE invoices_invoice; ANALYZE orders_orderline")
        for statement in (_INVOICE_LINES, _ISSUES, _INVOICE_NUMBERS, _INVOICE_PAYMENTS):
            cursor.execute(statement, told)
    orders.recount_figures(store=store)


def _products() -> list[tuple[str, str, int, str]]:
    """Title, sku, price in minor units, search form."""
    chance = Random(23)
    named = [f"{kind} {make}, {look}" for look in _LOOKS for make in _MAKES for kind in _KINDS][:PRODUCTS]
    found = [(title, f"B-{number:04}", chance.randint(4, 200) * 50) for number, title in enumerate(named, 1)]
    return [(title, sku, price, fold(f"{title} {sku}")) for title, sku, price in found]
