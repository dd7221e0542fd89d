"""What an invoice needs to be replaced by another one, and to be reminded of."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("invoices", "0002_issued_stays")]

    operations: ClassVar = [
        migrations.AddField("invoice", "reminded_at", models.DateTimeField(null=True)),
        migrations.AddField("invoice", "superseded", models.BooleanField(default=False, db_default=False)),
        migrations.RemoveConstraint("invoice", "invoice_one_in_force_per_source"),
        migrations.AddConstraint(
            "invoice",
            models.UniqueConstraint(
                fields=["store", "source", "source_id"],
                condition=models.Q(source_id__isnull=False, superseded=False) & ~models.Q(state="void"),
                name="invoice_one_in_force_per_source",
            ),
        ),
    ]
