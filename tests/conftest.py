"""A real PostgreSQL for the tests, and the people who try everything.

Without DATABASE_URL the bundled database is started once in a folder of its own and shared by all test
processes, each with its own test database.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.middleware import csrf

from regulars.config import environment
from regulars.embedded import borrow
from regulars.resources import page
from tests.people import (  # noqa: F401  (fixtures)
    anonymous,
    clerk,
    manager,
    other_owner,
    other_store,
    owner,
    store,
    viewer,
)

ROOT = Path(__file__).resolve().parent.parent
TEST_DATA = Path(os.environ.get("REGULARS_TEST_DATA", ROOT / ".test-data"))


def pytest_configure() -> None:
    """Trade strength for speed where tests gain nothing from it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.DATA_DIR = TEST_DATA / "files"


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """The server the tests run on; the same for every test process."""
    with contextlib.ExitStack() as stack:
        yield os.environ.get("DATABASE_URL") or stack.enter_context(borrow(TEST_DATA))


@pytest.fixture(scope="session", autouse=True)
def _plain_machine() -> None:
    """What a busy machine would only estimate is counted, and no secret of a page spells a name by chance."""
    page.COUNT_MILLISECONDS = 20_000
    csrf.CSRF_ALLOWED_CHARS = "bcdfghjklmnpqrstvwxz"


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Path:
    """The folder in which what this test uploads and makes is kept."""
    folder = tmp_path / "files"
    kept = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = settings.STORAGES | {"default": kept}
    return folder


@pytest.fixture(autouse=True)
def _empty_queue(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Tests that commit leave their jobs to nobody: what is emptied after them are the tables of models alone."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    if commits or "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        # Not TRUNCATE: it would wait for pages that a browser still has open.
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_periodic_defers; DELETE FROM procrastinate_jobs")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_url: str, request: pytest.FixtureRequest) -> None:
    """Point Django at that server, without a pool: its open connections would keep test databases alive."""
    wanted = environment.database(database_url, pool_size=1, statement_seconds=0)
    wanted["OPTIONS"].pop("pool")
    settings.DATABASES["default"].update(wanted)
    request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")
