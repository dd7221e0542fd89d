"""Turns refusals of the business into answers people understand."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from regulars.desk.refusals import refuse
from regulars.kit.errors import Refused
from regulars.kit.slowness import too_slow
from regulars.kit.space import no_space


class RefusalMiddleware:
    """`Refused` raised in a page becomes an answer with the reason. The API and the shop page answer for
    themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path.startswith(("/api/", "/shop/")):
            return None
        if (said := too_slow(error) or no_space(error)) is not None:
            return refuse(request, said)
        return refuse(request, error) if isinstance(error, Refused) else None
