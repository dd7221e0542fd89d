"""Saying what the columns of a file become, before it is checked."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.desk.access import staff
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.desk.transfers.column_pages import Offer, column_part
from regulars.desk.transfers.drafts import Draft, draft_of, read_draft
from regulars.desk.transfers.imports import open_import
from regulars.desk.transfers.mapping_pages import mapping_page
from regulars.kit.errors import Invalid, NotAllowed, NotFound, Refused
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.transfers import queries, services
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from regulars.transfers.reading.errors import UnreadableFile
from regulars.transfers.services.locking import WrongState
from regulars.transfers.services.previewing import TriedColumn, try_plan
from regulars.transfers.steps import STEPS

PAGE = "desk/transfers/mapping.html"


@require_http_methods(["GET", "POST"])
@staff("")
def columns(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Each column with what it becomes. What is sent says in `do` what is wanted; all else that was typed is kept."""
    view, context = open_import(request, import_id)
    if not view.can_plan:
        if request.method == "POST":
            messages.error(request, _("This import has gone on meanwhile: its columns are settled."))
        return redirect("import", store=request.store.slug, import_id=import_id)
    if request.method == "GET":
        return _shown(request, view, draft_of(view), context)
    draft = read_draft(request.POST, view)
    verb, _colon, rest = request.POST.get("do", "check").partition(":")
    if verb in _REWORKED:
        index, draft = _REWORKED[verb](request, draft, rest)
        if verb != "show":  # a step is being written: it stays in sight
            draft = replace(draft, opened={index})
        return _one_column(request, view, draft, index, context)
    try:
        return _ACTS.get(verb, _check)(request, view, draft, context)
    except (NotAllowed, NotFound):
        raise
    except WrongState as refusal:
        messages.error(request, refusal.sentence)
        return redirect("import", store=request.store.slug, import_id=import_id)
    except Refused as refusal:
        view = queries.get_import(store=request.store, import_id=import_id)
        return _shown(request, view, draft, context, problem=refusal)


def _add(request: StaffRequest, draft: Draft, rest: str) -> tuple[int, Draft]:
    index, name = _number(rest), request.POST.get(f"add-{rest}", "")
    return index, draft.with_step(index, name) if name in STEPS else draft


def _remove(request: StaffRequest, draft: Draft, rest: str) -> tuple[int, Draft]:
    index, _colon, at = rest.partition(":")
    return _number(index), draft.without_step(_number(index), _number(at))


def _show(request: StaffRequest, draft: Draft, rest: str) -> tuple[int, Draft]:
    return _number(rest), draft


_REWORKED: Mapping[str, Callable[[StaffRequest, Draft, str], tuple[int, Draft]]] = {
    "add": _add,
    "remove": _remove,
    "show": _show,
    "try": _show,
}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else -1


def _one_column(
    request: StaffRequest, view: ImportView, draft: Draft, index: int, context: Context
) -> HttpResponse:
    """A column after one of its steps was added, changed or taken away; without scripts the whole page."""
    if index not in draft.fields:
        raise NotFound(_("The file has no such column."))
    if not wants_part(request):
        return _shown(request, view, draft, context)
    offer = Offer(get_resource(view.resource), context)
    column = view.columns[index]
    tried = _tried(view, draft, context).get(index)
    conflict = tried.reason if tried and draft.fields[index] and not tried.field else ""
    part = column_part(column, draft, tried, offer, view, context, conflict)
    return render(request, f"{PAGE}#column", {"column": part, "map": {"url": request.path}})


def _check(request: StaffRequest, view: ImportView, draft: Draft, context: Context) -> HttpResponse:
    """Keep the plan and have the rows checked, unless a column that was chosen cannot become what it should."""
    view = _plan(request, view, draft, context)
    conflicts = {
        column.index: column.reason
        for column in view.columns
        if draft.fields.get(column.index) and not column.field
    }
    if conflicts:
        problem = Invalid(
            _("Some columns cannot become what you chose. Look at those marked."), field="columns"
        )
        return _shown(request, view, draft, context, problem=problem, conflicts=conflicts)
    services.check_import(store=request.store, import_id=view.id, actor=request.actor, now=context.now)
    return redirect("import", store=request.store.slug, import_id=view.id)


