"""Taking personal values out of the history: the one change that history allows.

What happened, when and by whom stays; the values go. Everything else is refused by the database.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from regulars.kit.traces import Traces
from regulars.stores.models import Store
from regulars.timeline.events import all_kinds
from regulars.timeline.models import BY_RECORD, ChangeSet, Event

# Who works for a store is not who buys there.
ABOUT_STAFF = ("staff", "stores", "tokens")
_COLUMNS = ("before", "after", "data")


def erase_values(*, store: Store, record_ids: Collection[UUID], names: Collection[str]) -> None:
    """Empty these values in every event of these records; `erased` keeps which ones there were."""
    personal = sorted({*names, *(name for kind in all_kinds() for name in kind.personal)})
    own = sorted({name for kind in all_kinds() for name in kind.personal})
    with _door(), connection.cursor() as cursor:
        cursor.execute(
            """UPDATE timeline_event SET before = before - %(personal)s::text[], after = after - %(personal)s::text[],
                data = coalesce(data - %(own)s::text[], '{}') || jsonb_build_object('erased', (
                    SELECT coalesce(jsonb_agg(DISTINCT name), '[]') FROM jsonb_object_keys(
                        coalesce(before, '{}') || coalesce(after, '{}')) AS name WHERE name = ANY(%(personal)s)))
            WHERE store_id = %(store)s AND record_id = ANY(%(ids)s) AND
                (before ?| %(personal)s OR after ?| %(personal)s OR data ?| %(own)s)""",
            {"personal": personal, "own": own, "store": store.pk, "ids": list(record_ids)},
        )


def erase_words(*, store: Store, record_ids: Collection[UUID], change_set_ids: Collection[UUID]) -> None:
    """Empty what was written about a person when these acts were done to other records."""
    own = sorted({name for kind in all_kinds() for name in kind.personal})
    with _door(), connection.cursor() as cursor:
        cursor.execute(
            """UPDATE timeline_event SET data = data - %(own)s::text[]
            WHERE store_id = %(store)s AND change_set_id = ANY(%(acts)s) AND record_id = ANY(%(ids)s)
            AND data ?| %(own)s""",
            {"own": own, "store": store.pk, "acts": list(change_set_ids), "ids": list(record_ids)},
        )


def clean_texts(*, store: Store, traces: Traces) -> None:
    """Take traces of people out of what happened to other things (exports, imports, views) and of the notes of acts.

    In the notes only what names somebody for certain: "Mark as reviewed" is no person.
    """
    with _door():
        others = Event.objects.filter(store=store).exclude(resource__in=BY_RECORD)
        for event in others.exclude(resource__in=ABOUT_STAFF).only(*_COLUMNS).iterator():
            found = {name: traces.clean_json(getattr(event, name)) for name in _COLUMNS}
            _write(event, found)
        for act in ChangeSet.objects.filter(store=store).exclude(note="").only("note").iterator():
            _write(act, {"note": traces.clean(act.note, names=False)})


def clean_events_of(*, store: Store, record_ids: Collection[UUID], traces: Traces) -> None:
    """Take what names these people for certain out of the history of other records that speak of them."""
    with _door():
        events = Event.objects.filter(store=store, record_id__in=list(record_ids)).only(*_COLUMNS)
        for event in events.iterator():
            _write(event, {name: traces.clean_json(getattr(event, name), names=False) for name in _COLUMNS})


def _write(row: Event | ChangeSet, found: dict[str, Any]) -> None:
    changed = {name: value for name, value in found.items() if value != getattr(row, name)}
    if changed:
        type(row)._default_manager.filter(pk=row.pk).update(**changed)


@contextmanager
def _door() -> Iterator[None]:
    """Let the database accept changes of history, within this transaction and no longer than needed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('regulars.erasing', 'on', true)")
        yield
        cursor.execute("SELECT set_config('regulars.erasing', 'off', true)")
