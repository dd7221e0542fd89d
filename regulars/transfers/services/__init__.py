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
from regulars.transfers.services.kept import forget_old_exports, keep_export, kept_export
from regulars.transfers.services.work import ImportOptions

__all__ = [
    "ImportOptions",
    "cancel_import",
    "confirm_import",
    "discard_import",
    "export_failed_rows",
    "export_rows",
    "forget_old_exports",
    "import_now",
    "keep_export",
    "kept_export",
    "retry_import",
    "sample_template",
    "start_import",
]
