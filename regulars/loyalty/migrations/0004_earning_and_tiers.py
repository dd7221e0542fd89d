"""Earning rules, on which terms orders earned, tiers, and who is in them."""

from typing import ClassVar

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.db import migrations, models

import regulars.stores.fields


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("customers", "0018_accepts_sms"),
        ("loyalty", "0003_list_of_entries"),
        ("stores", "0005_shop_page"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Tier",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.TextField()),
                ("rank", models.PositiveIntegerField()),
                (
                    "by",
                    models.CharField(
                        choices=[("points", "Points earned"), ("spend", "Money spent")], max_length=6
                    ),
                ),
                ("threshold", models.BigIntegerField()),
                ("window_months", models.PositiveIntegerField(default=12)),
                ("benefits", models.TextField(blank=True, db_default="", default="")),
                ("percent", models.PositiveIntegerField(default=100)),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("grey", "Grey"),
                            ("green", "Green"),
                            ("blue", "Blue"),
                            ("amber", "Amber"),
                            ("red", "Red"),
                            ("violet", "Violet"),
                        ],
                        default="grey",
                        max_length=6,
                    ),
                ),
                ("grace_days", models.PositiveIntegerField(default=30)),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("below_since", models.DateTimeField(null=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[("auto", "Reached"), ("hand", "By hand"), ("merge", "Brought by a merge")],
                        max_length=5,
                    ),
                ),
                ("reason", models.TextField(blank=True, db_default="", default="")),
                ("author_id", models.UUIDField(null=True)),
                ("author_name", models.TextField(blank=True, db_default="", default="")),
                ("replaces", models.UUIDField(null=True)),
                (
                    "customer",
                    regulars.stores.fields.StoreForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="customers.customer",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
                (
                    "tier",
                    regulars.stores.fields.StoreForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="loyalty.tier",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Earning",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("order_id", models.UUIDField()),
                ("terms", models.JSONField()),
                ("earned_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=0)),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("store", "order_id"), name="earning_once_per_order")
                ],
            },
        ),
        migrations.CreateModel(
            name="EarnRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.TextField()),
                ("kind", models.TextField()),
                ("settings", models.JSONField(default=dict)),
                ("starts", models.DateField(null=True)),
                ("ends", models.DateField(null=True)),
                ("active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="stores.store",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("store", "name"), name="earn_rule_name_unique_per_store"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts__isnull", True),
                            ("ends__isnull", True),
                            ("ends__gte", models.F("starts")),
                            _connector="OR",
                        ),
                        name="earn_rule_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.UniqueConstraint(fields=("store", "name"), name="tier_name_unique_per_store"),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.UniqueConstraint(fields=("store", "rank"), name="tier_rank_unique_per_store"),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(("threshold__gte", 0)), name="tier_threshold_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 100)), name="tier_never_earns_less"
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(("by__in", ["points", "spend"])), name="tier_by_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(("colour__in", ["grey", "green", "blue", "amber", "red", "violet"])),
                name="tier_colour_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=django.contrib.postgres.indexes.BTreeIndex(
                models.F("store"),
                models.F("customer"),
                models.F("since"),
                models.F("id"),
                name="tier_membership_customer",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=django.contrib.postgres.indexes.BTreeIndex(
                models.F("store"),
                models.F("tier"),
                models.F("customer"),
                condition=models.Q(("until__isnull", True)),
                name="tier_membership_tier",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("store", "customer"),
                name="tier_membership_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ["auto", "hand", "merge"])),
                name="tier_membership_origin_is_known",
            ),
        ),
    ]
