"""Clients of the API: another system with a token of each role, and one of another store."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from regulars.kit.actor import system
from regulars.staff import services as staff_services
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.factories import NOW


class ApiClient:
    """Sends JSON with a bearer token."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.http = Client(raise_request_exception=False)

    def get(self, path: str, /, **params: Any) -> HttpResponse:
        return self.http.get(f"/api/v1{path}", params, headers=self.headers())

    def send(self, method: str, path: str, body: Any = None, /, **headers: str) -> HttpResponse:
        sent = self.headers() | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.generic(
            method,
            f"/api/v1{path}",
            self.http._encode_json({} if body is None else body, "application/json"),
            content_type="application/json",
            headers=sent,
        )

    def post(self, path: str, body: Any = None, /, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, /, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, **headers)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def token_of(store: Store, role: Role) -> str:
    """The secret of a fresh token."""
    _token, secret = staff_services.create_token(
        store=store, name=f"{role} system", role=role, actor=system("Tests"), now=NOW
    )
    return secret


@pytest.fixture
def client_of(store: Store) -> Callable[[Role], ApiClient]:
    return lambda role: ApiClient(token_of(store, role))


@pytest.fixture
def api(store: Store) -> ApiClient:
    """A system with a manager's token."""
    return ApiClient(token_of(store, Role.MANAGER))


@pytest.fixture
def clerk_api(store: Store) -> ApiClient:
    return ApiClient(token_of(store, Role.CLERK))


@pytest.fixture
def viewer_api(store: Store) -> ApiClient:
    return ApiClient(token_of(store, Role.VIEWER))


@pytest.fixture
def other_api(other_store: Store) -> ApiClient:
    """A manager's token of another store: a stranger here."""
    return ApiClient(token_of(other_store, Role.MANAGER))
