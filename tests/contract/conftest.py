"""A small store that has every kind of row: full ones, empty ones, ties, other scripts, extremes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from regulars.blocklist.services import NewRule, add_rule
from regulars.customers import services
from regulars.customers.models import Customer, Group
from regulars.invoices.services import credit_invoices, issue_invoices, void_invoices
from regulars.invoices.sums import NewLine
from regulars.kit.actor import system
from regulars.loyalty.choices import BelowZero, Source
from regulars.loyalty.choices import Kind as PointsKind
from regulars.loyalty.services import PointChange, change_points, save_tier, void_entry
from regulars.messaging import services as messages
from regulars.orders import services as orders
from regulars.orders.facts import LineFacts, OrderFacts, PaymentFacts
from regulars.privacy import services as privacy
from regulars.privacy.choices import Kind, Way
from regulars.resources.context import Context
from regulars.stores.models import Store
from regulars.tradeins.facts import ItemFacts
from tests import database
from tests.factories import NOW, make_store
from tests.invoices.conftest import act, make_draft, pay
from tests.offers.making import make_offer, open_offer, redeem, send
from tests.tradeins.making import PHONE, WATCH, make_tradein, move, paid_in

RECORDS: tuple[dict[str, Any], ...] = (
    {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "email": "Ada@Example.com",
        "phone": "+33612345678",
        "phone_typed": "06 12 34 56 78",
        "birthdate": date(1985, 3, 2),
        "country": "FR",
        "city": "Łódź",
        "postcode": "75001",
        "region": "IDF",
        "address": "1 rue X\nÉtage 2",
        "building": "B",
        "language": "fr",
        "tags": ["vip", "repair"],
        "note": "=1+1",
        "accepts_marketing": True,
        "points_summary": True,
        "commission_reduction": Decimal("12.50"),
        "source": "till",
        "external_id": "till-1",
        "company": "Analytics",
        "orders_count": 3,
        "items_count": 5,
        "spent_minor": 41250,
        "first_order_at": datetime(2025, 1, 1, tzinfo=UTC),
        "last_order_at": datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
        "points": 40,
        "tier": "gold",
        "created_at": datetime(2025, 1, 1, tzinfo=UTC),
    },
    {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "email": "ada2@example.com",
        "country": "FR",
        "city": "Lodz",
        "tags": ["VIP"],
        "points": -5,
    },
    {
        "company": "Zürich & Söhne",
        "country": "DE",
        "orders_count": 1,
        "items_count": 1,
        "spent_minor": 100,
        "tags": [],
        "first_order_at": NOW,
        "last_order_at": NOW,
        "commission_reduction": Decimal(100),
    },
    {
        "first_name": "王",
        "last_name": "小明",
        "phone": "+8613912345678",
        "birthdate": date(2004, 2, 29),
        "country": "CN",
        "blocked": True,
    },
    {
        "email": "only@example.com",
        "state": "archived",
        "flag": "monitor",
        "flag_reason": "Odd orders",
        "has_account": True,
    },
    {
        "external_id": "'; drop table x; --",
        "first_name": "%_\\",
        "last_name": "@SUM(A1)",
        "state": "inactive",
        "points": 2**39,
    },
    {
        "first_name": "Bob",
        "last_name": "",
        "birthdate": date(1985, 3, 2),
        "orders_count": 2,
        "spent_minor": -100,
        "first_order_at": datetime(2023, 6, 1, tzinfo=UTC),
        "last_order_at": datetime(2024, 3, 1, 23, 30, tzinfo=UTC),
        "source": "  spaced",
    },
)

RULES: tuple[dict[str, Any], ...] = (
    {
        "kind": "email",
        "value": "Spam+1@gmail.com",
        "reason": "Ada",
        "expires_at": datetime(2026, 5, 1, tzinfo=UTC),
    },
    {"kind": "domain", "value": "*.münchen.example", "list": "trust", "reason_shown": "a"},
    {"kind": "ip", "value": "203.0.113.0/24", "mode": "shadow"},
    {"kind": "customer", "value": "#2", "reason": "=1+1"},
    {"kind": "phone", "value": "+33699999999"},
)

PRODUCTS: tuple[dict[str, Any], ...] = (
    {
        "title": "Zürich mug",
        "sku": "MUG",
        "price_minor": 1500,
        "tax_percent": Decimal(20),
        "external_id": "p-1",
    },
    {"title": "=1+1", "price_minor": 0},
)
ORDERS: tuple[dict[str, Any], ...] = (
    {
        "lines": (LineFacts(sku="MUG", quantity=2, serial="SN-1"), LineFacts(title="Lamp", price_minor=4000)),
        "payments": (PaymentFacts(amount_minor=2000, method="card"),),
        "external_id": "o-1",
        "email": "Ada@Example.com",
        "phone": "+33612345678",
        "name": "Ada Lovelace",
        "city": "Łódź",
        "country": "FR",
        "note": "=1+1\ntwo",
        "tracking_number": "T-1",
        "discount_minor": 500,
        "salesperson_name": "Camille",
        "placed_at": datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
    },
    {"total_minor": 0, "status": "cancelled", "channel": "in_store", "number": "Ada"},
    {
        "total_minor": 41250,
        "items_count": 40,
        "status": "completed",
        "placed_at": datetime(2025, 1, 1, tzinfo=UTC),
    },
)


INVOICES: tuple[dict[str, Any], ...] = (
    {"bill_name": "Zürich & Söhne", "note": "=1+1", "tracking_number": "1Z", "salesperson_name": "Ada"},
    {"bill_name": "王小明", "email": "Ada@Example.com", "due_on": date(2026, 3, 1)},
    {"bill_name": "%_\\", "lines": [NewLine(title="x", price_minor=10**11)], "source_number": "'; drop"},
    {"bill_name": "Ada", "kind": "purchase_note", "lines": [NewLine(title="Gift")]},
    {"bill_name": "", "lines": ()},
)


def seed_invoices(store: Store) -> None:
    """Drafts, open, overdue, partly paid, paid and void ones, of customers and of nobody."""
    known = list(Customer.objects.filter(store=store).order_by("number")[:2])
    drafts = [
        make_draft(store, **facts, customer_id=customer.pk if customer else None)
        for facts, customer in zip(INVOICES, (known[0], known[1], None, None, None), strict=True)
    ]
    extra = [make_draft(store, bill_name="Lodz") for _at in range(2)]
    act(issue_invoices, store, *drafts[:4], *extra)
    pay(store, drafts[1], 5)
    act(void_invoices, store, extra[0], reason="Ada")
    act(credit_invoices, store, extra[1])


def seed_messages(store: Store) -> None:
    """Sent, waiting and withheld ones, on both ways, and agreements given and taken back."""
    known = list(Customer.objects.filter(store=store).order_by("number").values_list("pk", flat=True))
    asked = {"store": store, "actor": system("Tests"), "now": NOW, "change_set": None}
    services.subscribe_customers(ids=known, inputs={"wording": "Yes, Ada"}, **asked)
    services.unsubscribe_customers(ids=known[1:2], inputs={}, **asked)
    for words in (
        {"purpose": "marketing", "subject": "{{first_name}}: =1+1", "body": "Łódź\n%_"},
        {"purpose": "service", "channel": "sms", "body": "Hello {{name}}"},
    ):
        messages.write_to(ids=known, inputs=words, **asked)
    messages.deliver_due(now=NOW)
    messages.write_to(ids=known[:2], inputs={"purpose": "service", "subject": "1", "body": "王"}, **asked)


def seed_privacy(store: Store) -> None:
    """A request of each kind, in each state."""
    asked: dict[str, Any] = {"store": store, "actor": system("Tests"), "now": NOW}
    for number, kind in enumerate(Kind):
        customer = Customer.objects.filter(store=store, number=number % 2 + 1).get()
        facts = {"details": "=1+1\nŁódź %_", "proof": "known", "proof_note": "'; drop"} if number else {}
        request = privacy.ask(
            asking=privacy.Asking(customer_id=customer.pk, kind=kind, way=Way.PHONE, **facts), **asked
        )
        about = asked | {"request_id": request.pk}
        match kind:
            case Kind.ERASURE:
                privacy.carry_out(answer="", **about)
            case Kind.CORRECTION:
                privacy.extend(reason="王", **about)
                privacy.take(**about)
            case Kind.OBJECTION:
                privacy.turn_down(reason="No", **about)
            case Kind.RESTRICTION:
                privacy.withdraw(customer_id=None, **about)


def seed_offers(store: Store) -> None:
    """A draft, one that was sent and redeemed by a customer and by a guest, and one with everything filled in."""
    ada = Customer.objects.get(store=store, number=1)
    make_offer(store, title="Zürich & Söhne", kind="gift", gift="=1+1")
    open_one = open_offer(store, title="'; drop", kind="amount", amount_minor=1000, partial=True, guests=True)
    send(open_one, ada)
    for part in (300, None):
        redeem(open_one, customer=ada, part_minor=part)
    redeem(open_one, bill_minor=500)
    gold = {"name": "gold", "rank": 1, "by": "points", "threshold": 10**9, "colour": "amber"}
    save_tier(store=store, tier_id=None, values=gold, actor=system("Tests"), now=NOW)
    full = {
        "terms": "a\nb",
        "hold_out": 20,
        "windows": [[4, 720, 840]],
        "external_id": "of-1",
        "tier": "gold",
    }
    dates = {"starts_at": datetime(2026, 1, 1, tzinfo=UTC), "ends_at": datetime(2026, 12, 1, tzinfo=UTC)}
    open_offer(store, title="Ada", codes="unique", audience="tier", limit_total=5, **full, **dates)


@pytest.fixture(scope="module")
def rows_of_all_kinds(django_db_setup: None, django_db_blocker: Any) -> Iterator[UUID]:
    """The store with those rows, half of the people in a group, made once for the tests of a file."""
    with database.kept_between_tests(django_db_blocker, seed) as store:
        yield store.pk


@pytest.fixture
def seeded(rows_of_all_kinds: UUID, db: None) -> Store:
    return Store.objects.get(pk=rows_of_all_kinds)


def seed() -> Store:
    store = make_store("contract")
    services.insert_customers(store=store, records=RECORDS, now=NOW)
    group = services.create_group(store=store, name="Trade", actor=system("Tests"), now=NOW)
    rows = services.create_customer  # one more through the service that single records take
    rows(store=store, values={"first_name": "Grouped", "group_id": group.pk}, actor=system("Tests"), now=NOW)
    assert Group.objects.filter(store=store).count() == 1
    for product in PRODUCTS:
        orders.create_product(store=store, values=product, actor=system("Tests"), now=NOW)
    buyer = Customer.objects.get(store=store, first_name="Grouped").pk
    for order in ORDERS:
        facts = OrderFacts(customer_id=buyer, **order)
        orders.place_order(store=store, order=facts, actor=system("Tests"), now=NOW)
    for rule in RULES:
        add_rule(store=store, rule=NewRule(**rule), actor=system("Tests"), now=NOW)
    _trade_in(store)
    seed_invoices(store)
    _points(store, buyer)
    seed_messages(store)
    seed_offers(store)
    seed_privacy(store)
    other = make_store("elsewhere")
    services.insert_customers(store=other, records=RECORDS, now=NOW)
    return store


def _points(store: Store, customer_id: UUID) -> None:
    """Given with everything that can be said, spent, pending, and taken back."""
    facts: tuple[dict[str, Any], ...] = (
        {
            "points": 50,
            "kind": PointsKind.EARN,
            "key": "=1+1",
            "reason": "Ada",
            "note": "Łódź",
            "expires_at": NOW,
        },
        {"points": -20, "kind": PointsKind.SPEND, "source": Source.ORDER},
        {"points": 2**39, "available_at": datetime(2027, 1, 1, tzinfo=UTC)},
    )
    made = [
        change_points(
            store=store,
            change=PointChange(customer_id, **one),
            policy=BelowZero.REFUSE,
            actor=system("Tests"),
            now=NOW,
        )
        for one in facts
    ]
    void_entry(store=store, entry_id=made[1].pk, reason="'; drop", actor=system("Tests"), now=NOW)


def _trade_in(store: Store) -> None:
    """One without a price, one accepted, one on hold by post with everything filled in."""
    ada, bob = Customer.objects.filter(store=store, number__in=(1, 3)).order_by("number")
    full = {"courier": "DHL", "tracking_number": "JD01", "location": "Łódź", "note": "=1+1"}
    make_tradein(store, ada, items=(ItemFacts("Ada's box"),))
    make_tradein(store, bob, acceptance="seller", items=(PHONE, WATCH))
    held = make_tradein(store, ada, way="mail_in", acceptance="auto", **full)
    paid_in(held, "cash")
    for step in ("deliver", "hold"):
        move(held, step)


@pytest.fixture
def asking(seeded: Store) -> Context:
    return Context(store=seeded, actor=system("Tests"), now=NOW)
