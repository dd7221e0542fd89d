"""What the pages of imports and the ledger of exports show, as plain data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_datetime, format_timedelta
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk import cells, values
from regulars.desk.transfers.undoing import undo_part
from regulars.resources.context import Context
from regulars.resources.resource import Resource, get_resource
from regulars.transfers import queries
from regulars.transfers.choices import ImportState, Phase
from regulars.transfers.queries import ImportView, MappedColumn

SHOWN_FAILURES = 20
TONES = {
    ImportState.READING: "blue",
    ImportState.MAPPING: "amber",
    ImportState.CHECKING: "blue",
    ImportState.CHECKED: "amber",
    ImportState.RUNNING: "blue",
    ImportState.DONE: "green",
    ImportState.FAILED: "red",
    ImportState.CANCELLED: "amber",
    ImportState.DISCARDED: "grey",
}


def steps(at: int) -> list[dict[str, Any]]:
    """The steps of an import, of which the one numbered `at` is open; past the last, all are done."""
    labels = (_("Choose a file"), _("Check"), _("Run"), _("Done"))
    return [
        {"label": label, "done": number < at, "current": number == at} for number, label in enumerate(labels)
    ]


def upload_page(
    resource: Resource, context: Context, *, problem: str, phone_country: str = ""
) -> dict[str, Any]:
    """What can be brought, how large it may be, and why the last file was not taken."""
    here = {"store": context.store.slug, "resource_name": resource.name}
    known = [preset.label for preset in resource.importer.presets] if resource.importer else []
    countries = next((one for one in resource.all_fields() if one.name == "country"), None)
    return {
        "title": _("Import %(things)s") % {"things": str(resource.label).lower()},
        "list_url": reverse("list", kwargs=here),
        "list_label": str(resource.label),
        "history_url": reverse("imports", kwargs={"store": context.store.slug}),
        "url": reverse("new_import", kwargs=here),
        "sample_url": reverse("import_sample", kwargs=here),
        "steps": steps(0),
        "accept": ".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain",
        "formats_text": _("CSV with a header line, up to %(size)s. Any delimiter and encoding is recognised.")
        % {"size": size_text(settings.IMPORT_MAX_BYTES, values.style_of(context).language)},
        "known_text": ", ".join(dict.fromkeys(known)),
        "problem": problem,
        "phone_country": {
            **values.control(countries, phone_country or context.store.country, context),
            "name": "phone_country",
            "id": "phone-country",
            "label": _("Phone numbers without a country code are from"),
            "help": _("A row's own country goes first."),
        }
        if countries
        else None,
    }


def import_page(view: ImportView, context: Context) -> dict[str, Any]:
    """One import: where it stands, what it would do or did, what was not taken and why."""
    language = values.style_of(context).language
    resource = get_resource(view.resource)
    here = {"store": context.store.slug, "import_id": view.id}
    counts = view.counts
    failures = queries.failures(store=context.store, import_id=view.id, limit=SHOWN_FAILURES)
    list_url = reverse("list", kwargs={"store": context.store.slug, "resource_name": resource.name})

    def step(name: str, allowed: bool) -> str:
        return reverse("import_step", kwargs={**here, "step": name}) if allowed else ""

    wrote = view.phase == Phase.RUN and counts["new"] + counts["changed"] > 0
    return {
        "title": view.file_name,
        "state": view.state,
        "is_live": view.is_live,
        "url": reverse("import", kwargs=here),
        "history_url": reverse("imports", kwargs={"store": context.store.slug}),
        "steps": steps(_step_of(view)),
        "headline": _headline(view, language),
        "explanation": _explanation(view, context),
        "shows_bar": view.is_live or (view.state in (ImportState.CANCELLED, ImportState.FAILED)),
        "percent": view.percent if view.total else None,
        **_pace(view, context),
        **{f"{name}_text": cells.format_whole(counts[name], language) for name in _COUNTED},
        "confirm_url": step("run", view.can_confirm and counts["new"] + counts["changed"] > 0),
        "confirm_label": _confirm_label(counts["new"] + counts["changed"], language),
        "stop_url": step("stop", view.is_live),
        "retry_url": step("retry", view.can_retry),
        "discard_url": step("discard", view.can_discard and view.state != ImportState.DONE),
        "list_url": f"{list_url}?tab=all&sort=-updated" if wrote and not view.is_live else "",
        "undo": undo_part(view, context),
        "list_label": _("Open the %(things)s, latest changes first")
        % {"things": str(resource.label).lower()},
        "again_url": reverse(
            "new_import", kwargs={"store": context.store.slug, "resource_name": resource.name}
        )
        if not view.is_live
        else "",
        "failed_file_url": reverse("import_failed", kwargs=here) if failures and not view.is_live else "",
        "failures": [
            {
                "line": cells.format_whole(one.line, language),
                "column": one.column,
                "value": one.value,
                "sentence": one.sentence,
            }
            for one in failures
        ],
        "failures_text": _first_of(len(failures), view.not_taken, language),
        "mapping": [_column(column) for column in view.columns],
        "dialect_text": " · ".join(
            part
            for part in (
                _("Recognised: %(name)s") % {"name": view.preset_label} if view.preset_label else "",
                view.layout_text,
                size_text(view.size, language),
            )
            if part
        ),
        "left_out_text": _left_out(view, language),
    }


_COUNTED = ("new", "changed", "same", "failed")


def history_page(
    imports: Sequence[ImportView], context: Context, *, more_url: str, new_url: str
) -> dict[str, Any]:
    """Earlier imports, newest first, and who took what out."""
    language = values.style_of(context).language
    return {
        "title": _("Imports"),
        "new_url": new_url,
        "new_label": _("Import a file"),
        "more_url": more_url,
        "rows": [
            {
                "title": one.file_name,
                "url": reverse("import", kwargs={"store": context.store.slug, "import_id": one.id}),
                "state": one.state.label,
                "tone": TONES[one.state],
                **{name: cells.format_whole(one.counts[name], language) for name in _COUNTED},
                "by": one.actor_name,
                **_moment(one.created_at, context),
            }
            for one in imports
        ],
        "empty_title": _("Nothing was imported yet"),
        "empty_text": _("Bring a CSV file: first you see what it would do, then you decide."),
    }


def size_text(size: int, language: str) -> str:
    """A file's size the way people say it: "340 KB", "2 GB"."""
    for unit, bytes_each in (("GB", 1024**3), ("MB", 1024**2)):
        if size >= bytes_each:
            return f"{cells.format_whole(size // bytes_each, language)} {unit}"
    return f"{cells.format_whole(-(-size // 1024), language)} KB"


