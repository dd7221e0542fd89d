"""Five hundred customers with everything that conditions can be about, and many gaps."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from regulars.customers import services
from regulars.customers.models import Address, Customer, Note
from regulars.invoices.models import Invoice
from regulars.kit.actor import system
from regulars.offers.models import Redemption
from regulars.orders import services as order_services
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from tests.factories import NOW
from tests.resources.plain import Plain

FIRST = ("Ada", "ada", "Zoë", "Łukasz", "王", "Bob", "%_\\", "")
LAST = ("Lovelace", "Åberg", "O'Neil", "lovelace", "")
CITIES = ("Paris", "Łódź", "Lodz", "paris", "New York", "")
BORN = (
    date(1985, 3, 2),
    date(2004, 2, 29),
    date(1999, 2, 28),
    date(1970, 12, 31),
    date(2001, 1, 1),
    date(1960, 3, 3),
    None,
    None,
)
# Moments around midnight in Paris, and around the changes of its clocks.
MOMENTS = (
    NOW,
    datetime(2026, 3, 1, 22, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 1, 23, 0, tzinfo=UTC),
    datetime(2025, 12, 1, 23, 0, tzinfo=UTC),
    datetime(2025, 12, 1, 22, 59, tzinfo=UTC),
    datetime(2025, 6, 30, 22, 0, tzinfo=UTC),
    datetime(2025, 7, 1, 23, 30, tzinfo=UTC),
    datetime(2025, 3, 30, 1, 0, tzinfo=UTC),
    datetime(2024, 2, 28, 23, 0, tzinfo=UTC),
    datetime(2026, 2, 28, 12, 0, tzinfo=UTC),
    datetime(2026, 2, 1, 0, 0, tzinfo=UTC),
)
TAGS = ("vip", "VIP", "repair", "newsletter 2025", "vi")


def fill(store: Store, *, count: int = 500, seed: int = 7) -> list[Plain]:
    """Put them into the store, and tell what was put there."""
    chance = random.Random(seed)
    group = services.create_group(store=store, name="Trade", actor=system("Tests"), now=NOW)
    services.insert_customers(
        store=store, records=[_customer(chance, number) for number in range(count)], now=NOW
    )
    ids = list(Customer.objects.filter(store=store).order_by("number").values_list("pk", flat=True))
    Customer.objects.filter(pk__in=ids[::3]).update(group=group)
    for customer_id in ids:
        _link(chance, store, customer_id)
    return known(store)


def known(store: Store) -> list[Plain]:
    """Every customer of the store with what belongs to them."""
    found = {
        row["id"]: Plain(row, defaultdict(list)) for row in Customer.objects.filter(store=store).values()
    }
    names = dict(Customer.objects.filter(store=store).values_list("pk", "group__name"))
    for customer_id, plain in found.items():
        plain.row["group_name"] = names[customer_id]
        plain.row["f_outstanding"] = 0
        plain.row["offer_redeemed_at"] = None
    for redemption in Redemption.objects.filter(store=store, customer__isnull=False, voided_at=None):
        found[redemption.customer_id].row["offer_redeemed_at"] = redemption.at  # nobody redeems twice here
    for invoice in Invoice.objects.filter(store=store, customer__isnull=False):
        if invoice.kind == "invoice" and invoice.state in ("open", "partly_paid"):
            found[invoice.customer_id].row["f_outstanding"] += invoice.due_minor
    for link in get_resource("customers").all_links():
        paths = {link.path, *(field.path for field in link.fields if field.condition is None)}
        for row in link.rows(store).order_by().values(*paths):
            if (owner := row[link.path]) in found:
                found[owner].linked[link.name].append(row)
    return list(found.values())


def _customer(chance: random.Random, number: int) -> dict[str, Any]:
    pick = chance.choice
    orders = pick((0, 0, 1, 2, 3))
    first_order = pick(MOMENTS)
    flag = pick(("none", "none", "monitor", "trusted"))
    return {
        "first_name": pick(FIRST),
        "last_name": pick(LAST),
        "company": pick(("", "", "Söhne & Co", "Analytics")),
        "email": pick((f"n{number}@example.com", f"N{number}@Spam.test", f"x{number}@münchen.de", "")),
        "phone": pick(("+33612345678", "+33698765432", "+8613912345678", "")),
        "birthdate": pick(BORN),
        "language": pick(("fr", "pt-BR", "")),
        "address": pick(("1 rue X\nÉtage 2", "")),
        "building": pick(("B", "")),
        "city": pick(CITIES),
        "region": pick(("IDF", "")),
        "postcode": pick(("75001", "SW1A 1AA", "")),
        "country": pick(("FR", "DE", "")),
        "tags": sorted(set(chance.sample(TAGS, chance.randint(0, 2)))),
        "note": pick(("call back", "=1+1", "")),
        "accepts_marketing": pick((True, False)),
        "points_summary": pick((True, False)),
        "has_account": pick((True, False)),
        "blocked": pick((True, False, False)),
        "commission_reduction": pick((Decimal(0), Decimal("12.50"), Decimal(100))),
        "source": pick(("till", "  spaced", "")),
        "external_id": pick((f"till-{number}", "")),
        "state": pick(("active", "active", "archived", "inactive")),
        "flag": flag,
        "flag_reason": "" if flag == "none" else "Odd orders",
        "orders_count": orders,
        "items_count": orders * 2,
        "spent_minor": pick((0, 100, 41250, 20000, -100)) if orders else 0,
        "first_order_at": first_order if orders else None,
        "last_order_at": first_order + timedelta(days=pick((0, 0, 1))) if orders else None,
        "points": pick((0, 0, 40, -5, 3)),
        "tier": pick(("gold", "")),
        "payout_method": pick(("paypal", "")),
        "created_at": pick(MOMENTS),
    }


def _link(chance: random.Random, store: Store, customer_id: Any) -> None:
    placed = [
        order_services.NewOrder(
            customer_id,
            f"{customer_id}-{number}",
            chance.choice(MOMENTS),
            chance.choice(("open", "completed", "cancelled")),
            chance.choice(("online", "in_store")),
            chance.randint(0, 3),
            chance.choice((0, 10_000, 20_001, 41_250)),
        )
        for number in range(chance.choice((0, 0, 1, 2, 4)))
    ]
    order_services.insert_orders(store=store, orders=placed)
    for _ in range(chance.choice((0, 0, 1, 2))):
        Address.objects.create(
            store=store,
            customer_id=customer_id,
            label=chance.choice(("Work", "")),
            city=chance.choice(CITIES),
            country=chance.choice(("FR", "DE", "")),
            postcode=chance.choice(("75001", "")),
        )
    for _ in range(chance.choice((0, 0, 1))):
        Note.objects.create(
            store=store,
            customer_id=customer_id,
            body=chance.choice(("Call back", "paid")),
            author_name=chance.choice(("Ada", "Bob")),
            pinned=chance.choice((True, False)),
            created_at=chance.choice(MOMENTS),
        )
