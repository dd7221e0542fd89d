"""What a page needs to learn of changes that others make while it is open."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from regulars.desk.requests import StaffRequest
from regulars.resources.resource import Resource
from regulars.timeline.pulse import beat


def pulse_of(request: StaffRequest, resource: Resource, record_id: UUID | None = None) -> dict[str, Any]:
    """What a page needs to go on asking. Call it before reading what the page shows, or a change may be missed."""
    asked = {"resource": resource.name} | ({"record": str(record_id)} if record_id else {})
    address = reverse("pulse", kwargs={"store": request.store.slug})
    start = beat(store=request.store, since=None, now=timezone.now(), record_id=record_id)
    return {
        "url": f"{address}?{urlencode(asked)}",
        "cursor": str(start.since),
        "every": settings.PULSE_MILLISECONDS,
    }
