"""The store credit beside the customer; the column has its default in the catalogue, so no row is rewritten."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("customers", "0011_returned_and_commission")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="customer",
            name="credit_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=Q(credit_minor__gte=0), name="customer_credit_not_negative"
            ),
        ),
    ]
