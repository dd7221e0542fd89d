"""Whatever is done with invoices and store credit, in whatever order: the books hold after every act."""

import contextlib
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.credit.models import Entry
from regulars.credit.queries import drift
from regulars.customers.models import Customer
from regulars.invoices import queries, services
from regulars.invoices.models import Invoice, InvoicePayment, Line
from regulars.kit.errors import Refused
from regulars.kit.ids import new_id
from regulars.orders import services as order_services
from regulars.orders.facts import PaymentFacts
from regulars.stores.models import Store
from regulars.timeline.models import ChangeSet
from regulars.timeline.undoing import undo_change_set
from tests.credit.test_credit import change
from tests.factories import NOW, make_customer, make_store
from tests.invoices.conftest import ME, act, make_draft, pay
from tests.orders.making import make_order

pytestmark = pytest.mark.django_db
ACTS = (
    "draft", "order", "issue", "issue", "pay", "pay", "pay in credit", "pay in credit", "pay the order", "void",
    "credit", "discard", "edit", "undo", "undo", "undo a payment", "add credit", "take credit", "prefix",
)  # fmt: skip
FIXED = (
    "kind", "sequence", "number", "bill_name", "bill_address", "currency", "net_minor", "tax_minor", "total_minor",
    "issued_on", "due_on", "seller", "credits_id", "note", "prices_include_tax",
)  # fmt: skip


@dataclass
class Shop:
    """A store, its people, and what its issued invoices said when they were issued."""

    store: Store
    people: list[Customer]
    chance: Random
    said: dict[Any, tuple[Any, ...]] = field(default_factory=dict)

    def any(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        return self.chance.choice(found) if found else None

    def invoice(self, **which: Any) -> Any:
        return self.any(Invoice.objects.filter(store=self.store, **which))

    def do(self, name: str) -> None:
        getattr(self, name.replace(" ", "_"))()

    def draft(self) -> None:
        make_draft(self.store, customer_id=self.chance.choice(self.people).pk)

    def order(self) -> None:
        order = make_order(self.store, customer_id=self.chance.choice(self.people).pk)
        act(services.invoice_orders, self.store, order, issue=self.chance.random() < 0.5)

    def issue(self) -> None:
        if one := self.invoice(state="draft"):
            act(services.issue_invoices, self.store, one)

    def pay(self, method: str = "cash", **which: Any) -> None:
        if one := self.invoice(**which):
            amount = self.chance.choice([None, 1, 500, one.total_minor])
            pay(self.store, one, amount, method=method, accept_more=self.chance.random() < 0.2)

    def pay_in_credit(self) -> None:
        self.pay("store_credit", **self.chance.choice([{}, {"state__in": ["issued", "partly_paid"]}]))

    def pay_the_order(self) -> None:
        if one := self.invoice(source="order"):
            amount = self.chance.choice([1, 700, -300])
            facts = PaymentFacts(amount_minor=amount, method=self.chance.choice(["card", "store_credit"]))
            order_services.record_payment(
                store=self.store, order_id=one.source_id, payment=facts, actor=ME, now=NOW
            )

    def void(self) -> None:
        if one := self.invoice():
            act(services.void_invoices, self.store, one, reason="wrong")

    def credit(self) -> None:
        if one := self.invoice():
            act(services.credit_invoices, self.store, one)

    def discard(self) -> None:
        if one := self.invoice():
            act(services.discard_drafts, self.store, one)

    def edit(self) -> None:
        if one := self.invoice():
            values = {self.chance.choice(["bill_name", "note", "tracking_number"]): str(self.chance.random())}
            services.edit_invoice(
                store=self.store, invoice_id=one.pk, values=values, base_version=None, actor=ME, now=NOW
            )

    def undo(self) -> None:
        acts = list(
            ChangeSet.objects.filter(store=self.store).order_by("-pk")[: self.chance.choice([4, 500])]
        )
        if one := self.chance.choice(acts) if acts else None:
            undo_change_set(store=self.store, change_set_id=one.pk, actor=ME, now=NOW)

    def undo_a_payment(self) -> None:
        """Of those that were noted at invoices, where most undone acts are others."""
        if one := self.any(ChangeSet.objects.filter(store=self.store, key="invoice.paid")):
            undo_change_set(store=self.store, change_set_id=one.pk, actor=ME, now=NOW)

    def add_credit(self) -> None:
        change(self.store, self.chance.choice(self.people), 20_000)

    def take_credit(self) -> None:
        change(self.store, self.chance.choice(self.people), -3_000)

    def prefix(self) -> None:
        prefix = self.chance.choice(["INV-", "R", "2026/"])
        services.edit_settings(store=self.store, changes={"number_prefix": prefix}, actor=ME, now=NOW)

    def check(self) -> None:
        """What has to be true after every act."""
        store = self.store
        assert queries.wrong_numbers(store=store) == []
        assert drift(store=store) == {}
        assert not Customer.objects.filter(store=store, credit_minor__lt=0).exists()
        for invoice in Invoice.objects.filter(store=store, sequence__isnull=False):
            lines = (
                Line.objects.filter(invoice=invoice).order_by("position").values_list("title", "amount_minor")
            )
            now = (*(getattr(invoice, name) for name in FIXED), tuple(lines))
            assert self.said.setdefault(invoice.pk, now) == now
            if invoice.kind == "invoice":
                credited = queries.credited_minor(store=store, invoice_id=invoice.pk)
                assert credited <= invoice.total_minor
                assert invoice.state != "void" or not credited
        gone = set(self.said) - set(Invoice.objects.filter(store=store).values_list("pk", flat=True))
        assert not gone
        self._credit_is_what_was_paid_with_it()

    def _credit_is_what_was_paid_with_it(self) -> None:
        """Each payment by store credit that stands is one entry, and none that was taken back is."""
        from regulars.orders.models import Payment

        spent = sum(
            one.amount_minor if one.invoice.kind == "invoice" else -one.amount_minor
            for one in InvoicePayment.objects.filter(
                store=self.store, method="store_credit", key=""
            ).select_related("invoice")
        )
        spent += sum(
            one.amount_minor for one in Payment.objects.filter(store=self.store, method="store_credit")
        )
        of_payments = Entry.objects.filter(store=self.store, reason__regex="^(Order|Invoice|Credit note)")
        assert -sum(of_payments.values_list("amount_minor", flat=True)) == spent


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.sampled_from(ACTS), min_size=10, max_size=40), seed=st.integers(0, 10**9))
def test_the_books_hold_after_every_act(db: None, acts: list[str], seed: int) -> None:
    store = make_store(f"shop-{new_id().hex[:12]}")
    shop = Shop(store, [make_customer(store), make_customer(store, first_name="Bea")], Random(seed))
    for _each in shop.people:
        shop.add_credit()
    for name in ("draft", "issue", "order", *acts):
        with contextlib.suppress(Refused):
            shop.do(name)
        shop.check()
