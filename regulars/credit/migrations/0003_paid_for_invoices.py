"""Entries of the ledger come from invoices too."""

from typing import ClassVar

from django.db import migrations, models

SOURCES = ["hand", "trade_in", "order", "invoice", "reversal"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("credit", "0002_append_only")]

    operations: ClassVar = [
        migrations.RemoveConstraint("entry", "credit_entry_source_is_known"),
        migrations.AlterField(
            "entry",
            "source",
            models.CharField(
                max_length=10,
                default="hand",
                choices=[
                    ("hand", "By hand"),
                    ("trade_in", "Trade-in"),
                    ("order", "Order"),
                    ("invoice", "Invoice"),
                    ("reversal", "Taken back"),
                ],
            ),
        ),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                condition=models.Q(source__in=SOURCES), name="credit_entry_source_is_known"
            ),
        ),
    ]
