"""What the page of an import and the page that brings one show, as plain data."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.desk import cells, values
from regulars.desk.transfers import words
from regulars.desk.transfers.bars import outcome_bar
from regulars.desk.transfers.undoing import undo_part
from regulars.kit.errors import Refused
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.resource import Resource, get_resource
from regulars.transfers.choices import ImportState, Phase
from regulars.transfers.queries import ImportView, MappedColumn
from regulars.transfers.reading import limits

FATES = {
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "same": gettext_lazy("Same as before"),
    "clash": gettext_lazy("To decide"),
    "skipped": gettext_lazy("Left out"),
    "failed": gettext_lazy("Wrong"),
}
ACCEPTED = ".csv,.tsv,.txt,.tab,.xlsx,.xlsm,.xls,.ods,.json,.jsonl,.ndjson,.zip"


def steps(at: int) -> list[dict[str, Any]]:
    """The steps of an import, of which the one numbered `at` is open; past the last, all are done."""
    labels = (_("Choose a file"), _("Columns and rules"), _("Check"), _("Run"))
    return [
        {"label": label, "done": number < at, "current": number == at} for number, label in enumerate(labels)
    ]


def upload_page(
    resource: Resource,
    context: Context,
    *,
    problem: Refused | None,
    sent: Mapping[str, str],
    like: ImportView | None,
) -> dict[str, Any]:
    """What can be brought, how large it may be, and why the last file was not taken."""
    here = {"store": context.store.slug, "resource_name": resource.name}
    known = [str(preset.label) for preset in resource.importer.presets] if resource.importer else []
    return {
        "title": _("Import %(things)s") % {"things": inside(resource.label)},
        "list_url": reverse("list", kwargs=here),
        "list_label": str(resource.label),
        "history_url": reverse("imports", kwargs={"store": context.store.slug}),
        "url": reverse("new_import", kwargs=here),
        "sample_url": reverse("import_sample", kwargs=here),
        "steps": steps(0),
        "accept": ACCEPTED,
        "formats_text": _("CSV, TSV, Excel, OpenDocument, JSON lines, or a zip of one; up to %(size)s")
        % {"size": size_text(settings.IMPORT_MAX_BYTES, values.style_of(context).language)},
        "limits": limits.said(),
        "known_text": ", ".join(dict.fromkeys(known)),
        "problem": problem.sentence if problem else "",
        "pasted": sent.get("pasted", ""),
        "address": sent.get("address", ""),
        "like": {"id": str(like.id), "name": like.file_name} if like else None,
    }


def import_page(view: ImportView, context: Context) -> dict[str, Any]:
    """One import: where it stands, what it would do or did, and what can be done next."""
    language = values.style_of(context).language
    resource = get_resource(view.resource)
    here = {"store": context.store.slug, "import_id": view.id}
    counts, writes = view.counts, view.counts["new"] + view.counts["changed"]
    list_url = reverse("list", kwargs={"store": context.store.slug, "resource_name": resource.name})
    new_url = reverse("new_import", kwargs={"store": context.store.slug, "resource_name": resource.name})

    def step(name: str, allowed: bool) -> str:
        return reverse("import_step", kwargs={**here, "step": name}) if allowed else ""

    wrote = view.phase == Phase.RUN and writes > 0
    has_file = view.not_taken > 0 and not view.is_live and view.state != ImportState.DISCARDED
    return {
        "title": view.file_name,
        "state": view.state,
        "is_live": view.is_live,
        "reading": view.state == ImportState.READING,
        "url": reverse("import", kwargs=here),
        "history_url": reverse("imports", kwargs={"store": context.store.slug}),
        "steps": steps(_step_of(view)),
        "headline": words.headline(view, language),
        "explanation": words.explanation(view, context),
        "shows_bar": view.is_live or (view.state in (ImportState.CANCELLED, ImportState.FAILED)),
        "percent": view.percent if view.total else None,
        **words.pace(view, context),
        "counters": counters(counts, language, clashes=view.phase != Phase.RUN or counts["clash"] > 0),
        "bar": outcome_bar(counts) if view.state in (ImportState.DONE, ImportState.CHECKED) else "",
        "effects": view.effects if view.state == ImportState.CHECKED else (),
        "notes": view.notes,
        "confirm_url": step("run", view.can_confirm and writes > 0),
        "confirm_label": words.confirm_label(writes, language),
        "behind_text": words.left_behind(view, language) if view.can_confirm else "",
        "columns_url": reverse("import_columns", kwargs=here) if view.can_plan else "",
        "stop_url": step("stop", view.is_live),
        "retry_url": step("retry", view.can_retry),
        "discard_url": step("discard", view.can_discard and view.state != ImportState.DONE),
        "list_url": f"{list_url}?tab=all&sort=-updated" if wrote and not view.is_live else "",
        "undo": undo_part(view, context),
        "list_label": _("Open the %(things)s, latest changes first") % {"things": inside(resource.label)},
        "change_url": reverse(
            "change", kwargs={"store": context.store.slug, "change_set": view.change_set_id}
        )
        if wrote and view.change_set_id and not view.is_live
        else "",
        "again_url": new_url if not view.is_live and view.state != ImportState.CHECKED else "",
        "mended_url": f"{new_url}?like={view.id}" if has_file and view.state == ImportState.DONE else "",
        "failed_file_url": reverse("import_failed", kwargs=here) if has_file else "",
        "mapping": [_column(column) for column in view.columns],
        "dialect_text": dialect_text(view, context),
        "left_out_text": _left_out(view, language),
        "profile_name": view.profile_name,
    }


def counters(counts: Mapping[str, int], language: str, *, clashes: bool) -> list[dict[str, str]]:
    """How many rows had which fate, in the words and colours that all pages of imports share."""
    return [
        {"name": name, "label": str(label), "text": cells.format_whole(counts[name], language)}
        for name, label in FATES.items()
        if clashes or name != "clash"
    ]


def dialect_text(view: ImportView, context: Context) -> str:
    """How the file was recognised, in one line."""
    parts = (
        _("Recognised: %(name)s") % {"name": view.preset_label} if view.preset_label else "",
        view.layout_text
        if view.format == "text"
        else _("Sheet “%(name)s”") % {"name": view.sheet}
        if view.sheet
        else "",
        size_text(view.size, values.style_of(context).language),
    )
    return " · ".join(part for part in parts if part)


def size_text(size: int, language: str) -> str:
    """A file's size the way people say it: "340 KB", "2 GB"."""
    for unit, bytes_each in (("GB", 1024**3), ("MB", 1024**2)):
        if size >= bytes_each:
            return f"{cells.format_whole(size // bytes_each, language)} {unit}"
    return f"{cells.format_whole(-(-size // 1024), language)} KB"


def _step_of(view: ImportView) -> int:
    if view.state == ImportState.DONE:
        return 4
    if view.phase == Phase.RUN:
        return 3
    return 0 if view.phase == Phase.READ else 2


def _column(column: MappedColumn) -> dict[str, Any]:
    return {
        "header": column.header or _("(no header)"),
        "samples": column.samples,
        "field_label": column.field_label if column.field else "",
        "reason": column.reason,
    }


def _left_out(view: ImportView, language: str) -> str:
    count = len(view.left_out)
    if not count:
        return ""
    return ngettext("%(count)s column is left out", "%(count)s columns are left out", count) % {
        "count": cells.format_whole(count, language)
    }
