"""Every address under which files come in and go out, tried by everybody, with each method and without the CSRF token.

An address that is added and not listed here fails the first test.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone

from regulars.desk.lists.urls import urlpatterns as lists
from regulars.desk.transfers.export_urls import urlpatterns as ways_out
from regulars.desk.transfers.urls import urlpatterns as ways_in
from regulars.jobs.models import Run
from regulars.resources.context import Context
from regulars.resources.query import Query
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.timeline.models import Event
from regulars.transfers import services
from regulars.transfers.models import Export, ExportFetch, Import, ImportRow, Profile, SavedExport
from tests.factories import make_customer
from tests.people import Someone

STEPS_IN = ("run", "stop", "retry", "discard")
STEPS_OUT = ("again", "discard")
STEPS_SAVED = ("run", "pause", "resume", "delete")
# Each with the methods it has.
DOORS = {
    "imports": ("GET", ["imports/"]),
    "import": ("GET", ["imports/{brought}/"]),
    "import_failed": ("GET", ["imports/{brought}/failed.csv"]),
    "import_columns": ("GET POST", ["imports/{brought}/columns/"]),
    "import_rows": ("POST", ["imports/{brought}/rows/"]),
    "import_row": ("POST", ["imports/{brought}/rows/2/"]),
    "import_step": ("POST", [f"imports/{{brought}}/{step}/" for step in STEPS_IN]),
    "new_import": ("GET POST", ["customers/imports/new/"]),
    "import_sample": ("GET", ["customers/imports/sample.csv"]),
    "exports": ("GET", ["exports/"]),
    "made_export": ("GET", ["exports/{made}/"]),
    "export_file": ("GET", ["exports/{made}/file/"]),
    "copied_import": ("GET", ["exports/{made}/there/"]),
    "export_step": ("POST", [f"exports/{{made}}/{step}/" for step in STEPS_OUT]),
    "saved_exports": ("GET", ["exports/saved/"]),
    "saved_export": ("GET POST", ["exports/saved/{saved}/"]),
    "saved_export_step": ("POST", [f"exports/saved/{{saved}}/{step}/" for step in STEPS_SAVED]),
    "export": ("GET POST", ["customers/export/", "blocks/export/"]),
    "save_export": ("POST", ["customers/export/save/"]),
}
TABLES = (Import, ImportRow, Profile, Run, Export, ExportFetch, SavedExport, Event)


@pytest.fixture
def made(manager: Someone, files: Path) -> dict[str, str]:
    """One import that is checked by nobody yet, one export and one that is saved."""
    make_customer(manager.store, first_name="Ada", email="ada@shop.test")
    context = Context(store=manager.store, actor=manager.actor, now=timezone.now())
    resource = get_resource("customers")
    brought = services.start_import(
        store=manager.store,
        resource=resource,
        file=BytesIO(b"E-mail\ngrace@shop.test\n"),
        filename="secret-list.csv",
        actor=manager.actor,
        now=context.now,
        asks=True,
    )
    asked = services.Asked(query=Query(resource=resource, tab="all"))
    export = services.keep_export(asked=asked, context=context)
    saved = services.save_export(
        asked=asked, plan=services.Plan(name="Hush", schedule="daily"), context=context
    )
    return {"brought": str(brought.id), "made": str(export.pk), "saved": str(saved.pk)}


def everything() -> list[Any]:
    return [list(table._default_manager.order_by("pk").values()) for table in TABLES]


def addresses(made: dict[str, str], store: str = "shop") -> list[tuple[str, str]]:
    return [
        (methods, f"/desk/{store}/{place.format(**made)}")
        for methods, places in DOORS.values()
        for place in places
    ]


def test_none_is_forgotten() -> None:
    ours = [*ways_in, *ways_out, *(one for one in lists if "port" in str(one.name))]
    assert {one.name for one in ours if isinstance(one, URLPattern)} == set(DOORS)


@pytest.mark.parametrize(
    ("who", "status"), [("clerk", 403), ("viewer", 403), ("other_owner", 404), ("anonymous", 302)]
)
def test_is_closed(
    made: dict[str, str], other_store: Store, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    found: Someone | Client = request.getfixturevalue(who)
    client = found.client if isinstance(found, Someone) else found
    before = everything()
    for methods, url in addresses(made):
        for method in methods.split():
            for headers in ({}, {"HX-Request": "true"}):
                answer = client.generic(method, url, headers=headers)
                told = (answer.status_code, b"secret-list" in answer.content, b"Hush" in answer.content)
                wanted = 204 if headers and who == "anonymous" else status
                assert told == (wanted, False, False), (method, url, headers)
    assert everything() == before


def test_what_belongs_to_another_store_is_not_in_this_one(made: dict[str, str], other_owner: Someone) -> None:
    before = everything()
    for methods, url in addresses(made, store="other"):
        for method in methods.split() if any(one in url for one in made.values()) else ():
            assert other_owner.client.generic(method, url).status_code == 404, (method, url)
    assert everything() == before


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_has_its_methods_only(made: dict[str, str], owner: Someone, method: str) -> None:
    before = everything()
    for methods, url in addresses(made):
        if method not in methods.split():
            assert owner.client.generic(method, url).status_code == 405, (method, url)
    assert everything() == before


def test_writes_need_the_csrf_token(made: dict[str, str], manager: Someone) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager.user)
    before = everything()
    for methods, url in addresses(made):
        if "POST" in methods:
            assert client.post(url).status_code == 403, url
    assert everything() == before


def test_nobody_keeps_what_they_saw_and_nothing_else_is_run(made: dict[str, str], manager: Someone) -> None:
    for methods, url in addresses(made):
        if "GET" in methods:
            answer = manager.client.get(url)
            assert "no-store" in answer.headers["Cache-Control"], url
            assert answer.headers["X-Content-Type-Options"] == "nosniff", url
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"], url
