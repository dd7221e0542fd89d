"""The tier is looked up in the narrow table: placing everybody in tiers writes none of the customer's indexes."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations, models

_BEFORE = import_module("regulars.customers.migrations.0016_points_apart")._FUNCTION
_FUNCTION = (
    _BEFORE.replace("updated_at, tags, points)", "updated_at, tags, points, tier)")
    .replace("updated_at, tags, points FROM", "updated_at, tags, points, tier FROM")
    .replace("points = excluded.points\n", "points = excluded.points,\n            tier = excluded.tier\n")
    .replace(
        "OR kept.points <> excluded.points;",
        "OR kept.points <> excluded.points\n        OR kept.tier <> excluded.tier;",
    )
)
FILL = """
UPDATE customers_lookup AS kept SET tier = customer.tier FROM customers_customer AS customer
WHERE kept.store_id = customer.store_id AND kept.customer_id = customer.id AND customer.tier <> '';
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("customers", "0020_indexes_of_stages")]

    operations: ClassVar = [
        migrations.AddField("lookup", "tier", models.TextField(default=""), preserve_default=False),
        migrations.RunSQL(_FUNCTION, _BEFORE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
