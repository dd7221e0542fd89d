"""Moving records in and out: the only code that writes the tables of imports and exports."""

from regulars.transfers.services.export import export_failed_rows, export_rows, sample_template
from regulars.transfers.services.imports import (
    cancel_import,
    check_import,
    confirm_import,
    discard_import,
    import_now,
    retry_import,
    start_import,
)
from regulars.transfers.services.kept import forget_old_exports, keep_export, kept_export
from regulars.transfers.services.mending import mend_row, settle_row, settle_rows
from regulars.transfers.services.planning import (
    delete_profile,
    keep_profile,
    plan_import,
    use_profile,
)

__all__ = [
    "cancel_import",
    "check_import",
    "confirm_import",
    "delete_profile",
    "discard_import",
    "export_failed_rows",
    "export_rows",
    "forget_old_exports",
    "import_now",
    "keep_export",
    "keep_profile",
    "kept_export",
    "mend_row",
    "plan_import",
    "retry_import",
    "sample_template",
    "settle_row",
    "settle_rows",
    "start_import",
    "use_profile",
]
