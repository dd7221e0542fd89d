"""Reading imports, their rows, and kept profiles."""

from regulars.transfers.models import ImportRow
from regulars.transfers.queries.imports import (
    PLANNABLE,
    ImportView,
    MappedColumn,
    brought_before,
    get_import,
    importers_of,
    list_imports,
)
from regulars.transfers.queries.profiles import find_profile, get_profile, profiles_of
from regulars.transfers.queries.rows import Failure, failed_rows, failures, get_row, rows_page

__all__ = [
    "PLANNABLE",
    "Failure",
    "ImportRow",
    "ImportView",
    "MappedColumn",
    "brought_before",
    "failed_rows",
    "failures",
    "find_profile",
    "get_import",
    "get_profile",
    "get_row",
    "importers_of",
    "list_imports",
    "profiles_of",
    "rows_page",
]
