"""Thresholds of two more life stages."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0002_words_of_the_delete_policy")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="store",
            name="at_risk_days",
            field=models.PositiveIntegerField(db_default=365, default=365),
        ),
        migrations.AddField(
            model_name="store",
            name="lapsed_days",
            field=models.PositiveIntegerField(db_default=730, default=730),
        ),
        migrations.AddConstraint(
            model_name="store",
            constraint=models.CheckConstraint(
                condition=models.Q(lapsed_days__gt=models.F("at_risk_days")),
                name="store_lapsed_after_at_risk",
            ),
        ),
    ]
