"""Customers, their groups, further addresses and notes."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BTreeIndex, GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from regulars.customers.choices import Flag, State
from regulars.customers.sounds import sounds_of_customer
from regulars.resources.kinds import day_of_year
from regulars.stores.fields import StoreForeignKey, StoreOneToOneField
from regulars.stores.models import Store, StoreScoped


def text(**options: object) -> models.TextField:
    """A text that may be empty but is never null, so that "empty" means one thing."""
    return models.TextField(blank=True, default="", **options)  # type: ignore[arg-type]


def key_text(**options: object) -> models.TextField:
    """A text in its search form. Byte order, so that one index serves equality, prefixes and sorting alike."""
    return text(db_collation="C", editable=False, **options)


class Group(StoreScoped):
    """A name that staff put customers under; a customer has one group or none."""

    name = models.TextField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "store", models.functions.Lower("name"), name="group_name_unique_per_store"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Customer(StoreScoped):
    """A person or company known to a store, with or without an account."""

    # Whether the store exists, the database asks once for each statement (the trigger that fills `Lookup`).
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    number = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    first_name = text()
    last_name = text()
    company = text()
    email = text()
    phone = text()
    phone_typed = text()
    birthdate = models.DateField(null=True, blank=True)
    language = text()
    # The main address. Further ones are rows of Address; "make main" swaps the two.
    address = text()
    building = text()
    city = text()
    region = text()
    postcode = text()
    country = text()
    group = StoreForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    tags = ArrayField(models.TextField(), default=list, blank=True)
    note = text()
    accepts_marketing = models.BooleanField(default=False)
    points_summary = models.BooleanField(default=False)
    accepts_sms = models.BooleanField(default=False, db_default=False)
    commission_reduction = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    source = text()
    external_id = text()
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    # Kept beside the record by the parts that own the facts (orders, loyalty, block list, accounts, trade-ins).
    orders_count = models.IntegerField(default=0)
    items_count = models.IntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)
    average_order_minor = models.GeneratedField(
        expression=F("spent_minor") / models.functions.NullIf(F("orders_count"), 0),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    returned_minor = models.BigIntegerField(default=0, db_default=0)
    commission_minor = models.BigIntegerField(default=0, db_default=0)
    first_order_at = models.DateTimeField(null=True, blank=True)
    last_order_at = models.DateTimeField(null=True, blank=True)
    days_between_orders = models.GeneratedField(
        expression=models.functions.Extract(
            models.ExpressionWrapper(F("last_order_at") - F("first_order_at"), models.DurationField()),
            "epoch",
        )
        / 86400
        / models.functions.NullIf(F("orders_count") - 1, 0),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
    credit_minor = models.BigIntegerField(default=0, db_default=0)
    points = models.BigIntegerField(default=0)
    points_pending = models.BigIntegerField(default=0, db_default=0)
    tier = text()
    payout_method = text()
    flag = models.CharField(max_length=10, choices=Flag, default=Flag.NONE)
    flag_reason = text(db_default="")
    flag_review_on = models.DateField(null=True, blank=True)
    blocked = models.BooleanField(default=False)
    has_account = models.BooleanField(default=False)

    # Search forms, written by the services together with the fields they come from.
    name_key = key_text()
    last_name_key = key_text()
    company_key = key_text()
    city_key = key_text()
    email_key = key_text()
    phone_reversed = key_text()
    search = key_text()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "number"], name="customer_number_unique_per_store"),
            models.UniqueConstraint(
                fields=["store", "email_key"],
                condition=~Q(email_key=""),
                name="customer_email_unique_per_store",
            ),
            models.UniqueConstraint(
                fields=["store", "external_id"],
                condition=~Q(external_id=""),
                name="customer_external_id_unique_per_store",
            ),
            models.CheckConstraint(
                condition=Q(commission_reduction__gte=0, commission_reduction__lte=100),
                name="customer_commission_reduction_is_percent",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="customer_state_is_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="customer_number_is_positive"),
            models.CheckConstraint(condition=Q(credit_minor__gte=0), name="customer_credit_not_negative"),
            models.CheckConstraint(condition=Q(flag__in=Flag.values), name="customer_flag_is_known"),
            models.CheckConstraint(
                condition=Q(flag=Flag.NONE, flag_reason="", flag_review_on__isnull=True)
                | ~Q(flag=Flag.NONE) & ~Q(flag_reason=""),
                name="customer_flag_has_reason",
            ),
        ]
        # One for each sort order of the list, and for each exact or prefix look-up of the search box. Those on
        # figures of orders leave out customers who never bought: a fresh import does not pay for them. None holds what
        # every change changes (`Lookup` does): a row whose indexed columns stay as they are is written in its place.
        indexes: ClassVar = [
            BTreeIndex("store", "name_key", "id", name="customer_name"),
            BTreeIndex("store", "last_name_key", "id", name="customer_last_name"),
            BTreeIndex("store", "company_key", "id", condition=~Q(company_key=""), name="customer_company"),
            BTreeIndex("store", "city_key", "id", condition=~Q(city_key=""), name="customer_city"),
            BTreeIndex("store", "country", "id", condition=~Q(country=""), name="customer_country"),
            BTreeIndex("store", "phone", "id", condition=~Q(phone=""), name="customer_phone"),
            BTreeIndex("store", "phone_reversed", condition=~Q(phone_reversed=""), name="customer_phone_end"),
            BTreeIndex("store", "created_at", "id", name="customer_created"),
            BTreeIndex(
                "store", "birthdate", "id", condition=Q(birthdate__isnull=False), name="customer_birthdate"
            ),
            # Whose birthday it is in the days to come, whatever the year.
            BTreeIndex(
                "store",
                day_of_year("birthdate"),
                "id",
                condition=Q(birthdate__isnull=False),
                name="customer_birthday",
            ),
            BTreeIndex("store", "spent_minor", "id", condition=~Q(spent_minor=0), name="customer_spent"),
            BTreeIndex("store", "orders_count", "id", condition=~Q(orders_count=0), name="customer_orders"),
            BTreeIndex("store", "items_count", "id", condition=~Q(items_count=0), name="customer_items"),
            BTreeIndex(
                "store",
                "average_order_minor",
                "id",
                condition=Q(average_order_minor__isnull=False),
                name="customer_average_order",
            ),
            # With how many orders: who has one only, and since when, is found without reading those with more.
            BTreeIndex(
                "store",
                "first_order_at",
                "id",
                "orders_count",
                condition=Q(first_order_at__isnull=False),
                name="customer_first_order_count",
            ),
            # The few among all with nothing spent who did order; lists by what was spent begin or end with them.
            BTreeIndex(
                "store",
                "id",
                condition=~Q(orders_count=0) & (Q(spent_minor=0) | Q(items_count=0)),
                name="customer_bought_for_nothing",
            ),
            BTreeIndex(
                "store",
                "last_order_at",
                "id",
                condition=Q(last_order_at__isnull=False),
                name="customer_last_order",
            ),
            BTreeIndex(
                "store",
                "days_between_orders",
                "id",
                condition=Q(days_between_orders__isnull=False),
                name="customer_days_between",
            ),
            BTreeIndex(
                "store",
                "state",
                "created_at",
                "id",
                condition=~Q(state=State.ACTIVE),
                name="customer_not_active",
            ),
            BTreeIndex("store", "created_at", "id", condition=Q(blocked=True), name="customer_blocked"),
            # Walked by batches of bulk actions, and where a list's sort column is empty.
            BTreeIndex("store", "id", name="customer_store_id"),
            BTreeIndex("store", "id", condition=Q(has_account=True), name="customer_has_account"),
            BTreeIndex("store", "flag", "id", condition=~Q(flag=Flag.NONE), name="customer_flag"),
            BTreeIndex("store", "credit_minor", "id", condition=~Q(credit_minor=0), name="customer_credit"),
            BTreeIndex(
                "store",
                "flag_review_on",
                "id",
                condition=Q(flag_review_on__isnull=False),
                name="customer_flag_review",
            ),
            BTreeIndex("store", "group", "id", condition=Q(group__isnull=False), name="customer_group"),
            GinIndex(
                fields=["store", "search"], opclasses=["uuid_ops", "gin_trgm_ops"], name="customer_search"
            ),
            GinIndex(
                OpClass(F("store"), "uuid_ops"),
                OpClass(sounds_of_customer(), "array_ops"),
                name="customer_sound",
            ),
        ]

    def __str__(self) -> str:
        return f"customer {self.number}"

    @property
    def name(self) -> str:
        """What to call the customer: the name, else the company, else the e-mail or the number."""
        return (
            f"{self.first_name} {self.last_name}".strip() or self.company or self.email or f"#{self.number}"
        )


class Lookup(StoreScoped):
    """By what customers are looked up that changes often: tags, points, tier, and when they were last changed.

    The database copies these from the customer with each write (a trigger, so that no writer can forget it). Tagging a
    hundred thousand customers writes the indexes of this narrow table instead of the twenty of the customer's.
    """

    id = None  # type: ignore[assignment]
    # No constraints: whatever writes here copies from a customer, whose store is known to exist.
    store = models.ForeignKey(
        Store, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    customer = StoreOneToOneField(
        Customer,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="+",
        related_query_name="lookup",
    )
    tags = ArrayField(models.TextField())
    points = models.BigIntegerField()
    tier = models.TextField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            BTreeIndex("store", "updated_at", "customer", name="lookup_updated"),
            BTreeIndex("store", "points", "customer", name="lookup_points"),
            BTreeIndex("store", "tier", "customer", condition=~Q(tier=""), name="lookup_tier"),
            # The tags that are proposed while one types are those of the latest customers who have any.
            BTreeIndex("store", "updated_at", condition=~Q(tags=[]), name="lookup_tagged"),
            GinIndex("store", "tags", name="lookup_tags"),
        ]


class Address(StoreScoped):
    """A further address of a customer, beside the main one on the record."""

    customer = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses", db_index=False)
    label = text()
    name = text()
    company = text()
    address = text()
    building = text()
    city = text()
    region = text()
    postcode = text()
    country = text()
    phone = text()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "customer", "id", name="address_store_customer")]


class Note(StoreScoped):
    """What staff wrote about a customer, with author and time; pinned ones stay on top."""

    customer = StoreForeignKey(Customer, on_delete=models.CASCADE, related_name="notes", db_index=False)
    body = models.TextField()
    author_id = models.UUIDField(null=True)
    author_name = models.TextField()
    pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [BTreeIndex("store", "customer", "created_at", "id", name="note_store_customer")]
