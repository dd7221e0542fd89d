"""Forgetting people in the ledger of exports, in kept files and in saved exports."""

from datetime import datetime
from io import TextIOWrapper
from typing import Any

from django.core.files.storage import default_storage

from regulars.customers.erasing import Person, traces_of
from regulars.kit.traces import TAKEN_OUT, Traces
from regulars.resources import kinds
from regulars.resources.erasing import clean_where
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers.models import Export, SavedExport
from regulars.transfers.services.kept import forget_file, spoil_unfinished
from regulars.transfers.services.saved import MAX_NAME
from regulars.transfers.writing import format_named

TABLES = ("transfers_export", "transfers_exportfetch", "transfers_savedexport")
# The classes of the texts that people are found by: their names, e-mails and phones.
NAMING = ("identity", "contact")


def forget_people_in_exports(*, store: Store, people: list[Person], now: datetime) -> None:
    """Take these people out of what was asked for, and throw every kept file away that may name one of them."""
    traces = traces_of(people)
    spoil_unfinished(store=store)
    for export in Export.objects.filter(store=store).iterator():
        found = {
            "query": _clean_query(export.query, export.resource, traces),
            "filter_text": traces.clean(export.filter_text),
            "reason": traces.clean(export.reason),
        }
        _write(export, found)
        if export.stored_as and _may_name_somebody(export, traces):
            forget_file(export=export)
    for saved in SavedExport.objects.filter(store=store).select_for_update(no_key=True):
        name = traces.clean(saved.name)[:MAX_NAME] or TAKEN_OUT
        _write(saved, {"query": _clean_query(saved.query, saved.resource, traces), "name": name})


def _clean_query(query: dict[str, Any], resource: str, traces: Traces) -> dict[str, Any]:
    cleaned = {name: value if name == "view" else traces.clean(value) for name, value in query.items()}
    if "where" in query:
        cleaned["where"] = clean_where(where=query["where"], resource=resource, traces=traces)
    return cleaned


def _may_name_somebody(export: Export, traces: Traces) -> bool:
    """A plain text is looked through; of the other formats, and of rows without a name, nobody can tell, and they can
    be made again."""
    if not format_named(export.format).streams or _is_nameless(export):
        return True
    try:
        file = default_storage.open(export.stored_as, "rb")
    except FileNotFoundError:
        return False
    with file, TextIOWrapper(file.file or file, "utf-8", "replace", newline="") as text:
        return traces.found_in_file(text)


def _is_nameless(export: Export) -> bool:
    """True for personal columns, like addresses and birthdates, without one by which their rows would be found."""
    fields = [one for one in get_resource(export.resource).all_fields() if one.name in export.columns]
    naming = [one for one in fields if one.personal in NAMING and isinstance(one.kind, kinds.Text)]
    return not naming and any(one.personal for one in fields)


def _write(row: Export | SavedExport, found: dict[str, Any]) -> None:
    changed = {name: value for name, value in found.items() if value != getattr(row, name)}
    if changed:
        type(row)._default_manager.filter(pk=row.pk).update(**changed)
