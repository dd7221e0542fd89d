"""The store (the tenant) and the base of every table that belongs to one."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models.functions import Now
from django.db.models.functions.uuid import UUID7

from regulars.stores.choices import DeletePolicy


class Store(models.Model):
    """A shop with its own customers, currency, time zone, language and policies."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    name = models.TextField()
    slug = models.SlugField(unique=True, max_length=50)
    currency = models.CharField(max_length=3, default="EUR")
    time_zone = models.TextField(default="UTC")
    language = models.CharField(max_length=12, default="en")
    country = models.CharField(max_length=2, default="", blank=True)
    delete_policy = models.CharField(max_length=20, choices=DeletePolicy, default=DeletePolicy.WITHOUT_ORDERS)
    new_days = models.PositiveIntegerField(default=30)
    loyal_orders = models.PositiveIntegerField(default=2)
    loyal_days = models.PositiveIntegerField(default=365)
    at_risk_days = models.PositiveIntegerField(default=365, db_default=365)
    lapsed_days = models.PositiveIntegerField(default=730, db_default=730)
    # What the shop gives away of each sale (to a marketplace, a seller); customers can have it lowered.
    commission_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    require_second_factor = models.BooleanField(default=False)
    # Whom its people ask when the help does not: a name, a mail, a phone.
    help_contact = models.TextField(blank=True, default="", db_default="")
    # What strangers see at /shop/<slug>/, and what they are told about paying.
    shop_open = models.BooleanField(default=False, db_default=False)
    pickup_address = models.TextField(blank=True, default="", db_default="")
    bank_details = models.TextField(blank=True, default="", db_default="")
    # What customers who signed in find in their portal.
    portal_open = models.BooleanField(default=True, db_default=True)
    portal_orders = models.BooleanField(default=True, db_default=True)
    portal_invoices = models.BooleanField(default=True, db_default=True)
    portal_tradeins = models.BooleanField(default=True, db_default=True)
    portal_points = models.BooleanField(default=True, db_default=True)
    portal_offers = models.BooleanField(default=True, db_default=True)
    next_customer_number = models.BigIntegerField(default=1)
    next_order_number = models.BigIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(loyal_orders__gte=1), name="store_loyal_orders_at_least_one"
            ),
            models.CheckConstraint(
                condition=models.Q(lapsed_days__gt=models.F("at_risk_days")),
                name="store_lapsed_after_at_risk",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$"), name="store_currency_is_iso_code"
            ),
            models.CheckConstraint(
                condition=models.Q(commission_percent__gte=0, commission_percent__lte=100),
                name="store_commission_is_percent",
            ),
            models.CheckConstraint(
                condition=models.Q(shop_open=False)
                | ~models.Q(pickup_address="")
                | ~models.Q(bank_details=""),
                name="store_open_shop_says_how_to_pay",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone: whole days begin and end there."""
        return ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The date a moment falls on for this store."""
        return moment.astimezone(self.zone).date()


class StoreScoped(models.Model):
    """Base of every domain table: an id in time order and the store it belongs to."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True
