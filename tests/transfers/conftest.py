"""What the tests of transfers share: a folder for uploads, and short ways to import and export."""

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.kit.actor import Actor, system
from regulars.resources.context import Context
from regulars.resources.query import query_from_params
from regulars.resources.resource import get_resource
from regulars.stores.models import Store
from regulars.transfers import services
from regulars.transfers.queries import ImportView
from tests.factories import NOW
from tests.shared import taken_out

SHARED = Path(os.environ.get("REGULARS_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
ACTOR = system("Tests")
Importing = Callable[..., ImportView]
Exporting = Callable[..., str]


@pytest.fixture(autouse=True)
def _uploads(files: Path) -> None:
    """Uploads land in a folder of the test."""


@pytest.fixture
def bring(store: Store) -> Importing:
    """Import a text or bytes within this process."""

    def importing(
        content: str | bytes, *, actor: Actor = ACTOR, into: Store = store, **options: object
    ) -> ImportView:
        raw = content.encode() if isinstance(content, str) else content
        return services.import_now(
            store=into,
            resource=get_resource("customers"),
            file=io.BytesIO(raw),
            filename="people.csv",
            actor=actor,
            now=NOW,
            **options,  # type: ignore[arg-type]
        )

    return importing


@pytest.fixture
def take_out(store: Store) -> Exporting:
    """Export to a text."""

    def exporting(*, actor: Actor = ACTOR, of: Store = store, **params: str) -> str:
        context = Context(store=of, actor=actor, now=NOW)
        query = query_from_params(get_resource("customers"), {"tab": "all", **params}, context, strict=True)
        return taken_out(query, context).decode()

    return exporting


def table(text: str) -> list[dict[str, str]]:
    """The rows of a CSV by header."""
    return list(csv.DictReader(io.StringIO(text, newline="")))
