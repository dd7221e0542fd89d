"""Why a customer is flagged, and when somebody is to look again."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_customer_tagged"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="flag_reason",
            field=models.TextField(blank=True, default="", db_default=""),
        ),
        migrations.AddField(
            model_name="customer",
            name="flag_review_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=Q(flag__in=["none", "trusted", "monitor", "high_risk"]),
                name="customer_flag_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=Q(flag="none", flag_reason="", flag_review_on__isnull=True)
                | ~Q(flag="none") & ~Q(flag_reason=""),
                name="customer_flag_has_reason",
            ),
        ),
    ]
