"""Products, and what customers bought, paid and brought back."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import BTreeIndex, GinIndex
from django.db import models
from django.db.models import Case, DecimalField, F, Q, Value, When
from django.db.models.functions import Cast, Greatest, Now, Round, Upper

from regulars.customers.models import Customer, key_text
from regulars.orders.choices import Channel, OrderStatus, Paying, PaymentMethod, ProductState
from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import Store, StoreScoped


def text(**options: Any) -> models.TextField:
    """A text that may be empty but is never null; the database fills in what a bulk load leaves out."""
    return models.TextField(blank=True, default="", db_default="", **options)


def minor(**options: Any) -> models.BigIntegerField:
    """An amount of money in minor units."""
    return models.BigIntegerField(default=0, db_default=0, **options)


def percent() -> models.DecimalField:
    """A rate from 0 to 100."""
    return models.DecimalField(max_digits=5, decimal_places=2, default=0, db_default=0)


def _is_percent(name: str) -> Q:
    return Q(**{f"{name}__gte": 0, f"{name}__lte": 100})


class Product(StoreScoped):
    """Something a store sells. Orders keep the title, number and price of the day they were placed."""

    version = models.PositiveIntegerField(default=1, db_default=1)
    state = models.CharField(
        max_length=10, choices=ProductState, default=ProductState.ACTIVE, db_default=ProductState.ACTIVE.value
    )
    title = models.TextField()
    sku = text()
    external_id = text()
    description = text()
    price_minor = minor()
    tax_percent = percent()
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    search = key_text(db_default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["store", "sku"], condition=~Q(sku=""), name="product_sku_unique_per_store"
            ),
            models.UniqueConstraint(
                fields=["store", "external_id"],
                condition=~Q(external_id=""),
                name="product_external_id_unique_per_store",
            ),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="product_price_not_negative"),
            models.CheckConstraint(condition=_is_percent("tax_percent"), name="product_tax_is_percent"),
            models.CheckConstraint(condition=Q(state__in=ProductState.values), name="product_state_is_known"),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "search", "id", name="product_title"),
            BTreeIndex("store", "created_at", "id", name="product_created"),
            GinIndex(
                fields=["store", "search"], opclasses=["uuid_ops", "gin_trgm_ops"], name="product_search"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class _OfCustomer(StoreScoped):
    """What hangs on a customer, who has the same store, and there the database looks whether it exists: looking again
    for each of millions of orders and payments took as long as writing them."""

    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        abstract = True


class Order(_OfCustomer):
    """A purchase. Money in minor units of the order's currency; prices hold the tax.

    `returned_minor`, `returned_items` and `paid_minor` are the sums of its returns and payments, kept by their
    services; what is due and the commission follow from the others. `commission_percent` is the rate of the day it was
    placed.
    """

    customer = StoreForeignKey(Customer, on_delete=models.PROTECT, related_name="orders", db_index=False)
    number = models.TextField()
    external_id = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1, db_default=1)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.ONLINE)
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.OPEN)
    placed_at = models.DateTimeField()
    items_count = models.IntegerField(default=0)
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    discount_minor = minor()
    shipping_minor = minor()
    tax_minor = minor()
    returned_minor = minor()
    returned_items = models.IntegerField(default=0, db_default=0)
    paid_minor = minor()
    due_minor = models.GeneratedField(
        expression=Case(
            When(status=OrderStatus.CANCELLED, then=-F("paid_minor")),
            default=F("total_minor") - F("returned_minor") - F("paid_minor"),
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    commission_percent = percent()
    commission_minor = models.GeneratedField(
        expression=Case(
            When(status=OrderStatus.CANCELLED, then=Value(0)),
            default=Cast(
                Round(
                    Cast(
                        Greatest(F("total_minor") - F("shipping_minor") - F("returned_minor"), Value(0)),
                        DecimalField(max_digits=30, decimal_places=4),
                    )
                    * F("commission_percent")
                    / Value(100)
                ),
                models.BigIntegerField(),
            ),
            output_field=models.BigIntegerField(),
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    # Where it goes, and how the buyer can be reached about it.
    name = text()
    company = text()
    email = text()
    phone = text()
    address = text()
    building = text()
    city = text()
    region = text()
    postcode = text()
    country = text()
    courier = text()
    tracking_number = text()
    note = text()
    source = text()
    pays = models.CharField(max_length=10, choices=Paying, blank=True, default="", db_default="")
    salesperson_id = models.UUIDField(null=True)
    salesperson_name = text()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "number"], name="order_number_unique_per_store"),
            models.UniqueConstraint(
                fields=["store", "external_id"],
                condition=~Q(external_id=""),
                name="order_external_id_unique_per_store",
            ),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(returned_minor__gte=0, returned_minor__lte=F("total_minor")),
                name="order_returned_at_most_the_total",
            ),
            models.CheckConstraint(
                condition=Q(returned_items__gte=0, returned_items__lte=F("items_count")),
                name="order_returned_at_most_the_items",
            ),
            models.CheckConstraint(condition=Q(paid_minor__gte=0), name="order_paid_not_negative"),
            models.CheckConstraint(
                condition=Q(discount_minor__gte=0, shipping_minor__gte=0, tax_minor__gte=0),
                name="order_parts_not_negative",
            ),
            models.CheckConstraint(
                condition=_is_percent("commission_percent"), name="order_commission_is_percent"
            ),
        ]
        # Those of what few orders have leave the others out, so that a large file does not pay for them.
        indexes: ClassVar = [
            BTreeIndex("store", "customer", "placed_at", "id", name="order_store_customer"),
            BTreeIndex("store", "placed_at", "id", name="order_placed"),
            BTreeIndex("store", "status", "placed_at", "id", name="order_status"),
            BTreeIndex("store", "placed_at", "id", condition=Q(returned_minor__gt=0), name="order_returned"),
            BTreeIndex("store", "placed_at", "id", condition=Q(due_minor__gt=0), name="order_due"),
            BTreeIndex("store", "total_minor", "id", name="order_total"),
            BTreeIndex("store", Upper("email"), condition=~Q(email=""), name="order_email"),
            BTreeIndex("store", "phone", condition=~Q(phone=""), name="order_phone"),
            BTreeIndex(
                "store", "tracking_number", condition=~Q(tracking_number=""), name="order_tracking_number"
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.number}"


class OrderLine(_OfCustomer):
    """One thing on an order: so many of it at the price of the day."""

    order = StoreForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    product = StoreForeignKey(
        Product, on_delete=models.PROTECT, null=True, related_name="lines", db_index=False
    )
    position = models.IntegerField(default=0, db_default=0)
    title = models.TextField()
    sku = text()
    serial = text()
    quantity = models.IntegerField()
    price_minor = models.BigIntegerField()
    discount_minor = minor()
    total_minor = models.GeneratedField(
        expression=F("quantity") * F("price_minor") - F("discount_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    tax_percent = percent()
    returned = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_has_a_quantity"),
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=F("quantity")),
                name="order_line_returned_at_most_bought",
            ),
            models.CheckConstraint(
                condition=Q(price_minor__gte=0, discount_minor__gte=0)
                & Q(discount_minor__lte=F("quantity") * F("price_minor")),
                name="order_line_total_not_negative",
            ),
            models.CheckConstraint(condition=_is_percent("tax_percent"), name="order_line_tax_is_percent"),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "order", "position", name="order_line_order"),
            BTreeIndex("store", "product", condition=Q(product__isnull=False), name="order_line_product"),
            BTreeIndex("store", Upper("sku"), condition=~Q(sku=""), name="order_line_sku"),
            BTreeIndex("store", Upper("serial"), condition=~Q(serial=""), name="order_line_serial"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"


class Return(_OfCustomer):
    """Goods of an order that came back, and the money that was let off or given back for them."""

    order = StoreForeignKey(Order, on_delete=models.CASCADE, related_name="returns", db_index=False)
    made_at = models.DateTimeField()
    reason = text()
    items_count = models.IntegerField(default=0)
    refund_minor = minor()
    external_id = text()
    author_name = text()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(refund_minor__gte=0, items_count__gte=0), name="return_not_negative"
            ),
            models.UniqueConstraint(
                fields=["store", "external_id"],
                condition=~Q(external_id=""),
                name="return_external_id_unique_per_store",
            ),
        ]
        indexes: ClassVar = [BTreeIndex("store", "order", "made_at", name="return_order")]

    def __str__(self) -> str:
        return f"return of {self.items_count}"


class ReturnLine(_OfCustomer):
    """How many of one line came back."""

    goods_return = StoreForeignKey(Return, on_delete=models.CASCADE, related_name="lines", db_index=False)
    line = StoreForeignKey(OrderLine, on_delete=models.CASCADE, related_name="+", db_index=False)
    quantity = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "goods_return", "line"], name="return_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="return_line_has_a_quantity"),
        ]
        indexes: ClassVar = [BTreeIndex("store", "line", name="return_line_line")]

    def __str__(self) -> str:
        return f"{self.quantity} back"


class Payment(_OfCustomer):
    """Money for an order; below zero where it was given back, because of a return or otherwise."""

    order = StoreForeignKey(Order, on_delete=models.CASCADE, related_name="payments", db_index=False)
    goods_return = StoreForeignKey(
        Return, on_delete=models.CASCADE, null=True, related_name="payments", db_index=False
    )
    method = models.CharField(max_length=12, choices=PaymentMethod)
    amount_minor = models.BigIntegerField()
    paid_at = models.DateTimeField()
    reference = text()
    external_id = text()
    author_name = text()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="payment_has_an_amount"),
            models.CheckConstraint(
                condition=Q(method__in=PaymentMethod.values), name="payment_method_is_known"
            ),
            models.UniqueConstraint(
                fields=["store", "external_id"],
                condition=~Q(external_id=""),
                name="payment_external_id_unique_per_store",
            ),
        ]
        indexes: ClassVar = [
            BTreeIndex("store", "order", "paid_at", name="payment_order"),
            BTreeIndex(
                "store", "goods_return", condition=Q(goods_return__isnull=False), name="payment_return"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.amount_minor}"
