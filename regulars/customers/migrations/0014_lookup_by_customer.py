"""A customer's copy is found by the customer alone, whatever the planner believes of the table.

The kept plan was made when the table was empty, or counted as empty, and compared every copy of the store with every
written row: minutes for what takes a second. Neither statement leaves the planner a choice now.
"""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

_EARLIER = import_module("regulars.customers.migrations.0008_store_known_per_statement")
BEFORE = _EARLIER._FUNCTION.replace(_EARLIER._INSERT, _EARLIER._INSERT + _EARLIER._KNOWN)
KEEP = """
CREATE OR REPLACE FUNCTION customers_lookup_keep() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT store_id FROM written EXCEPT SELECT id FROM stores_store) THEN
            RAISE EXCEPTION 'There is no such store.' USING ERRCODE = 'foreign_key_violation';
        END IF;
        INSERT INTO customers_lookup (customer_id, store_id, updated_at, tags)
        SELECT id, store_id, updated_at, tags FROM written;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO customers_lookup AS kept (customer_id, store_id, updated_at, tags)
        SELECT id, store_id, updated_at, tags FROM written
        ON CONFLICT (customer_id) DO UPDATE SET updated_at = excluded.updated_at, tags = excluded.tags
        WHERE kept.updated_at <> excluded.updated_at OR kept.tags <> excluded.tags;
    ELSE
        DELETE FROM customers_lookup WHERE customer_id = ANY(ARRAY(SELECT id FROM written));
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("customers", "0013_credit_index")]

    operations: ClassVar = [migrations.RunSQL(KEEP, BEFORE)]
