"""History is only ever added to: the database refuses to change or remove it.

The one door is erasing a person (`regulars.erasing`, set for one transaction), which takes personal values out of it.
"""

from typing import ClassVar

from django.db import migrations

TABLES = ("timeline_event", "timeline_changeset")

GUARD = """
CREATE FUNCTION timeline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('regulars.erasing', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'The history of a store is only ever added to.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
"""


def triggers() -> str:
    return "".join(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION timeline_append_only();"
        for table in TABLES
    )


def no_triggers() -> str:
    return "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("timeline", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(GUARD + triggers(), no_triggers() + "DROP FUNCTION timeline_append_only();")
    ]
