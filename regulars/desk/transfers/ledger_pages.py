"""The ledger of exports, and one export, as plain data."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk import cells, values
from regulars.desk.spans import read_span
from regulars.desk.transfers.pages import size_text
from regulars.desk.transfers.words import exact, moment
from regulars.kit.ids import parse_id
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.transfers import ledger
from regulars.transfers.choices import ExportState, Scope
from regulars.transfers.ledger import ExportView
from regulars.transfers.writing import FORMATS, format_named

A_PAGE = 50
TONES = {
    ExportState.MAKING: "blue",
    ExportState.READY: "green",
    ExportState.SENT: "green",
    ExportState.GONE: "grey",
    ExportState.FAILED: "red",
    ExportState.CANCELLED: "amber",
    ExportState.BROKEN: "amber",
}


def ledger_page(params: Mapping[str, str], context: Context) -> dict[str, Any]:
    """The filter, one page of the ledger, and the ways on."""
    wanted, given, problem = _read(params, context)
    here = {"store": context.store.slug}
    found = ledger.list_exports(
        store=context.store, actor=context.actor, now=context.now, wanted=wanted, limit=A_PAGE + 1
    )
    shown, base = found[:A_PAGE], reverse("exports", kwargs=here)
    kept = {name: value for name, value in given.items() if value and name != "before"}
    last = str(shown[-1].export.pk) if shown else ""
    return {
        "url": base,
        "saved_url": reverse("saved_exports", kwargs=here),
        "new_url": reverse("export", kwargs=here | {"resource_name": "customers"}),
        "given": given,
        "problem": problem,
        "people": [
            {"value": str(one), "label": name, "on": str(one) == given["who"]}
            for one, name in ledger.people_of(store=context.store, actor=context.actor)
        ],
        "formats": [
            {"value": one.name, "label": one.label, "on": one.name == given["format"]}
            for one in FORMATS.values()
        ],
        "rows": [_line(view, context) for view in shown],
        "filtered": bool(kept),
        "more_url": f"{base}?{urlencode(kept | {'before': last})}" if len(found) > A_PAGE else "",
        "latest_url": f"{base}?{urlencode(kept)}" if wanted.before else "",
    }


def _read(params: Mapping[str, str], context: Context) -> tuple[ledger.Filter, dict[str, str], str]:
    """What the ledger was asked for, as typed, and what was wrong with it."""
    given = {name: params.get(name, "").strip() for name in ("who", "format", "from", "to", "before")}
    since, until, problem = read_span(given, context)
    wanted = ledger.Filter(
        actor_id=parse_id(given["who"]),
        format=given["format"] if given["format"] in FORMATS else "",
        since=since,
        until=until,
        before=parse_id(given["before"]),
    )
    return wanted, given, problem


def _line(view: ExportView, context: Context) -> dict[str, Any]:
    export, style = view.export, values.style_of(context)
    return {
        "url": reverse("made_export", kwargs={"store": context.store.slug, "export_id": export.pk}),
        "what": str(get_resource(export.resource).label),
        "words": ledger.filter_of(export=export, actor=context.actor)[0],
        "scope": Scope(export.scope).label,
        "columns": _columns(view, context),
        "format": _format(view, context),
        "reason": export.reason,
        "rows": cells.format_whole(export.row_count, style.language) if export.finished_at else "–",
        "by": export.actor_name,
        "state": view.state.label,
        "tone": TONES[view.state],
        # What was sent while it was made was never there to be fetched.
        "fetched": "–"
        if view.state == ExportState.SENT
        else cells.format_whole(view.fetched, style.language),
    } | moment(export.created_at, context)


def _columns(view: ExportView, context: Context) -> str:
    """The fields in the file, by their labels; one that is gone by its name."""
    labels = {one.name: str(one.label) for one in get_resource(view.export.resource).all_fields()}
    return ", ".join(labels.get(name, name) for name in view.export.columns)


def _format(view: ExportView, context: Context) -> str:
    export = view.export
    label = format_named(export.format).label if export.format in FORMATS else export.format
    presets = {one.name: str(one.label) for one in get_resource(export.resource).export_presets}
    return f"{label} · {presets.get(export.preset, export.preset)}" if export.preset else str(label)


def made_page(view: ExportView, context: Context) -> dict[str, Any]:
    """One export: how far it is, its file, what is in it, and who fetched it."""
    export, language = view.export, values.style_of(context).language
    here = {"store": context.store.slug, "export_id": export.pk}
    step = {name: reverse("export_step", kwargs={**here, "step": name}) for name in ("again", "discard")}
    unfinished = view.state in (ExportState.FAILED, ExportState.CANCELLED)
    until = context.store.day_of(export.expires_at) if export.expires_at else None
    return _line(view, context) | {
        "title": _("Export of %(things)s") % {"things": inside(get_resource(export.resource).label)},
        "ledger_url": reverse("exports", kwargs={"store": context.store.slug}),
        "here_url": reverse("made_export", kwargs=here),
        "is_live": view.is_live,
        "headline": _headline(view, language),
        "explanation": view.message or _explanation(view),
        "percent": view.percent,
        "done_text": _("%(done)s of %(total)s rows")
        % {
            "done": cells.format_whole(view.done, language),
            "total": cells.format_whole(view.total, language),
        },
        "file_url": reverse("export_file", kwargs={"store": context.store.slug, "change_set": export.pk})
        if view.state == ExportState.READY
        else "",
        "until": _("Kept until %(day)s.") % {"day": cells.format_day(until, language)}
        if until and view.state == ExportState.READY
        else "",
        "stop_url": step["discard"] if view.is_live and not view.cancel_asked else "",
        "again_url": step["again"] if unfinished and export.run_id else "",
        "discard_url": step["discard"] if view.state == ExportState.READY else "",
        "size": size_text(export.size, language) if export.finished_at else "",
        "sha256": export.sha256,
        "fetches": [
            {"name": one.name, "when": exact(one.at, context)}
            for one in ledger.fetches_of(store=context.store, export_id=export.pk)
        ],
    }  # fmt: skip


def _headline(view: ExportView, language: str) -> str:
    rows = cells.format_whole(view.export.row_count, language)
    match view.state:
        case ExportState.MAKING if view.cancel_asked:
            return _("Stopping")
        case ExportState.MAKING:
            return _("The file is being made")
        case ExportState.READY:
            return ngettext("Ready: %(count)s row", "Ready: %(count)s rows", view.export.row_count) % {
                "count": rows
            }
        case ExportState.SENT:
            return ngettext("Sent: %(count)s row", "Sent: %(count)s rows", view.export.row_count) % {
                "count": rows
            }
    return str(view.state.label)


def _explanation(view: ExportView) -> str:
    match view.state:
        case ExportState.MAKING:
            return _("You can leave this page; it goes on, also after a restart.")
        case ExportState.READY:
            return _("Who opens this page signs in and needs the right to take these records out.")
        case ExportState.SENT:
            return _("It was sent while it was made, and is not kept here.")
        case ExportState.GONE:
            return _("The file is gone; take the records out again if you need them.")
        case ExportState.BROKEN:
            return _("The file was not sent to its end.")
    return ""
