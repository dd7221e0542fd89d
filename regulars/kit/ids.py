"""Ids of rows: UUIDv7, made in time order, so that new rows sit together in the index."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models.expressions import RawSQL
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh id for a row that is written in bulk; single rows get theirs from the database."""
    return uuid7()


def parse_id(text: str) -> UUID | None:
    """The id in a text, or nothing when it is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def among(ids: Iterable[UUID]) -> RawSQL:
    """These ids for `…__in`, as one text: thousands of values cost more than the question itself."""
    return RawSQL("SELECT unnest(%s::uuid[])", ["{" + ",".join(map(str, ids)) + "}"])
