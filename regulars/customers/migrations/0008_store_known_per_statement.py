"""Whether the store of new customers exists is asked once for each statement instead of once for each row.

The foreign key asked for each of a million customers, which took longer than writing them. Nothing removes a store that
has customers: the act that made them keeps it by its own foreign key.
"""

from importlib import import_module
from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

_BEFORE = import_module("regulars.customers.migrations.0005_what_changes_often_apart").KEEP
_FUNCTION = _BEFORE[: _BEFORE.index("CREATE TRIGGER")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
_INSERT = "    IF TG_OP = 'INSERT' THEN\n"
_KNOWN = """        IF EXISTS (SELECT store_id FROM written EXCEPT SELECT id FROM stores_store) THEN
            RAISE EXCEPTION 'There is no such store.' USING ERRCODE = 'foreign_key_violation';
        END IF;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0001_initial"), ("customers", "0007_lookup_of_a_known_store")]

    operations: ClassVar = [
        migrations.RunSQL(_FUNCTION.replace(_INSERT, _INSERT + _KNOWN), _FUNCTION),
        migrations.AlterField(
            model_name="customer",
            name="store",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="stores.store",
            ),
        ),
    ]
