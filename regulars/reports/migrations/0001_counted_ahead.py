"""Figures of reports and boundaries of scores, counted ahead."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import PROTECT, ForeignKey, UniqueConstraint
from django.db.models.functions.uuid import UUID7


def _id() -> models.UUIDField:
    return models.UUIDField(db_default=UUID7(), editable=False, primary_key=True, serialize=False)


def _store() -> ForeignKey:
    return ForeignKey("stores.store", db_index=False, on_delete=PROTECT, related_name="+")


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [("stores", "0003_at_risk_and_lapsed")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CountedReport",
            fields=[
                ("id", _id()),
                ("span", models.TextField()),
                ("figures", models.JSONField(default=dict)),
                ("counted_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("is_slow", models.BooleanField(default=False)),
                ("store", _store()),
            ],
            options={
                "constraints": [
                    UniqueConstraint(fields=("store", "span"), name="counted_report_span_unique_per_store")
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoreScale",
            fields=[
                ("id", _id()),
                ("recency", ArrayField(base_field=models.DateTimeField(), size=4)),
                ("frequency", ArrayField(base_field=models.IntegerField(), size=4)),
                ("money", ArrayField(base_field=models.BigIntegerField(), size=4)),
                ("buyers", models.BigIntegerField()),
                ("counted_at", models.DateTimeField()),
                ("store", _store()),
            ],
            options={
                "constraints": [UniqueConstraint(fields=("store",), name="score_scale_one_per_store")],
            },
        ),
    ]
