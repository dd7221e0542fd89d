from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("tradeins", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="tradein",
            name="external_id",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddConstraint(
            model_name="tradein",
            constraint=models.UniqueConstraint(
                condition=~Q(external_id=""),
                fields=("store", "external_id"),
                name="tradein_external_id_unique_per_store",
            ),
        ),
    ]
