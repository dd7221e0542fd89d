from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_descriptions_and_payment"),
    ]

    operations = [
        migrations.AddField(
            model_name="return",
            name="external_id",
            field=models.TextField(blank=True, default="", db_default=""),
        ),
        migrations.AddConstraint(
            model_name="return",
            constraint=models.UniqueConstraint(
                condition=~Q(external_id=""),
                fields=("store", "external_id"),
                name="return_external_id_unique_per_store",
            ),
        ),
    ]
