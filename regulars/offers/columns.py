"""The columns behind what forms, files and other systems call the parts of an offer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from regulars.offers.services.saving import UNLESS_GIVEN

COLUMNS = {
    "amount": "amount_minor",
    "starts": "starts_at",
    "ends": "ends_at",
    "hours": "windows",
    "minimum": "minimum_minor",
    "segment": "segment_id",
}


def columns_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Catalogue names to columns; what is left empty is as in an offer of which nothing was said."""
    columns = {COLUMNS.get(name, name): value for name, value in values.items()}
    if isinstance(columns.get("segment_id"), str):
        columns["segment_id"] = UUID(columns["segment_id"])
    return {name: UNLESS_GIVEN.get(name) if value is None else value for name, value in columns.items()}
