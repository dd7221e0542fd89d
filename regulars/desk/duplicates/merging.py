"""The page on which a person chooses what stays when customers are merged, and the way back."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.desk.access import staff
from regulars.desk.duplicates import compare
from regulars.desk.lists.views import context_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell, wants_part
from regulars.duplicates import queries, services
from regulars.duplicates.facts import BY_NAME
from regulars.duplicates.resource import best_known
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.resource import get_resource


@require_http_methods(["GET", "POST"])
@staff("customers.merge")
def merge(request: StaffRequest) -> HttpResponse:
    """Choose who stays and whose values; see the result; merge."""
    context = context_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    ids, survivor_id, losers, choices = _asked(asked, context)
    if request.method == "POST":
        outcome = services.merge_customers(
            store=request.store,
            survivor_id=survivor_id,
            loser_ids=losers,
            choices=choices,
            actor=request.actor,
            now=context.now,
        )
        here = {"store": request.store.slug}
        undo_url = reverse("undo_change", kwargs={**here, "change_set": outcome.change_set})
        messages.success(request, _("Merged. Nothing is lost: it can be split again."), extra_tags=undo_url)
        return redirect("customer", store=request.store.slug, record_id=survivor_id)
    return _show(request, _page(ids, survivor_id, losers, choices, context))


@require_POST
@staff("customers.merge")
def preview(request: StaffRequest) -> HttpResponse:
    """The same page with what was chosen so far; nothing is merged."""
    context = context_of(request)
    ids, survivor_id, losers, choices = _asked(request.POST, context)
    return _show(request, _page(ids, survivor_id, losers, choices, context))


@require_POST
@staff("customers.merge")
def undo(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    """Split two customers again."""
    context = context_of(request)
    merged = queries.get_merge(store=request.store, merge_id=merge_id)
    left = services.unmerge(store=request.store, merge_id=merge_id, actor=request.actor, now=context.now)
    text = _("Split again: #%(number)s is a customer of its own.") % {"number": merged.number}
    if left:
        text += " " + _("Changed since and left as they are: %(facts)s.") % {"facts": ", ".join(left)}
    messages.success(request, text)
    return redirect("customer", store=request.store.slug, record_id=merged.loser_id)


def _show(request: StaffRequest, page: dict[str, Any]) -> HttpResponse:
    if wants_part(request):
        return render(request, "desk/duplicates/merge.html#choosing", {"merge": page})
    frame = {"merge": page, "shell": shell(request, current="duplicates", help_page="duplicates")}
    return render(request, "desk/duplicates/merge.html", frame)


def _asked(asked: QueryDict, context: Context) -> tuple[list[UUID], UUID, list[UUID], dict[str, UUID]]:
    """The customers, who of them stays, who goes, and whose values were chosen."""
    ids = list(dict.fromkeys(one for one in map(parse_id, asked.getlist("id")) if one))
    into = parse_id(asked.get("into", ""))
    survivor_id = into if into in ids else best_known(store=context.store, ids=ids)
    losers = [one for one in ids if one != survivor_id]
    return ids, survivor_id, losers, _choices(asked, ids)


def _choices(asked: QueryDict, ids: Sequence[UUID]) -> dict[str, UUID]:
    """Whose value a person chose for each fact; what is not one of these customers is as good as not chosen."""
    chosen = {name: parse_id(value) for name, value in compare.choices_of(asked).items()}
    return {name: one for name, one in chosen.items() if one is not None and one in ids}


def _page(
    ids: Sequence[UUID],
    survivor_id: UUID,
    losers: Sequence[UUID],
    choices: dict[str, UUID],
    context: Context,
) -> dict[str, Any]:
    rehearsed = services.rehearse_merge(
        store=context.store,
        survivor_id=survivor_id,
        loser_ids=losers,
        choices=choices,
        actor=context.actor,
        now=context.now,
    )
    rows = compare.rows_of(ids, context)
    survivor = next(row for row in rows if row["id"] == survivor_id)
    result = compare.result_row(survivor, rehearsed.result)
    people = [compare.person(row, context) | {"stays": row["id"] == survivor_id} for row in rows]
    url = reverse("merge_customers", kwargs={"store": context.store.slug})
    return {
        "title": _("Merge customers"),
        "url": url,
        "preview_url": reverse("preview_merge", kwargs={"store": context.store.slug}),
        "back_url": reverse("duplicates", kwargs={"store": context.store.slug}),
        "people": people,
        "width": len(people),
        "ids": [str(one) for one in ids],
        "facts": _with_choices(compare.facts_of(rows, context), people, choices, result, context),
        "figures": compare.figures_of(rows, context),
        "survivor": next(one for one in people if one["stays"]),
        "others": [one for one in people if not one["stays"]],
        "moved": rehearsed.moved,
        "clashes": rehearsed.clashes,
        "again_url": f"{url}?{urlencode([('id', str(one)) for one in ids])}",
    }


def _with_choices(
    lines: list[dict[str, Any]],
    people: list[dict[str, Any]],
    choices: dict[str, UUID],
    result: Row,
    context: Context,
) -> list[dict[str, Any]]:
    """Each fact with whose value is chosen, and what stays in the end."""
    fields = {field.name: field for field in get_resource("customers").fields(context.actor)}
    for line in lines:
        fact = BY_NAME[line["name"]]
        chosen = choices.get(fact.name)
        line["result"] = compare.html_of(fact, fields[fact.name], result, context)
        line["chosen"] = str(chosen or "")
        for cell, person in zip(line["cells"], people, strict=True):
            cell |= {"id": person["id"], "name": person["name"], "number": person["number"]}
            wins = person["id"] == line["chosen"] if chosen else cell["html"] == line["result"]
            cell["wins"] = wins and not cell["empty"]
    return lines
