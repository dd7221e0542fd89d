"""What orders are listed, sorted and found by, built without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("orders", "0002_products_lines_payments_returns")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="order",
            index=BTreeIndex(models.F("store"), models.F("placed_at"), models.F("id"), name="order_placed"),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=BTreeIndex(
                models.F("store"),
                models.F("placed_at"),
                models.F("id"),
                condition=models.Q(("status", "open")),
                name="order_open",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=BTreeIndex(
                models.F("store"),
                models.F("placed_at"),
                models.F("id"),
                condition=models.Q(("status", "cancelled")),
                name="order_cancelled",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=BTreeIndex(
                models.F("store"),
                models.F("placed_at"),
                models.F("id"),
                condition=models.Q(("returned_minor__gt", 0)),
                name="order_returned",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=BTreeIndex(models.F("store"), models.F("total_minor"), models.F("id"), name="order_total"),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=BTreeIndex(
                models.F("store"),
                Upper("email"),
                condition=models.Q(("email", ""), _negated=True),
                name="order_email",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=BTreeIndex(
                models.F("store"),
                models.F("phone"),
                condition=models.Q(("phone", ""), _negated=True),
                name="order_phone",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=BTreeIndex(
                models.F("store"),
                models.F("tracking_number"),
                condition=models.Q(("tracking_number", ""), _negated=True),
                name="order_tracking_number",
            ),
        ),
    ]
