"""Erasing a person takes values out of the history and nothing else: not the fact, the moment, or who did it."""

from typing import ClassVar

from django.db import migrations

FIXED = {
    "timeline_event": "id, store_id, change_set_id, key, resource, record_id, version, at",
    "timeline_changeset": "id, store_id, key, actor_kind, actor_id, actor_name, surface, run_id, undoes, at",
}

GUARD = """
CREATE FUNCTION timeline_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history of a store is only ever added to.' USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def triggers() -> str:
    return "".join(
        f"CREATE TRIGGER {table}_fixed BEFORE DELETE OR UPDATE OF {columns} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION timeline_fixed();"
        for table, columns in FIXED.items()
    )


def no_triggers() -> str:
    return "".join(f"DROP TRIGGER {table}_fixed ON {table};" for table in FIXED)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("timeline", "0006_acts_in_order")]

    operations: ClassVar = [
        migrations.RunSQL(GUARD + triggers(), no_triggers() + "DROP FUNCTION timeline_fixed();")
    ]
