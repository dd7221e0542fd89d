from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="store",
            name="delete_policy",
            field=models.CharField(
                choices=[
                    ("always", "Delete any customer, with their orders"),
                    ("without_orders", "Delete only without purchases, else anonymise"),
                    ("never", "Never delete, only archive or anonymise"),
                ],
                default="without_orders",
                max_length=20,
            ),
        ),
    ]
