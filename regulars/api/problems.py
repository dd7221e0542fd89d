"""Refusals as problem documents (RFC 9457): the only form in which the API says no."""

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.slowness import too_slow
from regulars.kit.space import no_space
from regulars.resources.conflicts import EditConflict
from regulars.resources.language import QueryError

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
View = Callable[..., HttpResponseBase]


class BadBody(Refused):
    """The body of the request cannot be read at all."""

    code = "bad_request"
    status = 400


class TooLarge(Refused):
    """The body of the request is larger than this install takes."""

    code = "too_large"
    status = 413


class UnsupportedMedia(Refused):
    """The body is of a type this address does not take."""

    code = "unsupported_media_type"
    status = 415


def problem(
    status: int, code: str, detail: str, *, errors: Mapping[str, str] | None = None, **more: Any
) -> HttpResponse:
    """A problem document; `errors` maps the name of a field to what is wrong with it."""
    body: dict[str, Any] = {
        "type": f"urn:regulars:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = [{"field": field, "message": message} for field, message in errors.items()]
    response = HttpResponse(orjson.dumps(body | more, default=str), status=status, content_type=CONTENT_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="Regulars"'
    return response


def answer(error: Exception) -> HttpResponse:
    """The problem document for anything that went wrong."""
    match error:
        case InvalidRecord():
            return problem(error.status, error.code, error.sentence, errors=error.errors)
        case EditConflict():
            conflicts = [
                {"field": one.field, "theirs": one.theirs, "by": one.by, "at": one.at}
                for one in error.conflicts
            ]
            return problem(
                error.status, error.code, error.sentence, conflicts=conflicts, version=error.version
            )
        case QueryError():
            where = {"position": error.position, "length": error.length}
            return problem(
                error.status, error.code, error.sentence, errors={"where": error.sentence}, **where
            )
        case Refused():
            errors = {error.field: error.sentence} if error.field else None
            return problem(error.status, error.code, error.sentence, errors=errors)
        case AuthenticationError():
            return problem(
                401, "unauthorized", "Send an API token of a store: “Authorization: Bearer reg_…”."
            )
        case Http404():
            return problem(404, "not_found", "There is nothing at this address.")
        case HttpError():
            return problem(error.status_code, "refused", error.message)
        case ValidationError():
            found = {str(one["loc"][-1]): str(one["msg"]) for one in error.errors}
            return problem(422, "invalid", "The request cannot be understood.", errors=found)
        case RequestDataTooBig() | TooManyFieldsSent():
            return problem(413, "too_large", "The body of the request is too large.")
        case SuspiciousOperation() | BadRequest() | MultiPartParserError() | UnreadablePostError():
            return problem(400, "bad_request", "The request cannot be read.")
    if (refusal := too_slow(error) or no_space(error)) is not None:
        return answer(refusal)
    log.error("A request to the API failed.", exc_info=error)
    return problem(500, "internal", "Something went wrong on our side. The log of the install says more.")


def install(api: NinjaAPI) -> None:
    """Answer every refusal of the API with a problem document."""

    def handle(request: HttpRequest, error: Any) -> HttpResponse:
        return answer(error)

    for kind in (Exception, Refused, AuthenticationError, HttpError, Http404, ValidationError):
        api.add_exception_handler(kind, handle)


def guarded(view: View) -> View:
    """The view with its plain-text refusals (a method that is not there) as problem documents too."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:
            return answer(error)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = ", ".join(sorted(response["Allow"].replace(" ", "").split(",")))
            refusal = problem(405, "method_not_allowed", f"This address answers to {allowed} only.")
            refusal["Allow"] = allowed
            return refusal
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return wrapped


def nothing_here(request: HttpRequest, path: str = "") -> HttpResponse:
    """Any other address below /api/."""
    return problem(
        404, "not_found", "There is nothing at this address. /api/v1/openapi.json lists what there is."
    )


nothing_here.csrf_exempt = True  # type: ignore[attr-defined]
