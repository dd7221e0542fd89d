"""Spending points writes no index of the ledger: which entries have expired is said by a column of its own.

Also the database asks no longer for each entry whether its customer exists, and for each use whether its entries do:
whoever writes them holds the customer's lock. It refuses to delete a customer who has entries, as before.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import regulars.stores.fields

GUARD = """
CREATE FUNCTION points_customer_has_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM loyalty_entry WHERE store_id = OLD.store_id AND customer_id = OLD.id) THEN
        RAISE EXCEPTION 'This customer has entries in the ledger of points.' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER points_customer_has_entries AFTER DELETE ON customers_customer
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION points_customer_has_entries();
"""
NO_GUARD = """
DROP TRIGGER points_customer_has_entries ON customers_customer;
DROP FUNCTION points_customer_has_entries();
"""
# Room on each page for the next version of some of its rows, as points are spent.
ROOM = "ALTER TABLE loyalty_entry SET (fillfactor = 75);"
NO_ROOM = "ALTER TABLE loyalty_entry RESET (fillfactor);"


def _of_entry(name: str) -> regulars.stores.fields.StoreForeignKey:
    return regulars.stores.fields.StoreForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name=name,
        to="loyalty.entry",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("customers", "0019_index_of_tiers"),
        ("loyalty", "0005_points_by_hand"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            "entry",
            "customer",
            regulars.stores.fields.StoreForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="point_entries",
                to="customers.customer",
            ),
        ),
        migrations.AlterField("use", "taker", _of_entry("uses")),
        migrations.AlterField("use", "giver", _of_entry("+")),
        migrations.RunSQL(GUARD, NO_GUARD),
        migrations.AddField("entry", "expired", models.BooleanField(db_default=False, default=False)),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                condition=Q(expired=False) | Q(left=0), name="points_entry_expired_is_gone"
            ),
        ),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
