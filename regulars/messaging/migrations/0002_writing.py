from typing import ClassVar

import django.contrib.postgres.indexes
import django.db.models.functions
from django.db import migrations, models

GUARD = """
CREATE FUNCTION consent_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What people agreed to is only ever added to.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER consent_fixed
BEFORE UPDATE OF id, store_id, purpose, channel, granted, place, wording, author_kind, author_name, at
ON messaging_consent FOR EACH STATEMENT EXECUTE FUNCTION consent_fixed();
"""
NO_GUARD = "DROP TRIGGER consent_fixed ON messaging_consent; DROP FUNCTION consent_fixed();"


def with_customer(on_delete: str) -> str:
    """What the database does with evidence when a customer is deleted by a statement that Django knows nothing of."""
    return f"""
DO $$
DECLARE known text;
BEGIN
    SELECT conname INTO STRICT known FROM pg_constraint WHERE contype = 'f'
        AND conrelid = 'messaging_consent'::regclass AND confrelid = 'customers_customer'::regclass;
    EXECUTE format('ALTER TABLE messaging_consent DROP CONSTRAINT %I', known);
    EXECUTE format('ALTER TABLE messaging_consent ADD CONSTRAINT %I FOREIGN KEY (customer_id)
        REFERENCES customers_customer (id) ON DELETE {on_delete} DEFERRABLE INITIALLY DEFERRED', known);
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("messaging", "0001_initial"), ("customers", "0018_accepts_sms")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="message",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="message",
            name="author_name",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="consent",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="settings",
            name="second_person_above",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="consent",
            name="at",
            field=models.DateTimeField(db_default=django.db.models.functions.Now()),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=django.contrib.postgres.indexes.BTreeIndex("store", "at", "id", name="consent_at"),
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
        migrations.RunSQL(with_customer("CASCADE"), with_customer("NO ACTION")),
    ]
