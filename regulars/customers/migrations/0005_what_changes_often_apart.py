"""What changes with every change of a customer is looked up in a narrow table, which the database keeps by itself."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.contrib.postgres.indexes import BTreeIndex, GinIndex
from django.db import migrations, models

import regulars.stores.fields

# Its plan is kept from one write to the next, so it must be the one that is right for few rows as well as for many.
KEEP = """
CREATE FUNCTION customers_lookup_keep() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO customers_lookup (customer_id, store_id, updated_at, tags)
        SELECT id, store_id, updated_at, tags FROM written;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE customers_lookup AS kept SET updated_at = written.updated_at, tags = written.tags
        FROM written
        WHERE kept.store_id = written.store_id AND kept.customer_id = written.id
        AND (kept.updated_at <> written.updated_at OR kept.tags <> written.tags);
    ELSE
        DELETE FROM customers_lookup AS kept USING written
        WHERE kept.store_id = written.store_id AND kept.customer_id = written.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER customers_lookup_insert AFTER INSERT ON customers_customer REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION customers_lookup_keep();
CREATE TRIGGER customers_lookup_update AFTER UPDATE ON customers_customer REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION customers_lookup_keep();
CREATE TRIGGER customers_lookup_delete AFTER DELETE ON customers_customer REFERENCING OLD TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION customers_lookup_keep();
"""
NO_KEEP = """
DROP TRIGGER customers_lookup_insert ON customers_customer;
DROP TRIGGER customers_lookup_update ON customers_customer;
DROP TRIGGER customers_lookup_delete ON customers_customer;
DROP FUNCTION customers_lookup_keep();
"""
FILL = """
INSERT INTO customers_lookup (customer_id, store_id, updated_at, tags)
SELECT id, store_id, updated_at, tags FROM customers_customer ORDER BY id;
"""
# Half of each page stays free for the next version of the rows on it, even when all of them change at once.
ROOM = "ALTER TABLE customers_customer SET (fillfactor = 50);"
NO_ROOM = "ALTER TABLE customers_customer RESET (fillfactor);"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("customers", "0004_flag_review")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Lookup",
            fields=[
                (
                    "customer",
                    regulars.stores.fields.StoreOneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        related_query_name="lookup",
                        serialize=False,
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
                ("tags", django.contrib.postgres.fields.ArrayField(base_field=models.TextField())),
                ("updated_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex("lookup", BTreeIndex("store", "updated_at", "customer", name="lookup_updated")),
        migrations.AddIndex(
            "lookup",
            BTreeIndex("store", "updated_at", condition=~models.Q(tags=[]), name="lookup_tagged"),
        ),
        migrations.AddIndex("lookup", GinIndex("store", "tags", name="lookup_tags")),
        migrations.RunSQL(KEEP, NO_KEEP),
        migrations.RemoveIndex("customer", "customer_updated"),
        migrations.RemoveIndex("customer", "customer_tags"),
        migrations.RemoveIndex("customer", "customer_tagged"),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