def _step_of(view: ImportView) -> int:
    if view.state == ImportState.DONE:
        return 4
    return 2 if view.phase == Phase.RUN or view.state == ImportState.CHECKED else 1


def _headline(view: ImportView, language: str) -> str:
    done = cells.format_whole(view.done, language)
    match view.state:
        case ImportState.CHECKING:
            return _("Checking the file")
        case ImportState.CHECKED:
            return _("Checked %(count)s rows; nothing is written yet") % {"count": done}
        case ImportState.RUNNING:
            return _("Importing")
        case ImportState.DONE:
            return _("Imported")
        case ImportState.CANCELLED:
            return _("Stopped after %(count)s rows") % {"count": done}
        case ImportState.FAILED:
            return _("The import did not finish")
    return _("Thrown away")


def _explanation(view: ImportView, context: Context) -> str:
    counts = view.counts
    match view.state:
        case ImportState.CHECKING:
            return _(
                "Each row is read and compared with what is stored. You can leave this page; it goes on."
            )
        case ImportState.CHECKED if not counts["new"] + counts["changed"]:
            return _("There is nothing to write: no row would add or change anything.")
        case ImportState.CHECKED:
            return _("This is what the file would do. Rows that are not taken come back to you as a file.")
        case ImportState.RUNNING:
            return _(
                "Rows are written in batches. You can leave this page; it goes on, also after a restart."
            )
        case ImportState.DONE:
            return _("By %(name)s, %(when)s.") % {
                "name": view.actor_name,
                "when": _exact(view.finished_at or view.created_at, context),
            }
        case ImportState.FAILED:
            return view.message
        case ImportState.CANCELLED if view.phase == Phase.RUN:
            return _("What was written before it was stopped stays. It can go on where it was.")
        case ImportState.CANCELLED:
            return _("Nothing was written. The check can go on where it was.")
    return _("The file is gone; what it had written before stays.")


def _pace(view: ImportView, context: Context) -> dict[str, str]:
    """How far, how fast and how long still; the total is an estimate until the check has ended."""
    language = values.style_of(context).language
    total = cells.format_whole(max(view.total, view.done), language)
    about = "≈ " if view.phase == Phase.CHECK and view.is_live else ""
    told = {
        "done_text": _("%(done)s of %(total)s rows")
        % {"done": cells.format_whole(view.done, language), "total": about + total}
    }
    seconds = (context.now - view.started_at).total_seconds() if view.started_at and view.is_live else 0
    if seconds < 1 or not view.done:
        return told
    rate = view.done / seconds
    told["rate_text"] = _("%(count)s rows a second") % {"count": cells.format_whole(round(rate), language)}
    left = max(view.total - view.done, 0) / rate
    if left >= 1:
        words = format_timedelta(round(left), threshold=1.5, locale=language)
        told["left_text"] = _("about %(time)s left") % {"time": words}
    return told


def _confirm_label(count: int, language: str) -> str:
    return ngettext("Import %(count)s row", "Import %(count)s rows", count) % {
        "count": cells.format_whole(count, language)
    }


def _first_of(shown: int, rows: int, language: str) -> str:
    if shown < SHOWN_FAILURES:
        return cells.format_whole(rows, language)
    return _("the first %(shown)s problems of %(count)s rows") % {
        "shown": shown,
        "count": cells.format_whole(rows, language),
    }


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


def _moment(at: datetime, context: Context) -> dict[str, str]:
    style = values.style_of(context)
    local = at.astimezone(style.zone)
    return {
        "iso": local.isoformat(),
        "exact": _exact(at, context),
        "when": cells.format_ago(local, style),
    }


def _exact(at: datetime, context: Context) -> str:
    style = values.style_of(context)
    return format_datetime(at.astimezone(style.zone), "medium", locale=style.language)
