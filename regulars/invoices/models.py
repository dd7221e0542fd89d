"""Invoices, their lines and payments, and what a store's invoices say about the shop."""

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex, GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.customers.models import Customer, key_text, text
from regulars.invoices.choices import InvoiceKind, InvoiceState, PaymentMethod, Source
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import StoreScoped

FIRST_PREFIX = "INV-"


class Settings(StoreScoped):
    """How a store writes invoices, and the last number it gave. Locked while a number is given."""

    number_prefix = models.TextField(blank=True, default=FIRST_PREFIX)
    last_sequence = models.BigIntegerField(default=0)
    seller_name = text()
    seller_address = text()
    seller_tax_id = text()
    payment_text = text()
    foot_text = text()
    terms_days = models.PositiveIntegerField(default=14)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    prices_include_tax = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store"], name="invoice_settings_once_per_store"),
            models.CheckConstraint(condition=Q(last_sequence__gte=0), name="invoice_settings_counts_up"),
        ]

    def __str__(self) -> str:
        return f"{self.number_prefix}{self.last_sequence}"


class Invoice(StoreScoped):
    """A bill. Amounts are in minor units of its currency, positive for every kind.

    Once issued it says what it said that day: the shop's own words and what else is printed are kept in `seller`, who
    is billed in `bill_…`.
    Those of somebody who was anonymised are in `sealed` and nowhere else. `prices_include_tax` tells how its lines
    are meant. What credit notes took back altogether is `superseded`: its order may be invoiced anew.
    """

    kind = models.CharField(max_length=13, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    state = models.CharField(max_length=11, choices=InvoiceState, default=InvoiceState.DRAFT)
    sequence = models.BigIntegerField(null=True)
    number = text()
    customer = StoreForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, related_name="invoices", db_index=False
    )
    source = models.CharField(max_length=7, choices=Source, blank=True, default="")
    source_id = models.UUIDField(null=True)
    source_number = text()
    credits = StoreForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="credit_notes", db_index=False
    )
    bill_name = text()
    bill_address = text()
    bill_tax_id = text()
    email = text()
    sealed = models.JSONField(null=True)
    seller = models.JSONField(default=dict)
    currency = models.CharField(max_length=3)
    prices_include_tax = models.BooleanField(default=True)
    net_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    due_minor = models.GeneratedField(
        expression=F("total_minor") - F("paid_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    salesperson_id = models.UUIDField(null=True)
    salesperson_name = text()
    tracking_number = text()
    note = text()
    external_id = text()
    void_reason = text()
    superseded = models.BooleanField(default=False, db_default=False)
    mailed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    search = key_text()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "sequence"], name="invoice_number_given_once"),
            models.UniqueConstraint(
                fields=["store", "number"], condition=~Q(number=""), name="invoice_number_unique_per_store"
            ),
            models.UniqueConstraint(
                fields=["store", "external_id"],
                condition=~Q(external_id=""),
                name="invoice_external_id_unique_per_store",
            ),
            models.UniqueConstraint(
                fields=["store", "source", "source_id"],
                condition=Q(source_id__isnull=False, superseded=False) & ~Q(state=InvoiceState.VOID),
                name="invoice_one_in_force_per_source",
            ),
            models.CheckConstraint(
                condition=Q(state=InvoiceState.DRAFT, sequence__isnull=True, number="")
                | (~Q(state=InvoiceState.DRAFT) & Q(sequence__gte=1) & ~Q(number="")),
                name="invoice_number_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(total_minor=F("net_minor") + F("tax_minor")), name="invoice_total_is_net_and_tax"
            ),
            models.CheckConstraint(
                condition=Q(total_minor__gte=0, paid_minor__gte=0), name="invoice_amounts_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(state=InvoiceState.VOID) | (Q(paid_minor=0) & ~Q(void_reason="")),
                name="invoice_void_is_unpaid_and_explained",
            ),
            models.CheckConstraint(
                condition=Q(kind=InvoiceKind.CREDIT_NOTE, credits__isnull=False)
                | (~Q(kind=InvoiceKind.CREDIT_NOTE) & Q(credits__isnull=True)),
                name="invoice_credit_note_credits_one",
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "created_at", "id", name="invoice_customer"),
            BTreeIndex("store", "source_id", condition=Q(source_id__isnull=False), name="invoice_source"),
            BTreeIndex("store", "credits", condition=Q(credits__isnull=False), name="invoice_credits"),
            BTreeIndex("store", "created_at", "id", name="invoice_created"),
            BTreeIndex("store", "issued_on", "id", name="invoice_issued"),
            BTreeIndex("store", "due_on", "id", name="invoice_due"),
            BTreeIndex("store", "total_minor", "id", name="invoice_total"),
            BTreeIndex("store", "state", "due_on", name="invoice_state_due"),
            GinIndex(
                fields=["store", "search"], opclasses=["uuid_ops", "gin_trgm_ops"], name="invoice_search"
            ),
        ]

    def __str__(self) -> str:
        return self.number or "draft"


class Line(StoreScoped):
    """What is billed. `amount_minor` is quantity times price less the discount; its invoice says if tax is in it."""

    invoice = StoreForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    title = models.TextField()
    sku = text()
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    price_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "invoice", "position"], name="invoice_line_position_once"
            ),
            models.CheckConstraint(
                condition=Q(tax_percent__gte=0, tax_percent__lte=100), name="invoice_line_tax_is_percent"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class InvoicePayment(StoreScoped):
    """Money that came in for an invoice, or went out for a credit or purchase note; below zero what was given back.

    `by_note` is the credit note that settled a part of an invoice instead of money; on the note itself it is the
    invoice. What was paid for the order of an invoice is noted there, and copied here under a `key` of its own.
    """

    invoice = StoreForeignKey(Invoice, on_delete=models.CASCADE, related_name="payments", db_index=False)
    amount_minor = models.BigIntegerField()
    method = models.CharField(max_length=12, choices=PaymentMethod)
    paid_on = models.DateField()
    reference = text()
    by_note = StoreForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    key = text()
    author_id = models.UUIDField(null=True)
    author_name = text()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="invoice_payment_has_an_amount"),
            models.UniqueConstraint(
                fields=["store", "invoice", "key"], condition=~Q(key=""), name="invoice_payment_key_once"
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "invoice", "paid_on", "id", name="invoice_payment_invoice"),
            BTreeIndex("store", "by_note", condition=Q(by_note__isnull=False), name="invoice_payment_note"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.method}"
