"""Answers of the API."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpResponse


def respond(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A JSON answer."""
    response = HttpResponse(orjson.dumps(body, default=str), status=status, content_type="application/json")
    for name, value in (headers or {}).items():
        response[name] = value
    return response
