"""The description of the API, and hundreds of generated requests that it promises to answer."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from regulars.api.urls import openapi
from regulars.config.wsgi import application
from regulars.staff.choices import Role
from regulars.stores.models import Store
from tests.api.conftest import token_of

pytestmark = pytest.mark.django_db


def test_everybody_may_read_it(db: None) -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    document = answer.json()
    assert document["openapi"] == "3.1.0"
    assert document["components"]["securitySchemes"]["Token"]["scheme"] == "bearer"


def test_its_schemas_are_schemas() -> None:
    document = openapi()
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["summary"] and operation["security"]


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Let the requests share the connection, and so the transaction, of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _part(path: str) -> str:
    """What a path of the API is about: `/api/v1/orders/{id}/` is about orders."""
    return path.removeprefix("/api/v1/").partition("/")[0]


@cache
def _operations() -> dict[str, list[Any]]:
    """The operations of each part."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    parts: dict[str, list[Any]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        parts.setdefault(_part(operation.full_path), []).append(operation)
    return parts


def test_every_operation_is_among_the_generated(db: None) -> None:
    parts = _operations()
    assert sum(map(len, parts.values())) == sum(len(path) for path in openapi()["paths"].values())
    assert set(parts) == set(PARTS)


PARTS = sorted({_part(path) for path in openapi()["paths"]})


@pytest.mark.slow
@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize("part", PARTS)
def test_generated_requests_are_answered_as_described(part: str, store: Store) -> None:
    secret = token_of(store, Role.OWNER)
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]
    for operation in _operations()[part]:

        @settings(
            max_examples=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(checks=checks, headers={"Authorization": f"Bearer {secret}"})

        ask()
