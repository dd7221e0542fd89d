"""Forgetting people in files that were brought, and in rows that were not taken."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage

from regulars.customers.erasing import Person, traces_of
from regulars.jobs.models import Run
from regulars.jobs.services import OPEN
from regulars.kit.errors import Refused
from regulars.kit.traces import Traces
from regulars.stores.models import Store
from regulars.transfers.claims import Claims
from regulars.transfers.models import Import, ImportRow, Profile
from regulars.transfers.reading.csvfile import Layout, open_text
from regulars.transfers.services.staging import forget_files

TABLES = (
    "transfers_import",
    "transfers_importrow",
    "transfers_profile",
)
_LOOKED_AT = ("record_id", "cells", "problems", "options", "before", "after")
PIECE = 256 * 1024
# A name that is cut by the end of a piece is found in the next one, which begins so much earlier.
OVERLAP = 1024


class ImportUnderWay(Refused):
    """A file that is being read names one of the people, and would bring them back."""

    code = "import_under_way"


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Take these people out of imports and the rows that were not taken.

    A file that still waits to be imported and names one of them is thrown away. Raises `ImportUnderWay`.
    """
    traces = traces_of(people)
    _clean_imports(store, traces, now)
    _remove_rows(store, traces, {person.id for person in people})
    _clean_profiles(store, traces)


def _clean_imports(store: Store, traces: Traces, now: datetime) -> None:
    for imported in Import.objects.filter(store=store).iterator():
        found = {
            "file_name": traces.clean(imported.file_name),
            "columns": _without_samples(imported.columns, traces),
            "plan": traces.clean_json(imported.plan),
            "notes": traces.clean_json(imported.notes),
            "effects": traces.clean_json(imported.effects),
        }
        if imported.stored_as and _names_somebody(imported, traces):
            found |= {"stored_as": "", "original_as": "", "discarded_at": now}
            _throw_away(store, imported)
        if any(value != getattr(imported, name) for name, value in found.items()):
            Import.objects.filter(pk=imported.pk).update(**found)


def _without_samples(columns: list[dict[str, Any]], traces: Traces) -> list[dict[str, Any]]:
    """No sample of any column when one names somebody: the others may be of the same row."""
    cleaned = [traces.clean_json(column) for column in columns]
    return [column | {"samples": []} for column in cleaned] if cleaned != columns else columns


def _throw_away(store: Store, imported: Import) -> None:
    if imported.run_id and Run.objects.filter(store=store, pk=imported.run_id, state__in=OPEN).exists():
        raise ImportUnderWay(
            f"The import of {imported.file_name} is under way and would bring them back. "
            "Wait until it has ended, or stop it."
        )
    ImportRow.objects.filter(store=store, import_id=imported.pk).delete()
    Claims(store=store, import_id=imported.pk, phase=imported.phase).forget()
    forget_files(imported)


def _names_somebody(imported: Import, traces: Traces) -> bool:
    """True when the file names one of the people for certain; a name alone may be anybody's."""
    try:
        raw = default_storage.open(imported.stored_as, "rb")
    except FileNotFoundError:
        return False
    with raw:
        text = open_text(raw.file or raw, Layout(**imported.layout).encoding)
        before = ""
        while piece := text.read(PIECE):
            if traces.found_in(before + piece, names=False):
                return True
            before = piece[-OVERLAP:]
    return False


def _clean_profiles(store: Store, traces: Traces) -> None:
    for profile in Profile.objects.filter(store=store):
        name, plan = traces.clean(profile.name), traces.clean_json(profile.plan)
        if (name, plan) != (profile.name, profile.plan):
            Profile.objects.filter(pk=profile.pk).update(name=f"{name} {profile.pk}", plan=plan)


def _remove_rows(store: Store, traces: Traces, known: set[UUID]) -> None:
    named: list[UUID] = [
        row.pk
        for row in ImportRow.objects.filter(store=store).only(*_LOOKED_AT).iterator()
        if row.record_id in known
        or traces.found_in("\n".join(row.cells), names=False)
        or any(
            traces.clean_json(told, names=False) != told
            for told in (row.problems, row.options, row.before, row.after)
            if told
        )
    ]
    ImportRow.objects.filter(store=store, pk__in=named).delete()
