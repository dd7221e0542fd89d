"""Points are looked up in the narrow table: giving points to everybody writes none of the customer's indexes."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations, models

_BEFORE = import_module("regulars.customers.migrations.0014_lookup_by_customer").KEEP
_FUNCTION = (
    _BEFORE.replace(
        "(customer_id, store_id, updated_at, tags)", "(customer_id, store_id, updated_at, tags, points)"
    )
    .replace(
        "SELECT id, store_id, updated_at, tags FROM", "SELECT id, store_id, updated_at, tags, points FROM"
    )
    .replace("tags = excluded.tags\n", "tags = excluded.tags,\n            points = excluded.points\n")
    .replace(
        "OR kept.tags <> excluded.tags;",
        "OR kept.tags <> excluded.tags\n        OR kept.points <> excluded.points;",
    )
)
FILL = """
UPDATE customers_lookup AS kept SET points = customer.points FROM customers_customer AS customer
WHERE kept.store_id = customer.store_id AND kept.customer_id = customer.id AND customer.points <> 0;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("customers", "0015_customer_points_pending")]

    operations: ClassVar = [
        migrations.AddField("lookup", "points", models.BigIntegerField(default=0), preserve_default=False),
        migrations.RunSQL(_FUNCTION, _BEFORE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
