"""Bringing a file that lies at an address of the public internet."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings

from regulars.kit.actor import Actor
from regulars.kit.fetch import fetch
from regulars.resources.resource import Resource
from regulars.stores.models import Store
from regulars.transfers.plan import Plan
from regulars.transfers.queries import ImportView
from regulars.transfers.services.imports import start_import
from regulars.transfers.services.readers import importer_of


@contextmanager
def fetched(*, url: str) -> Iterator[tuple[IO[bytes], str]]:
    """The file at an address, kept until the block ends, and its name. Raises `NotFetched`."""
    with TemporaryFile() as file:
        name = fetch(url=url, into=file, limit=settings.IMPORT_MAX_BYTES)
        file.seek(0)
        yield file, name


def start_import_from_url(
    *,
    store: Store,
    resource: Resource,
    url: str,
    actor: Actor,
    now: datetime,
    plan: Plan | None = None,
    asks: bool = False,
) -> ImportView:
    """Fetch a file and take it in as if it had been uploaded. Raises `NotFetched`, and what `start_import` raises."""
    actor.require(resource.permission("import"))  # nothing is fetched for who may not bring it
    importer_of(resource)
    with fetched(url=url) as (file, name):
        return start_import(
            store=store,
            resource=resource,
            file=file,
            filename=name,
            actor=actor,
            now=now,
            plan=plan,
            asks=asks,
        )
