"""The invoices of the demo store: of orders, of trade-ins, and written by hand, in every state."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from regulars.customers.queries import customers_of
from regulars.invoices import queries, services
from regulars.invoices.services import NewInvoice
from regulars.invoices.sums import NewLine
from regulars.kit.actor import Actor
from regulars.orders.queries import orders_of
from regulars.resources.action import Perform
from regulars.stores.queries import Store
from regulars.tradeins.queries import tradeins_of
from regulars.tradeins.services import note_tradeins

SELLER = {
    "seller_name": "Demo SARL",
    "seller_address": "18 rue des Martyrs\n75009 Paris\nFrance",
    "seller_tax_id": "FR40303265045",
    "payment_text": "IBAN FR76 3000 6000 0112 3456 7890 189 · BIC AGRIFRPP",
    "foot_text": "Demo SARL, Paris. Thank you for buying from us.",
    "tax_percent": Decimal(20),
}
# What is billed by hand: title, price in minor units.
WORK = (
    ("Workshop for six: setting a table", 42_000), ("Delivery and assembly", 8_900), ("Repair of a lamp", 3_400),
    ("Gift boxes with printing, 40 pieces", 61_000), ("Rent of tableware for a weekend", 18_500),
    ("Advice on furnishing, two hours", 14_000), ("Engraving, 24 pieces", 9_600),
)  # fmt: skip
ORDERS, WRITTEN, NOTES = 14, 14, 4


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of an invoice by hand, and how many days ago it was issued."""

    days: int
    then: str


# The store gives two weeks: what was issued longer ago and is not paid is overdue.
PLANS = (
    _Plan(75, "paid"), _Plan(61, "overdue"), _Plan(52, "void"), _Plan(44, "paid"), _Plan(38, "partly late"),
    _Plan(30, "credited"), _Plan(27, "paid"), _Plan(19, "overdue"), _Plan(12, "partly"), _Plan(9, "open"),
    _Plan(6, "paid"), _Plan(4, "open"), _Plan(1, "draft"), _Plan(0, "draft"),
)  # fmt: skip


def make_invoices(*, store: Store, random: Random, actor: Actor, now: datetime) -> None:
    """Write them in the order of their days, so that numbers and days agree."""
    services.edit_settings(store=store, changes=SELLER, actor=actor, now=now - timedelta(days=90))
    by_hand = list(zip(PLANS, _businesses(store), strict=False))
    for number, (plan, customer_id) in enumerate(by_hand):
        _write(store, plan, customer_id, WORK[number % len(WORK)], random, actor, now)
    orders = orders_of(store).filter(placed_at__gt=now - timedelta(days=14)).exclude(status="cancelled")
    latest = list(orders.order_by("-placed_at", "-pk").values_list("pk", flat=True)[:ORDERS])
    _act(services.invoice_orders, store, latest[2:], actor, now, issue=True)
    _act(services.invoice_orders, store, latest[:2], actor, now, issue=False)
    bought = tradeins_of(store).filter(status="completed").order_by("-pk").values_list("pk", flat=True)
    _act(note_tradeins, store, list(bought[:NOTES]), actor, now, issue=True)


def _businesses(store: Store) -> Iterator[UUID]:
    """Companies first: they are the ones that are billed for work."""
    rows = customers_of(store).filter(state="active").exclude(email="")
    yield from rows.exclude(company="").order_by("-pk").values_list("pk", flat=True)[:WRITTEN]
    yield from rows.filter(company="").order_by("-pk").values_list("pk", flat=True)[:WRITTEN]


def _write(
    store: Store,
    plan: _Plan,
    customer_id: UUID,
    work: tuple[str, int],
    random: Random,
    actor: Actor,
    now: datetime,
) -> None:
    title, price = work
    began = now - timedelta(days=plan.days, hours=random.randrange(1, 5))
    lines = [NewLine(title=title, price_minor=price, tax_percent=Decimal(20))]
    if random.random() < 0.5:
        lines.append(NewLine(title="Way there and back", price_minor=2500, tax_percent=Decimal(20)))
    draft = services.make_invoice(
        store=store,
        invoice=NewInvoice(
            lines=lines,
            customer_id=customer_id,
            prices_include_tax=True,
            salesperson_name=random.choice(("Camille Roux", "Manager of the demo", "Clerk of the demo")),
        ),
        actor=actor,
        now=began,
    )
    if plan.then == "draft":
        return
    invoice = services.issue_invoice(store=store, invoice_id=draft.pk, actor=actor, now=began)
    if plan.then in ("paid", "partly", "partly late"):
        moment = began + timedelta(days=min(random.randrange(1, 14), plan.days))
        services.record_payment(
            store=store,
            invoice_id=invoice.pk,
            amount_minor=None if plan.then == "paid" else invoice.total_minor // 200 * 100,
            method=random.choice(("transfer", "card", "transfer")),
            paid_on=store.day_of(moment),
            reference=f"{invoice.number} {random.randrange(1000, 9999)}",
            actor=actor,
            now=moment,
        )
    if plan.then == "void":
        _act(
            services.void_invoices, store, [invoice.pk], actor, began, reason="Written to the wrong company."
        )
    if plan.then == "credited":
        moment = began + timedelta(days=3)
        _act(services.credit_invoices, store, [invoice.pk], actor, moment)
        note = queries.credit_notes_of(store=store, invoice_id=invoice.pk)[0]
        services.issue_invoice(store=store, invoice_id=note.pk, actor=actor, now=moment)


def _act(
    perform: Perform, store: Store, ids: list[UUID], actor: Actor, now: datetime, **inputs: object
) -> None:
    perform(store=store, ids=ids, inputs=inputs, actor=actor, now=now, change_set=None)
