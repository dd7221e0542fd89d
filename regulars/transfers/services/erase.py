"""Forgetting people in files that were brought, and in rows that were not taken."""

import tempfile
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from regulars.customers.erasing import Person, traces_of
from regulars.jobs.models import Run
from regulars.jobs.services import OPEN
from regulars.kit.errors import Refused
from regulars.kit.traces import Traces
from regulars.stores.models import Store
from regulars.transfers.claims import Claims
from regulars.transfers.models import Import, ImportRow, Profile
from regulars.transfers.reading.csvfile import Layout, open_text
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.reading.unpack import unpack
from regulars.transfers.services.staging import forget_files
from regulars.transfers.services.taking import format_of_original

TABLES = (
    "transfers_import",
    "transfers_importrow",
    "transfers_profile",
)
_LOOKED_AT = ("record_id", "cells", "problems", "options", "before", "after")
# What people write into the steps of a column; the rest are choices.
_WRITTEN = frozenset({"find", "with", "separator", "columns", "yes"})


class ImportUnderWay(Refused):
    """A file that is being read names one of the people, and would bring them back."""

    code = "import_under_way"


def forget_people(*, store: Store, people: list[Person], now: datetime) -> None:
    """Take these people out of imports and the rows that were not taken.

    A file that still waits to be imported and names one of them is thrown away. Raises `ImportUnderWay`.
    """
    traces, known = traces_of(people), {person.id for person in people}
    _clean_imports(store, traces, known, now)
    _remove_rows(store, traces, known)
    _clean_profiles(store, traces)


def _clean_imports(store: Store, traces: Traces, known: set[UUID], now: datetime) -> None:
    # A file of names alone is about them when its check found them.
    about = set(
        ImportRow.objects.filter(store=store, record_id__in=known).values_list("import_id", flat=True)
    )
    for imported in Import.objects.filter(store=store).iterator():
        found = {
            "file_name": traces.clean(imported.file_name),
            "profile_name": traces.clean(imported.profile_name),
            "columns": _clean_columns(imported.columns, traces),
            "plan": _clean_plan(imported.plan, traces),
            "sheets": traces.clean_json(imported.sheets),
            "sheet": traces.clean(imported.sheet),
            "notes": traces.clean_json(imported.notes),
            "effects": traces.clean_json(imported.effects),
        }
        waits = imported.stored_as or imported.original_as
        if waits and (imported.pk in about or _names_somebody(imported, traces)):
            found |= {"stored_as": "", "original_as": "", "discarded_at": now}
            _throw_away(store, imported)
        if any(value != getattr(imported, name) for name, value in found.items()):
            Import.objects.filter(pk=imported.pk).update(**found)


def _clean_columns(columns: list[dict[str, Any]], traces: Traces) -> list[dict[str, Any]]:
    """What a file says in its columns; what they become are words of ours.

    No sample of any column stays when one names somebody: the others may be of the same row.
    """
    cleaned = [
        column | {name: traces.clean_json(column[name]) for name in ("header", "reason", "samples")}
        for column in columns
    ]
    return [column | {"samples": []} for column in cleaned] if cleaned != columns else columns


def _clean_plan(plan: dict[str, Any], traces: Traces) -> dict[str, Any]:
    """A plan without them in what people wrote; a person called “Last” is none of its choices."""
    cleaned = dict(plan)
    for name in ("columns", "steps"):
        cleaned[name] = {traces.clean(header): one for header, one in plan.get(name, {}).items()}
    cleaned["steps"] = {
        header: [
            {name: traces.clean(one) if name in _WRITTEN else one for name, one in step.items()}
            for step in steps
        ]
        for header, steps in cleaned["steps"].items()
    }
    cleaned["defaults"] = traces.clean_json(plan.get("defaults", {}))
    cleaned["tags"] = traces.clean(plan.get("tags", ""))
    if sheet := plan.get("reading", {}).get("sheet"):
        cleaned["reading"] = plan["reading"] | {"sheet": traces.clean(sheet)}
    return cleaned


def _throw_away(store: Store, imported: Import) -> None:
    if imported.run_id and Run.objects.filter(store=store, pk=imported.run_id, state__in=OPEN).exists():
        raise ImportUnderWay(
            _(
                "The import of %(file_name)s is under way and would bring them back. Wait until it "
                "has ended, or stop it."
            )
            % {"file_name": imported.file_name}
        )
    ImportRow.objects.filter(store=store, import_id=imported.pk).delete()
    Claims(store=store, import_id=imported.pk, phase=imported.phase).forget()
    forget_files(imported)


def _names_somebody(imported: Import, traces: Traces) -> bool:
    """True when the file names one of the people for certain; a name alone may be anybody's."""
    if imported.stored_as:
        try:
            with default_storage.open(imported.stored_as, "rb") as raw:
                text = open_text(raw.file or raw, Layout(**imported.layout).encoding)
                if traces.found_in_file(text, names=False):
                    return True
        except FileNotFoundError:
            return False
    # A text is made of one sheet; the others can be chosen still.
    return bool(imported.original_as) and (
        (not imported.stored_as or len(imported.sheets) > 1) and _in_sheets(imported, traces)
    )


def _in_sheets(imported: Import, traces: Traces) -> bool:
    try:
        with default_storage.open(imported.original_as, "rb") as original:
            raw = original.file or original
            format = format_of_original(imported, original)
            wanted, seen = [imported.sheet], set[str]()
            while wanted:
                sheet = wanted.pop()
                with tempfile.TemporaryFile() as out:
                    try:
                        unpacked = unpack(raw, format=format, filename="", sheet=sheet, out=out)
                    except UnreadableFile:
                        if not seen:  # nobody can say what is in it
                            return True
                        continue
                    out.seek(0)
                    if traces.found_in_file(open_text(out, "utf-8"), names=False):
                        return True
                if not seen:
                    wanted = [one for one in unpacked.sheets if one != unpacked.sheet]
                seen.add(unpacked.sheet)
    except FileNotFoundError:
        return False
    return False


def _clean_profiles(store: Store, traces: Traces) -> None:
    for profile in Profile.objects.filter(store=store):
        name, plan = traces.clean(profile.name), _clean_plan(profile.plan, traces)
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
