"""`records create` and `records update`."""

import sys
from collections.abc import Iterable

from regulars.cli.records.common import Options, say_json
from regulars.cli.records.looking import find_record
from regulars.kit.errors import Invalid
from regulars.kit.text import storable
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.record import clean_values, fetch_record, record_json
from regulars.resources.resource import Resource, suggest


def create_record(resource: Resource, options: Options, context: Context) -> int:
    """Add one record and print it."""
    fields = resource.creatable_fields(context.actor)
    typed = _typed(options["set"], fields)
    values = clean_values(typed, [field for field in fields if field.name in typed], context)
    made = resource.create(store=context.store, values=values, actor=context.actor, now=context.now)
    say_json(record_json(fetch_record(resource, made, fields, context), fields, context))
    return 0


def update_record(resource: Resource, options: Options, context: Context) -> int:
    """Change fields of one record, found by its id or number, and print it."""
    fields = resource.editable_fields(context.actor)
    typed = _typed(options["set"], fields)
    record_id = find_record(resource, options["record"], [], context)["id"]
    resource.edit(
        store=context.store,
        record_id=record_id,
        values=clean_values(typed, [field for field in fields if field.name in typed], context),
        base_version=options["version"],
        actor=context.actor,
        now=context.now,
    )
    shown = resource.fields(context.actor)
    say_json(record_json(fetch_record(resource, record_id, shown, context), shown, context))
    return 0


def _typed(pairs: Iterable[str], fields: list[Field]) -> dict[str, str]:
    known = {field.name for field in fields}
    typed: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            raise Invalid(f"Write a value as field=value, not “{pair}”.")
        if name not in known:
            raise Invalid(f"“{name}” cannot be written.{suggest(name, known)}", field=name)
        typed[name] = sys.stdin.read() if value == "-" else storable(value)
    if not typed:
        raise Invalid("Say what to write: --set field=value.")
    return typed
