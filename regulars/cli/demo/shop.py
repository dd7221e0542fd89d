"""Filling a store with people, through the services that imports use too."""

import contextlib
import itertools
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from django.db import connection, transaction

from regulars.accounts import services as accounts
from regulars.cli.demo import signins
from regulars.cli.demo.earning import make_earning
from regulars.cli.demo.goods import SHOP, stock_shop
from regulars.cli.demo.invoices import make_invoices
from regulars.cli.demo.messages import make_messages
from regulars.cli.demo.offers import make_offers
from regulars.cli.demo.people import Crowd, Person
from regulars.cli.demo.points import give_points
from regulars.cli.demo.segments import make_segments
from regulars.cli.demo.tradeins import make_tradeins
from regulars.customers import events
from regulars.customers import queries as customer_queries
from regulars.customers import services as customers
from regulars.kit.actor import Actor, system
from regulars.kit.errors import Refused
from regulars.orders import queries as order_queries
from regulars.orders import services as orders
from regulars.reports import services as reports
from regulars.staff import services as staff
from regulars.staff.permissions import permissions_of
from regulars.stores import services as stores
from regulars.stores.queries import Store
from regulars.timeline import services as timeline

BATCH = 5000
# From here on the indexes of an empty install are made after the rows.
LARGE = 20_000
ENSURED = 5000
GROUPS = ("Retail", "Members", "Wholesale", "Friends & family", "Schools")
# Number, name and price in minor units.
PRODUCTS = (
    ("MUG-01", "Stoneware mug", 1490), ("TEA-02", "Teapot, cast iron", 5900), ("LMP-03", "Desk lamp", 7900),
    ("VAS-04", "Glass vase", 3490), ("CSH-05", "Linen cushion", 2990), ("BLK-06", "Wool blanket", 8900),
    ("CND-07", "Scented candle", 1990), ("FRM-08", "Oak picture frame", 2490), ("BWL-09", "Salad bowl", 3990),
    ("CLK-10", "Wall clock", 6900), ("TRY-11", "Serving tray", 2790), ("PLT-12", "Plant pot, large", 4490),
)  # fmt: skip
# How completed orders were paid, by channel; what is open is still due.
PAID_BY = {"in_store": "cash", "online": "card", "marketplace": "paypal"}
# How many of the latest customers have had staff at work on them.
HANDLED = 120


class NotEmpty(Refused):
    """The store has customers, and nobody asked to add to them."""

    code = "store_not_empty"


def open_demo_store(*, passwords: dict[str, str], now: datetime) -> Store:
    """The store `demo` with a sign-in for each role, and its shop page open."""
    actor = system("Demo", surface="cli")
    settings = {"currency": "EUR", "time_zone": "Europe/Paris", "country": "FR", "language": "en", **SHOP}
    with transaction.atomic():
        store = stores.create_store(slug="demo", name="Demo", settings=settings, actor=actor, now=now)
        for role, email in signins.EMAILS.items():
            staff.add_person(
                store=store,
                email=email,
                name=f"{role.title()} of the demo",
                password=passwords[email],
                role=role,
                actor=actor,
                now=now,
            )
        stock_shop(store=store, actor=actor, now=now)
    return store


def fill_store(
    *,
    store: Store,
    count: int,
    seed: int,
    now: datetime,
    add: bool = False,
    login: str = "",
    report: Callable[[int], object] = lambda done: None,
) -> tuple[int, int]:
    """Give a store so many customers with their orders; returns how many customers and orders there are more.

    Raises `NotEmpty` when there are customers already, unless `add`: they are never replaced. With a
    password, `login`, one of them signs in to the shop.
    """
    taken = customer_queries.customers_of(store).count()
    if taken and not add:
        raise NotEmpty(f"The store “{store.slug}” has {taken} customers. With --add there will be more.")
    actor = system("Demo", surface="cli")
    groups = [customers.create_group(store=store, name=name, actor=actor, now=now).pk for name in GROUPS]
    crowd = Crowd(seed=seed, now=now, home=store.country, groups=groups, taken=taken)
    numbers = itertools.count(order_queries.orders_so_far(store=store) + 1)
    first, made, latest = next(numbers), 0, []
    numbers = itertools.count(first)
    loading = orders.load_into_empty_tables() if count > LARGE else contextlib.nullcontext()
    with loading:
        for batch in itertools.batched(crowd.people(count), BATCH):
            with transaction.atomic():
                latest = _insert(store, batch, numbers, actor, now)
            made += len(batch)
            report(made)
    _handle(store, latest[-HANDLED:], Random(seed), now)
    if login and not taken:
        _give_login(store, latest[-1], login, actor, now)
    _tell_the_planner(thoroughly=count > LARGE)
    if count <= LARGE:  # a large demo is for measuring, and begins without
        _stock(store, actor, now)
        make_earning(store=store, customer_ids=latest[-HANDLED:], actor=actor, now=now)
        make_segments(store=store, guests=latest[-HANDLED:], actor=actor, now=now)
        reports.refresh_scale(store=store, now=now)
        sellers = latest[-HANDLED:]
        make_tradeins(store=store, customer_ids=sellers, random=Random(seed), actor=actor, now=now)
        make_messages(store=store, customer_ids=sellers, actor=actor, now=now)
        make_invoices(store=store, random=Random(seed), actor=actor, now=now)
        give_points(store=store, random=Random(seed), actor=actor, now=now)
        make_offers(store=store, customer_ids=sellers, random=Random(seed), actor=actor, now=now)
    return made, next(numbers) - first


