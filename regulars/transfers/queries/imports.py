"""Reading imports: where each stands, how its file is written, and what may be done with it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.jobs.choices import RunState
from regulars.jobs.models import Run
from regulars.kit.errors import NotFound
from regulars.resources.importer import Verdict
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.queries import undone_among
from regulars.transfers.choices import ImportState, Phase
from regulars.transfers.models import Import
from regulars.transfers.plan import Plan

PLANNABLE = (ImportState.MAPPING, ImportState.CHECKED, ImportState.CANCELLED, ImportState.FAILED)
DELIMITER_NAMES = {
    ",": gettext_lazy("commas"), ";": gettext_lazy("semicolons"), "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("vertical bars"), "^": gettext_lazy("circumflexes"), " ": gettext_lazy("spaces"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column of the file: the field it becomes, or ("" ) the reason why it is left out."""

    index: int
    header: str
    field: str
    field_label: str
    reason: str
    samples: tuple[str, ...]
    secret: bool = False


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import as people see it. `done` of `total` rows; the total is an estimate until the check has ended."""

    id: UUID
    resource: str
    file_name: str
    size: int
    preset_label: str
    layout_text: str
    columns: tuple[MappedColumn, ...]
    state: ImportState
    phase: Phase
    run_id: UUID | None
    format: str
    header_row: int
    sheets: tuple[str, ...]
    sheet: str
    notes: tuple[str, ...]
    plan: Plan
    profile_name: str
    effects: tuple[str, ...]
    counts: dict[str, int]
    done: int
    total: int
    message: str
    has_file: bool
    actor_name: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    change_set_id: UUID | None

    @property
    def is_live(self) -> bool:
        """True while it is being checked or written."""
        return self.state in (ImportState.READING, ImportState.CHECKING, ImportState.RUNNING)

    @property
    def not_taken(self) -> int:
        """How many rows are wrong or wait for somebody to decide."""
        return self.counts[Verdict.FAILED] + self.counts[Verdict.CLASH]

    @property
    def can_confirm(self) -> bool:
        return self.state == ImportState.CHECKED

    @property
    def can_retry(self) -> bool:
        return self.state in (ImportState.FAILED, ImportState.CANCELLED) and self.has_file

    @property
    def can_plan(self) -> bool:
        """True while a person may still say what the columns become."""
        return self.state in PLANNABLE and self.phase in (Phase.MAP, Phase.CHECK) and self.has_file

    @property
    def can_discard(self) -> bool:
        return not self.is_live and self.state != ImportState.DISCARDED

    @property
    def percent(self) -> int:
        """How far the current phase is, from 0 to 100."""
        if self.state in (ImportState.CHECKED, ImportState.DONE):
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def left_out(self) -> list[MappedColumn]:
        """The columns that are not imported, each with its reason."""
        return [column for column in self.columns if not column.field]


def get_import(*, store: Store, import_id: UUID) -> ImportView:
    """The import with this id. Raises `NotFound`."""
    imported = Import.objects.filter(store=store, pk=import_id).first()
    if imported is None:
        raise NotFound(_("This import does not exist."))
    return _views(store, [imported])[0]


def list_imports(
    *,
    store: Store,
    limit: int = 50,
    before: datetime | None = None,
    before_id: UUID | None = None,
    states: Sequence[ImportState] = (),
    actor_id: UUID | None = None,
    resources: Collection[str] | None = None,
) -> list[ImportView]:
    """The imports of a store, newest first: those before a moment (and, of one moment, before an id), in some states
    only, of one person only, of some kinds of record only."""
    rows = Import.objects.filter(store=store)
    if resources is not None:
        rows = rows.filter(resource__in=resources)
    if before is not None:
        earlier = Q(created_at__lt=before)
        rows = rows.filter(earlier | Q(created_at=before, pk__lt=before_id) if before_id else earlier)
    if states:
        rows = rows.filter(reduce(or_, (_in_state(store, one) for one in states)))
    if actor_id is not None:
        rows = rows.filter(actor_id=actor_id)
    return _views(store, list(rows.order_by("-created_at", "-id")[:limit]))


def brought_before(imported: Import) -> Import | None:
    """The latest import that wrote the very same file, unless that was taken back."""
    store = imported.store
    rows = Import.objects.filter(store=store, resource=imported.resource, sha256=imported.sha256)
    rows = rows.filter(_in_state(store, ImportState.DONE)).exclude(pk=imported.pk)
    found = {view.change_set_id: view.id for view in _views(store, list(rows)) if view.change_set_id}
    undone = undone_among(store=store, change_set_ids=set(found))
    left = [pk for change_set, pk in found.items() if change_set not in undone]
    return rows.filter(pk__in=left).order_by("-created_at", "-pk").first()


def _in_state(store: Store, state: ImportState) -> Q:
    """The imports that `_state` says this of."""
    if state == ImportState.DISCARDED:
        return Q(discarded_at__isnull=False)
    kept = Q(discarded_at__isnull=True)
    if state == ImportState.MAPPING:
        return kept & Q(phase=Phase.MAP)
    runs = Run.objects.filter(store=store)
    ended = {ImportState.FAILED: RunState.FAILED, ImportState.CANCELLED: RunState.CANCELLED}.get(state)
    if ended:
        return kept & ~Q(phase=Phase.MAP) & Q(run_id__in=runs.filter(state=ended).values("pk"))
    phase = next(one for one, found in _STATES.items() if state in found)
    wanted = (
        [RunState.DONE]
        if state in (ImportState.CHECKED, ImportState.DONE)
        else [RunState.WAITING, RunState.RUNNING]
    )
    return kept & Q(phase=phase, run_id__in=runs.filter(state__in=wanted).values("pk"))


def importers_of(*, store: Store) -> list[tuple[UUID, str]]:
    """Who has brought files so far, by name, under the name they had last."""
    found = Import.objects.filter(store=store).order_by("actor_id", "-created_at").distinct("actor_id")
    people = [(who, name) for who, name in found.values_list("actor_id", "actor_name") if who is not None]
    return sorted(people, key=lambda one: one[1].casefold())


def _views(store: Store, imports: Sequence[Import]) -> list[ImportView]:
    runs = Run.objects.filter(store=store).in_bulk([one.run_id for one in imports if one.run_id])
    return [_view(one, runs[one.run_id] if one.run_id else Run(store=store)) for one in imports]


def _view(imported: Import, run: Run) -> ImportView:
    """`run` is an empty one while no phase has run yet."""
    resource = get_resource(imported.resource)
    labels = {one.name: str(one.label) for one in resource.all_fields()}
    presets = {one.name: str(one.label) for one in resource.importer.presets} if resource.importer else {}
    change_set = run.cursor.get("change_set")
    return ImportView(
        id=imported.pk,
        resource=imported.resource,
        file_name=imported.file_name,
        size=imported.size,
        preset_label=presets.get(imported.preset, ""),
        layout_text=_layout_text(imported.layout),
        columns=tuple(
            MappedColumn(
                index=one["index"],
                header=one["header"],
                field=one["field"],
                field_label=labels.get(one["field"], ""),
                reason=one["reason"],
                samples=tuple(one["samples"]),
                secret=one["secret"],
            )
            for one in imported.columns
        ),
        state=_state(imported, run),
        phase=Phase(imported.phase),
        run_id=imported.run_id,
        format=imported.format,
        header_row=imported.layout.get("skip", 0) + 1,
        sheets=tuple(imported.sheets),
        sheet=imported.sheet,
        notes=tuple(imported.notes),
        plan=Plan.from_json(imported.plan),
        profile_name=imported.profile_name,
        effects=tuple(imported.effects),
        counts={str(name): run.counts.get(name, 0) for name in Verdict} | {"total": run.done},
        done=run.done,
        total=run.total,
        message=run.message,
        has_file=bool(imported.stored_as or imported.original_as),
        actor_name=imported.actor_name,
        created_at=imported.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        change_set_id=UUID(change_set) if change_set else None,
    )


def _state(imported: Import, run: Run) -> ImportState:
    if imported.discarded_at is not None:
        return ImportState.DISCARDED
    if imported.phase == Phase.MAP:
        return ImportState.MAPPING
    done, live = _STATES[Phase(imported.phase)]
    match run.state:
        case RunState.DONE:
            return done
        case RunState.FAILED:
            return ImportState.FAILED
        case RunState.CANCELLED:
            return ImportState.CANCELLED
    return live


_STATES = {
    Phase.READ: (ImportState.READING, ImportState.READING),
    Phase.CHECK: (ImportState.CHECKED, ImportState.CHECKING),
    Phase.RUN: (ImportState.DONE, ImportState.RUNNING),
}


def _layout_text(layout: dict[str, Any]) -> str:
    """How the file is written, in words: "UTF-8, semicolons"."""
    name = layout.get("encoding", "").removesuffix("-sig").upper()
    return f"{name}, {DELIMITER_NAMES.get(layout.get('delimiter', ''), layout.get('delimiter', ''))}"
