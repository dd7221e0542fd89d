"""Where an import stands, in words: what happens, how far it is, what comes next."""

from datetime import datetime

from babel.dates import format_datetime, format_time, format_timedelta
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk import cells, values
from regulars.resources.context import Context
from regulars.transfers.choices import ImportState, Phase
from regulars.transfers.queries import ImportView

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


def headline(view: ImportView, language: str) -> str:
    """Where the import stands."""
    done = cells.format_whole(view.done, language)
    match view.state:
        case ImportState.READING:
            return _("Reading the file")
        case ImportState.CHECKING:
            return _("Checking the file")
        case ImportState.CHECKED:
            return ngettext(
                "Checked %(count)s row; nothing is written yet",
                "Checked %(count)s rows; nothing is written yet",
                view.done,
            ) % {"count": done}
        case ImportState.RUNNING:
            return _("Importing")
        case ImportState.DONE:
            return _("Imported")
        case ImportState.CANCELLED:
            return ngettext("Stopped after %(count)s row", "Stopped after %(count)s rows", view.done) % {
                "count": done
            }
        case ImportState.FAILED:
            return _("The import did not finish")
    return _("Thrown away")


def explanation(view: ImportView, context: Context) -> str:
    """What that means, and what happens next."""
    counts = view.counts
    match view.state:
        case ImportState.READING:
            return _("A large spreadsheet is read first. You can leave this page; it goes on.")
        case ImportState.CHECKING:
            return _(
                "Each row is read and compared with what is stored. You can leave this page; it goes on."
            )
        case ImportState.CHECKED if not counts["new"] + counts["changed"]:
            return _("There is nothing to write: no row would add or change anything.")
        case ImportState.CHECKED:
            return _("This is what the file would do. Mend and decide here whatever you want to go along.")
        case ImportState.RUNNING:
            return _(
                "Rows are written in batches. You can leave this page; it goes on, also after a restart."
            )
        case ImportState.DONE:
            return _("By %(name)s, %(when)s.") % {
                "name": view.actor_name,
                "when": exact(view.finished_at or view.created_at, context),
            }
        case ImportState.FAILED:
            return view.message
        case ImportState.CANCELLED if view.phase == Phase.RUN:
            return _("What was written before it was stopped stays. It can go on where it was.")
        case ImportState.CANCELLED:
            return _("Nothing was written. The check can go on where it was.")
    return _("The file is gone; what it had written before stays.")


def pace(view: ImportView, context: Context) -> dict[str, str]:
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


def confirm_label(count: int, language: str) -> str:
    """What the button says that starts the run."""
    return ngettext("Import %(count)s row", "Import %(count)s rows", count) % {
        "count": cells.format_whole(count, language)
    }


def left_behind(view: ImportView, language: str) -> str:
    """What a run would not take along, for the bar with its button."""
    wrong, open_ones = view.counts["failed"], view.counts["clash"]
    parts = []
    if wrong:
        text = ngettext("%(count)s wrong row", "%(count)s wrong rows", wrong)
        parts.append(text % {"count": cells.format_whole(wrong, language)})
    if open_ones:
        text = ngettext("%(count)s undecided row", "%(count)s undecided rows", open_ones)
        parts.append(text % {"count": cells.format_whole(open_ones, language)})
    return _("Left out: %(what)s. You get them as a file.") % {"what": ", ".join(parts)} if parts else ""


def moment(at: datetime, context: Context) -> dict[str, str]:
    """A moment: for machines, in full, and how long ago; of today the time."""
    style = values.style_of(context)
    local = at.astimezone(style.zone)
    when = cells.format_ago(local, style)
    if local.date() == context.today:
        when = f"{when}, {format_time(local, 'short', locale=style.language)}"
    return {"iso": local.isoformat(), "exact": exact(at, context), "when": when}


def exact(at: datetime, context: Context) -> str:
    """A moment in the time of the store."""
    style = values.style_of(context)
    return format_datetime(at.astimezone(style.zone), "medium", locale=style.language)
