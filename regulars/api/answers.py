"""Answers of the API."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse


def respond(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A JSON answer."""
    response = HttpResponse(orjson.dumps(body, default=str), status=status, content_type="application/json")
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def respond_page[Found](
    found: Sequence[Found],
    limit: int,
    *,
    request: HttpRequest,
    params: Mapping[str, str],
    item: Callable[[Found], Any],
    cursor: Callable[[Found], dict[str, str]],
) -> HttpResponse:
    """A page of at most `limit`, with the address of the next one when one more was found; `cursor` names the last of
    a page in that address."""
    shown, following = found[:limit], None
    if len(found) > limit:
        following = f"{request.path}?{urlencode({**params, **cursor(shown[-1])})}"
    return respond({"items": [item(one) for one in shown], "next": following})
