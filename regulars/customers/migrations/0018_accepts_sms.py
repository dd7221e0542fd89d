from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("customers", "0015_customer_points_pending")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="customer",
            name="accepts_sms",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
