"""Entries of the ledger are only ever added: what changes is whose they are, the texts, and what is left of them.

When a person is deleted with their entries, an entry that took one of these back forgets which.
"""

from typing import ClassVar

from django.db import migrations

GUARD = """
CREATE FUNCTION points_entry_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger of points is only ever added to.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER points_entry_fixed
BEFORE UPDATE OF id, store_id, origin_id, kind, points, available_at, expires_at, source, source_id, rule, key,
    change_set_id, author_id, author_name, created_at
ON loyalty_entry FOR EACH STATEMENT EXECUTE FUNCTION points_entry_fixed();
CREATE TRIGGER points_entry_reverses_fixed
BEFORE UPDATE OF reverses_id ON loyalty_entry FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)
EXECUTE FUNCTION points_entry_fixed();
"""
NO_GUARD = """
DROP TRIGGER points_entry_reverses_fixed ON loyalty_entry;
DROP TRIGGER points_entry_fixed ON loyalty_entry;
DROP FUNCTION points_entry_fixed();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("loyalty", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(GUARD, NO_GUARD)]
