from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0006_portal"),
    ]

    operations = [
        migrations.AddField(
            model_name="store",
            name="help_contact",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
