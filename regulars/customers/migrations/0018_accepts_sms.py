from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("customers", "0017_index_of_points")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="customer",
            name="accepts_sms",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
