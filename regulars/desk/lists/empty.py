"""What a list without rows says: what hides them and how many, or how a store gets its first ones."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from regulars.desk import values
from regulars.desk.lists import chips
from regulars.desk.lists.counts import count_text
from regulars.kit.errors import Refused
from regulars.kit.words import inside
from regulars.resources.context import Context
from regulars.resources.language import And, Condition, Node
from regulars.resources.page import count_matching, matching
from regulars.resources.query import Query
from regulars.resources.resource import Resource

ICONS = {
    "customers": "users",
    "orders": "shopping-cart",
    "products": "package",
    "invoices": "receipt",
    "tradeins": "package-import",
    "blocks": "ban",
    "points": "coins",
}


def nothing_here(
    query: Query, context: Context, base: str, problem: Refused | None, *, held: Node | None = None
) -> dict[str, Any]:
    """`held` is the condition that keeps the list to one record, which nobody is offered to drop."""
    if problem is not None:
        return {
            "kind": "error",
            "title": _("This query cannot be understood"),
            "text": problem.sentence,
            "actions": [{"label": _("Drop the conditions"), "url": query.with_where(And(())).url(base)}],
        }
    if held is not None:
        return _nothing_of_it(query, context, base, held)
    if query.where or query.text:
        return _nothing_found(query, context, base)
    if query.resource.rows(context.store).exists():
        return {
            "kind": "filtered",
            "title": _("Nobody is in this tab"),
            "text": "",
            "actions": [{"label": _("Show all"), "url": query.with_tab("all").url(base)}],
        }
    return first_steps(query.resource, context, base)


def _nothing_of_it(query: Query, context: Context, base: str, held: Node) -> dict[str, Any]:
    whole = replace(query.with_where(held), text="").with_tab("all")
    things = inside(query.resource.label)
    if matching(whole, context).exists():
        actions = [{"label": _("Show all"), "url": whole.url(base)}]
        return {
            "kind": "filtered",
            "title": _("No %(things)s match") % {"things": things},
            "text": "",
            "actions": actions,
        }
    return {
        "kind": "none",
        "icon": ICONS.get(query.resource.name, "database"),
        "title": _("No %(things)s yet") % {"things": things},
        "text": "",
        "actions": [],
    }


def _nothing_found(query: Query, context: Context, base: str) -> dict[str, Any]:
    """Say which condition hides how many, and offer to drop it."""
    actions = []
    text = _("Nothing matches “%(text)s” here.") % {"text": query.text} if query.text else ""
    best: tuple[int, str, str, Query] | None = None
    parts = chips.parts_of(query.node) if query.where else []
    for index, part in enumerate(parts):
        wider = chips.without(query, index)
        count = count_matching(wider, context)
        if count.value and (best is None or count.value > best[0]):
            field = query.resource.field(part.field, context.actor) if isinstance(part, Condition) else None
            label = str(field.label) if field else ""
            best = (count.value, count_text(count, values.style_of(context).language), label, wider)
    if best:
        if best[2]:
            text = _("The condition on %(field)s hides %(count)s that match everything else.")
        else:
            text = _("One of the conditions hides %(count)s that match everything else.")
        text %= {"field": best[2].lower(), "count": best[1]}
        actions.append({"label": _("Drop that condition"), "url": best[3].url(base)})
    if query.tab != "all":
        actions.append({"label": _("Look in all tabs"), "url": query.with_tab("all").url(base)})
    actions.append({"label": _("Clear everything"), "url": base})
    title = _("No %(things)s match") % {"things": inside(query.resource.label)}
    return {"kind": "filtered", "title": title, "text": text, "actions": actions}


def first_steps(resource: Resource, context: Context, base: str) -> dict[str, Any]:
    """What a store without any records offers to begin with."""
    may = context.actor.may
    presets = resource.importer.presets if resource.importer else ()
    systems = list(dict.fromkeys(str(one.label).split()[0] for one in presets if one.name != "regulars"))[:6]
    ways = []
    if may(resource.permission("import")):
        ways.append(
            {
                "icon": "file-import",
                "label": _("Import a file"),
                "url": f"{base}imports/new/",
                "text": _("CSV of %(systems)s, or your own") % {"systems": ", ".join(systems)}
                if systems
                else _("CSV, with a sample to fill in"),
            }
        )
    if may(resource.permission("create")):
        ways.append(
            {
                "icon": "user-plus" if resource.name == "customers" else "plus",
                "label": _("Add one by hand"),
                "url": f"{base}new/",
                "text": str(resource.enough),
            }
        )
    title = _("No %(things)s yet") % {"things": inside(resource.label)}
    text = (
        ""
        if resource.importer is None
        else _("Bring in the ones you have; nothing is written before you have seen what will happen.")
    )
    if not ways:
        text = _("Somebody with the right to add them has to begin.")
    icon = ICONS.get(resource.name, "database")
    return {"kind": "none", "icon": icon, "title": title, "text": text, "actions": ways}
