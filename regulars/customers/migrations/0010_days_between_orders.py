"""How many days lie between a customer's orders, counted by the database from the figures beside the customer."""

from typing import ClassVar

from django.contrib.postgres.indexes import BTreeIndex
from django.db import migrations, models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Extract, NullIf


class Migration(migrations.Migration):
    dependencies: ClassVar = [("customers", "0009_names_as_they_sound")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="customer",
            name="days_between_orders",
            field=models.GeneratedField(
                expression=Extract(
                    ExpressionWrapper(F("last_order_at") - F("first_order_at"), models.DurationField()),
                    "epoch",
                )
                / 86400
                / NullIf(F("orders_count") - 1, 0),
                output_field=models.IntegerField(null=True),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=BTreeIndex(
                "store",
                "days_between_orders",
                "id",
                condition=Q(days_between_orders__isnull=False),
                name="customer_days_between",
            ),
        ),
    ]
