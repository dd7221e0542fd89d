"""The history of imports as plain data: who brought what, when, how it was mapped, and what became of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.desk import cells, values
from regulars.desk.transfers.bars import outcome_bar
from regulars.desk.transfers.pages import FATES
from regulars.desk.transfers.words import TONES, moment
from regulars.kit.ids import parse_id
from regulars.kit.moments import parse_moment
from regulars.resources.context import Context
from regulars.timeline.queries import undone_among
from regulars.transfers import queries
from regulars.transfers.choices import ImportState
from regulars.transfers.queries import ImportView

A_PAGE = 30
# What one looks for: several states are one to whoever looks.
FILTERS = {
    "waiting": (gettext_lazy("Wait for somebody"), (ImportState.MAPPING, ImportState.CHECKED)),
    "working": (
        gettext_lazy("At work"),
        (ImportState.READING, ImportState.CHECKING, ImportState.RUNNING),
    ),
    "done": (gettext_lazy("Done"), (ImportState.DONE,)),
    "broken": (gettext_lazy("Did not finish"), (ImportState.FAILED, ImportState.CANCELLED)),
    "discarded": (gettext_lazy("Thrown away"), (ImportState.DISCARDED,)),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the history was asked for."""

    show: str
    who: UUID | None
    before: datetime | None
    before_id: UUID | None


def read_asked(params: Mapping[str, str]) -> Asked:
    """The filter of an address; what is not understood is left out."""
    show = params.get("show", "")
    return Asked(
        show=show if show in FILTERS else "",
        who=parse_id(params.get("who", "")),
        before=parse_moment(params.get("before", "")),
        before_id=parse_id(params.get("id", "")),
    )


def history_page(asked: Asked, context: Context, *, new_url: str) -> dict[str, Any]:
    """One page of the imports, newest first."""
    found = queries.list_imports(
        store=context.store,
        limit=A_PAGE + 1,
        before=asked.before,
        before_id=asked.before_id,
        states=FILTERS[asked.show][1] if asked.show else (),
        actor_id=asked.who,
    )
    shown = found[:A_PAGE]
    base = reverse("imports", kwargs={"store": context.store.slug})
    kept = {name: value for name, value in (("show", asked.show), ("who", str(asked.who or ""))) if value}
    more = ""
    if found[A_PAGE:]:
        last = shown[-1]
        more = f"{base}?{urlencode(kept | {'before': last.created_at.isoformat(), 'id': str(last.id)})}"
    return {
        "title": _("Imports"),
        "url": base,
        "new_url": new_url,
        "new_label": _("Import a file"),
        "more_url": more,
        "latest_url": f"{base}?{urlencode(kept)}" if asked.before else "",
        "filtered": bool(kept),
        "states": [
            {"value": name, "label": label, "on": name == asked.show}
            for name, (label, _states) in FILTERS.items()
        ],
        "people": [
            {"value": str(person_id), "label": name, "on": person_id == asked.who}
            for person_id, name in queries.importers_of(store=context.store)
        ],
        "fates": [{"name": name, "label": label} for name, label in FATES.items()],
        "rows": _rows(shown, context),
        "empty_title": _("No imports match") if kept else _("Nothing was imported yet"),
        "empty_text": _("Reset the filter to see everything.")
        if kept
        else _("Bring a file: first you see what it would do, then you decide."),
    }


def _rows(imports: Sequence[ImportView], context: Context) -> list[dict[str, Any]]:
    language = values.style_of(context).language
    undone = undone_among(
        store=context.store, change_set_ids=[one.change_set_id for one in imports if one.change_set_id]
    )
    return [
        {
            "title": one.file_name,
            "url": reverse("import", kwargs={"store": context.store.slug, "import_id": one.id}),
            "state": one.state.label,
            "tone": TONES[one.state],
            "undone": one.change_set_id in undone,
            "mapping": one.profile_name or one.preset_label,
            "bar": outcome_bar(one.counts),
            "counts": [
                {"name": name, "label": label, "text": cells.format_whole(one.counts[name], language)}
                for name, label in FATES.items()
                if one.counts[name]
            ],
            "by": one.actor_name,
            **moment(one.created_at, context),
        }
        for one in imports
    ]
