"""From a copy into another store to the import that it became there."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.desk.access import staff
from regulars.desk.requests import StaffRequest
from regulars.kit.errors import NotFound
from regulars.transfers import services


@require_GET
@staff("customers.export")
def copied(request: StaffRequest, change_set: UUID) -> HttpResponse:
    """Lead to the page of the import in the other store; whether one may look at it is asked there."""
    found = services.copied_to(store=request.store, export_id=change_set)
    if found is None:
        raise NotFound(_("Nothing was copied by this act."))
    slug, import_id = found
    return redirect("import", store=slug, import_id=import_id)
