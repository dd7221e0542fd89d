"""Open pages stay true: every few seconds they ask what others changed, and draw anew only what did."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.desk.access import staff
from regulars.desk.lists.views import open_resource
from regulars.desk.requests import StaffRequest
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.resource import Resource
from regulars.timeline.pulse import Beat, beat, happened, read_since
from regulars.timeline.queries import Happening

CURSOR = "Pulse-Cursor"
# What goes along with another field is not told by itself.
SILENT = frozenset({"phone_typed"})


@require_GET
@staff("")
def show(request: StaffRequest) -> HttpResponse:
    """204 when nothing happened; else which records changed, and of one record what others changed."""
    resource, context = open_resource(request, request.GET.get("resource", ""))
    record_id = parse_id(request.GET.get("record", ""))
    found = beat(
        store=request.store,
        since=read_since(request.GET.get("since", "")),
        now=context.now,
        record_id=record_id,
    )
    if not found.fresh:
        return HttpResponse(status=204, headers={CURSOR: str(found.since)})
    told: dict[str, Any] = {"records": _records(found, resource)}
    if record_id:
        told["lines"] = [
            _line(one, resource, context)
            for one in happened(store=request.store, beat=found)
            if one.actor_id != request.actor.id
        ]
    return JsonResponse(told, headers={CURSOR: str(found.since)})


def _records(found: Beat, resource: Resource) -> list[str]:
    """The records of the list among what is new; what happened elsewhere may show in it too (an order's total)."""
    return list(
        dict.fromkeys(str(record_id) for _event, kind, record_id in found.fresh if kind == resource.name)
    )


def _line(one: Happening, resource: Resource, context: Context) -> dict[str, Any]:
    """ "Anna changed Phone", with the fields to mark. Of fields the reader may not see nothing is said."""
    fields = {field.path: field for field in resource.fields(context.actor)}
    fields |= {field.name: field for field in resource.fields(context.actor)}
    names = [name for name in {**one.before, **one.after} if name not in SILENT]
    known = {fields[name].name: str(fields[name].label) for name in names if name in fields}
    if known and one.before:
        text = _("%(who)s changed %(what)s") % {"who": one.actor_name, "what": ", ".join(known.values())}
    else:
        text = f"{one.actor_name}: {one.sentence}"
    return {"text": text, "who": one.actor_name, "at": one.at.isoformat(), "fields": list(known)}