def _keep(request: StaffRequest, view: ImportView, draft: Draft, context: Context) -> HttpResponse:
    view = _plan(request, view, draft, context)
    kept = services.keep_profile(
        store=request.store,
        import_id=view.id,
        name=request.POST.get("name", ""),
        actor=request.actor,
        now=context.now,
    )
    messages.success(request, _("Kept as “%(name)s”.") % {"name": kept.name})
    return _again(request, view)


def _use(request: StaffRequest, view: ImportView, draft: Draft, context: Context) -> HttpResponse:
    profile_id = parse_id(request.POST.get("profile", ""))
    if profile_id is None:
        raise Invalid(_("Choose a profile first."), field="profile")
    services.use_profile(
        store=request.store,
        import_id=view.id,
        profile_id=profile_id,
        actor=request.actor,
        now=context.now,
    )
    return _again(request, view)


def _forget(request: StaffRequest, view: ImportView, draft: Draft, context: Context) -> HttpResponse:
    profile_id = parse_id(request.POST.get("profile", ""))
    if profile_id is None:
        raise Invalid(_("Choose a profile first."), field="profile")
    services.delete_profile(store=request.store, profile_id=profile_id, actor=request.actor, now=context.now)
    messages.success(request, _("The profile is deleted. Imports that used it stay as they are."))
    return _again(request, view)


def _read_again(request: StaffRequest, view: ImportView, draft: Draft, context: Context) -> HttpResponse:
    """Read the file in another way. Its columns are other ones then, so what they become is proposed anew."""
    sheet = request.POST.get("sheet", view.sheet)
    if sheet != view.sheet:
        services.choose_sheet(
            store=request.store, import_id=view.id, sheet=sheet, actor=request.actor, now=context.now
        )
        return _again(request, view)
    plan = Plan.from_json(draft.data(view) | {"columns": {}, "steps": {}})
    services.plan_import(
        store=request.store, import_id=view.id, plan=plan, actor=request.actor, now=context.now
    )
    return _again(request, view)


def _default(request: StaffRequest, view: ImportView, draft: Draft, context: Context) -> HttpResponse:
    """One more line for a value that empty cells get; the form always ends with an empty one."""
    return _shown(request, view, draft, context)


_ACTS: Mapping[str, Callable[[StaffRequest, ImportView, Draft, Context], HttpResponse]] = {
    "check": _check,
    "keep": _keep,
    "use": _use,
    "forget": _forget,
    "read": _read_again,
    "default": _default,
}


def _plan(request: StaffRequest, view: ImportView, draft: Draft, context: Context) -> ImportView:
    services.plan_import(
        store=request.store,
        import_id=view.id,
        plan=Plan.from_json(draft.data(view)),
        actor=request.actor,
        now=context.now,
    )
    return queries.get_import(store=request.store, import_id=view.id)


def _again(request: StaffRequest, view: ImportView) -> HttpResponse:
    return redirect("import_columns", store=request.store.slug, import_id=view.id)


def _tried(view: ImportView, draft: Draft, context: Context) -> dict[int, TriedColumn]:
    """What the first cells become; nothing while what is typed cannot be read. Unfinished steps wait."""
    try:
        plan = Plan.from_json(draft.finished().data(view))
        return try_plan(
            store=context.store, import_id=view.id, plan=plan, actor=context.actor, now=context.now
        )
    except (Invalid, UnreadableFile):
        return {}


def _shown(
    request: StaffRequest,
    view: ImportView,
    draft: Draft,
    context: Context,
    *,
    problem: Refused | None = None,
    conflicts: Mapping[int, str] | None = None,
) -> HttpResponse:
    page = mapping_page(
        view, draft, _tried(view, draft, context), context, problem=problem, conflicts=conflicts
    )
    frame = {"map": page, "shell": shell(request, current="imports")}
    return render(request, PAGE, frame, status=problem.status if problem else 200)
