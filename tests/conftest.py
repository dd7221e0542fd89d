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
from django.middleware import csrf
from django.test import TransactionTestCase

from regulars.config import environment
from regulars.resources import page
from tests import database
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
    # Each new Client would look through all files of the pages.
    settings.WHITENOISE_AUTOREFRESH = True
    TransactionTestCase._fixture_teardown = lambda case: database.empty()


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """The server the tests run on; the same for every test process."""
    with contextlib.ExitStack() as stack:
        yield os.environ.get("DATABASE_URL") or stack.enter_context(database.borrow_hasty(TEST_DATA))


@pytest.fixture(scope="session")
def django_db_setup(
    database_url: str, worker_id: str, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Each test process has a database of its own, without a pool: its open connections would keep it alive."""
    wanted = environment.database(database_url, pool_size=1, statement_seconds=0)
    wanted["OPTIONS"].pop("pool")
    settings.DATABASES["default"].update(wanted)
    name = f"{settings.DATABASES['default']['TEST']['NAME']}_{worker_id}"
    with contextlib.ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(database.fresh_copy(database_url, name))
        yield
        with django_db_blocker.unblock():
            stack.close()


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
