"""Reading the ledger of exports: who took what out, when, and who fetched it; and the exports that are saved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.jobs.choices import RunState
from regulars.jobs.models import Run
from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound
from regulars.resources.query import names_hidden_fields
from regulars.resources.resource import all_resources, get_resource
from regulars.stores.models import Store
from regulars.transfers.choices import ExportState
from regulars.transfers.models import Export, ExportFetch, SavedExport

__all__ = ["SavedExport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which lines of the ledger: by whom, in which format, between two moments, before an id."""

    actor_id: UUID | None = None
    format: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export as people see it: its line of the ledger, how far it is, and how often its file was fetched."""

    export: Export
    state: ExportState
    done: int
    total: int
    message: str
    cancel_asked: bool
    fetched: int

    @property
    def is_live(self) -> bool:
        """True while the worker is at it."""
        return self.state == ExportState.MAKING

    @property
    def percent(self) -> int | None:
        """How far it is, from 0 to 99; nothing when nobody knows."""
        return min(99, self.done * 100 // self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class Fetch:
    """Somebody fetched a file."""

    name: str
    at: datetime


def get_export(*, store: Store, export_id: UUID, now: datetime) -> ExportView:
    """The export with this id, whoever may see it. Raises `NotFound`."""
    export = Export.objects.select_related("store").filter(store=store, pk=export_id).first()
    if export is None:
        raise NotFound(_("This export does not exist."))
    return _views(store, [export], now)[0]


def filter_of(*, export: Export, actor: Actor) -> tuple[str, dict[str, str]]:
    """Which records an export is of, in words and as its query; neither when it asks for what the actor may not see."""
    if names_hidden_fields(query=export.query, resource=get_resource(export.resource), actor=actor):
        return _("by columns that your role may not see"), {}
    return export.filter_text, export.query


def list_exports(
    *, store: Store, actor: Actor, now: datetime, wanted: Filter | None = None, limit: int = 50
) -> list[ExportView]:
    """The ledger of a store, newest first, of the records that the actor may take out."""
    wanted = wanted or Filter()
    rows = _known(store, actor)
    if wanted.actor_id:
        rows = rows.filter(actor_id=wanted.actor_id)
    if wanted.format:
        rows = rows.filter(format=wanted.format)
    if wanted.since:
        rows = rows.filter(created_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(created_at__lt=wanted.until)
    if wanted.before:  # ids are in the order of time
        at = Export.objects.filter(store=store, pk=wanted.before).values_list("created_at", flat=True).first()
        if at is not None:
            rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=wanted.before))
    return _views(store, list(rows.order_by("-created_at", "-pk")[:limit]), now)


def people_of(*, store: Store, actor: Actor) -> list[tuple[UUID, str]]:
    """Who has taken something out, by name; each under the name of their latest export."""
    rows = _known(store, actor).exclude(actor_id=None).order_by("actor_id", "-created_at")
    latest = rows.distinct("actor_id").values_list("actor_id", "actor_name")
    return sorted(((one, name) for one, name in latest if one), key=lambda pair: pair[1].casefold())


def fetches_of(*, store: Store, export_id: UUID, limit: int = 50) -> list[Fetch]:
    """Who fetched the file, latest first."""
    rows = ExportFetch.objects.filter(store=store, export_id=export_id).order_by("-at", "-pk")
    return [Fetch(name, at) for name, at in rows.values_list("actor_name", "at")[:limit]]


def saved_exports(*, store: Store, actor: Actor) -> list[SavedExport]:
    """The saved exports of records that the actor may take out, one's own first, then by name."""
    rows = SavedExport.objects.filter(store=store, resource__in=_resources(actor))
    return sorted(rows, key=lambda one: (one.owner_id != actor.id, one.name.casefold(), one.pk))


def saved_conditions(*, store: Store) -> list[SavedExport]:
    """Every saved export with conditions of its own, whoever it belongs to."""
    return [one for one in SavedExport.objects.filter(store=store).order_by("pk") if one.query.get("where")]


def get_saved(*, store: Store, saved_id: UUID) -> SavedExport:
    """One of them, whoever may see it. Raises `NotFound`."""
    saved = SavedExport.objects.select_related("store").filter(store=store, pk=saved_id).first()
    if saved is None:
        raise NotFound(_("This saved export was deleted."))
    return saved


def _resources(actor: Actor) -> list[str]:
    return [one.name for one in all_resources() if actor.may(one.permission("export"))]


def _known(store: Store, actor: Actor) -> QuerySet[Export, Any]:
    return Export.objects.select_related("store").filter(store=store, resource__in=_resources(actor))


def _views(store: Store, exports: Sequence[Export], now: datetime) -> list[ExportView]:
    runs = Run.objects.filter(store=store).in_bulk(_ids(one.run_id for one in exports))
    kept = ExportFetch.objects.filter(store=store, export_id__in=[one.pk for one in exports])
    fetched = dict(kept.order_by().values_list("export_id").annotate(Count("pk")))
    return [
        _view(one, runs.get(one.run_id) if one.run_id else None, fetched.get(one.pk, 0), now)
        for one in exports
    ]


def _ids(found: Iterable[UUID | None]) -> list[UUID]:
    return [one for one in found if one]


def _view(export: Export, run: Run | None, fetched: int, now: datetime) -> ExportView:
    return ExportView(
        export=export,
        state=_state(export, run, now),
        done=run.done if run else export.row_count,
        total=run.total if run else export.row_count,
        message=run.message if run else "",
        cancel_asked=run.cancel_asked if run else False,
        fetched=fetched,
    )


def _state(export: Export, run: Run | None, now: datetime) -> ExportState:
    if export.finished_at is None:
        match run.state if run else None:
            case RunState.WAITING | RunState.RUNNING:
                return ExportState.MAKING
            case RunState.FAILED:
                return ExportState.FAILED
            case RunState.CANCELLED:
                return ExportState.CANCELLED
        return ExportState.BROKEN
    if export.expires_at is None:
        return ExportState.SENT
    return ExportState.READY if export.stored_as and export.expires_at > now else ExportState.GONE
