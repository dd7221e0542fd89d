from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0004_invoices_of_a_source"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="external_id",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=~Q(external_id=""),
                fields=("store", "external_id"),
                name="invoice_external_id_unique_per_store",
            ),
        ),
    ]
