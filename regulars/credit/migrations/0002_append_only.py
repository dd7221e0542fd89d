"""Entries of the ledger are only ever added: what they say stays, but for whose they are and why they were made."""

from typing import ClassVar

from django.db import migrations

GUARD = """
CREATE FUNCTION credit_entry_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger of store credit is only ever added to.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER credit_entry_fixed
BEFORE UPDATE OF id, store_id, amount_minor, source, key, reverses_id, author_id, author_name, created_at
ON credit_entry FOR EACH STATEMENT EXECUTE FUNCTION credit_entry_fixed();
"""
NO_GUARD = "DROP TRIGGER credit_entry_fixed ON credit_entry; DROP FUNCTION credit_entry_fixed();"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("credit", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(GUARD, NO_GUARD)]
