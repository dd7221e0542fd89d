"""Moving records in and out: the only code that writes the tables of imports and exports."""

from regulars.transfers.services.export import export_failed_rows, export_rows, sample_template
from regulars.transfers.services.imports import (
    cancel_import,
    confirm_import,
    discard_import,
    import_now,
    retry_import,
    start_import,
)
from regulars.transfers.services.work import ImportOptions

__all__ = [
    "ImportOptions",
    "cancel_import",
    "confirm_import",
    "discard_import",
    "export_failed_rows",
    "export_rows",
    "import_now",
    "retry_import",
    "sample_template",
    "start_import",
]