def _give_login(store: Store, customer_id: UUID, password: str, actor: Actor, now: datetime) -> None:
    """The customer of the demo who signs in to the shop."""
    email = {"email": signins.CUSTOMER}
    customers.edit_customer(
        store=store, customer_id=customer_id, values=email, base_version=None, actor=actor, now=now
    )
    accounts.give_login(store=store, customer_id=customer_id, password=password, actor=actor, now=now)


def _insert(
    store: Store, people: Iterable[Person], numbers: "itertools.count[int]", actor: Actor, now: datetime
) -> list[UUID]:
    people = list(people)
    ids = customers.insert_customers(store=store, records=[person.facts for person in people], now=now)
    orders.insert_orders(
        store=store,
        orders=(
            orders.NewOrder(
                record_id,
                f"{placed:%y%m%d}-{next(numbers)}",
                placed,
                status,
                channel,
                items,
                total,
                paid_by=PAID_BY[channel] if status == "completed" else "",
            )
            for record_id, person in zip(ids, people, strict=True)
            for placed, status, channel, items, total in person.purchases
        ),
    )
    # One act of the shop platform for the batch, one event at its time for each customer who came through it.
    shop = Actor(kind="api", name="Online shop", surface="api")
    opened = timeline.open_change_set(store=store, actor=shop, kind=events.CREATED, now=now)
    came = {
        record_id: person.facts["created_at"]
        for record_id, person in zip(ids, people, strict=True)
        if person.facts["source"] == "online"
    }
    timeline.copy_events(
        change_set=opened,
        resource="customers",
        kind=events.CREATED,
        record_ids=list(came),
        at=list(came.values()),
    )
    timeline.announce(
        change_set=opened, kind=events.CREATED, touched=[timeline.Touched(record_id, 1) for record_id in ids]
    )
    return ids


def _stock(store: Store, actor: Actor, now: datetime) -> None:
    """Something to sell, on the orders there are."""
    known = dict(order_queries.products_of(store).values_list("sku", "pk"))
    for sku, title, price in PRODUCTS:
        if sku not in known:
            values = {"title": title, "sku": sku, "price_minor": price, "tax_percent": Decimal(20)}
            known[sku] = orders.create_product(store=store, values=values, actor=actor, now=now).pk
    orders.fill_orders(store=store, product_ids=[known[sku] for sku, _title, _price in PRODUCTS])


def _handle(store: Store, ids: list[UUID], random: Random, now: datetime) -> None:
    """Let staff work on a few customers, as people do: notes, tags, another address, a corrected city."""
    clerk = Actor(
        kind="staff", name="Camille Roux", role="clerk", permissions=permissions_of("clerk"), surface="desk"
    )
    bodies = (
        "Called about a late parcel; sent a new one.", "Wants to be told when the blue one is back.",
        "Paid at the counter, invoice by e-mail.", "A été très patient, prévoir un petit geste.",
    )  # fmt: skip
    for number, record_id in enumerate(ids):
        moment = now - timedelta(minutes=random.randrange(5, 40_000))
        match number % 4:
            case 0:
                customers.add_note(
                    store=store, customer_id=record_id, body=random.choice(bodies), actor=clerk, now=moment
                )
            case 1:
                customers.add_address(
                    store=store,
                    customer_id=record_id,
                    values={
                        "label": random.choice(("Work", "Holiday home", "Parents")),
                        "address": f"{random.randrange(1, 90)} rue des Écoles",
                        "postcode": "75005",
                        "city": "Paris",
                        "country": "FR",
                    },
                    actor=clerk,
                    now=moment,
                )
    customers.add_tags(
        store=store, ids=ids[2::4], inputs={"tags": ["summer sale"]}, actor=clerk, now=now - timedelta(hours=3),
        change_set=None,
    )  # fmt: skip
    customers.subscribe_customers(
        store=store, ids=ids[3::8], inputs={}, actor=clerk, now=now - timedelta(days=1), change_set=None
    )


def _tell_the_planner(*, thoroughly: bool) -> None:
    """Figures about the new rows, so that the first page is as fast as the thousandth."""
    with connection.cursor() as cursor:
        for table in ("customers_customer", "orders_order", "timeline_event"):
            cursor.execute(f"{'VACUUM (ANALYZE)' if thoroughly else 'ANALYZE'} {table}")
