"""How often a new phone was proven with a wrong code: five tries, as everywhere."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0003_index_of_sign_ins")]

    operations: ClassVar = [
        migrations.AddField(
            "session", "code_attempts", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
    ]
