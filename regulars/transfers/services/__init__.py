"""Moving records in and out: the only code that writes the tables of imports and exports."""

from regulars.transfers.services.asked import Asked, Table, fields_out, table_of
from regulars.transfers.services.copying import copied_to, copy_later, copy_records, stores_to_copy_to
from regulars.transfers.services.export import about_file, file_name, stream_export, write_export
from regulars.transfers.services.failed import export_failed_rows, sample_template
from regulars.transfers.services.fetching import fetched, start_import_from_url
from regulars.transfers.services.imports import (
    cancel_import,
    check_import,
    confirm_import,
    discard_import,
    forget_old_imports,
    import_now,
    retry_import,
    start_import,
)
from regulars.transfers.services.kept import (
    AT_ONCE,
    Kept,
    begin_export,
    check_may_see,
    discard_export,
    fetch_export,
    forget_old_exports,
    keep_export,
    keep_later,
)
from regulars.transfers.services.mails import people_who_may_export
from regulars.transfers.services.mending import mend_row, settle_row, settle_rows
from regulars.transfers.services.planning import (
    delete_profile,
    keep_profile,
    plan_import,
    use_profile,
)
from regulars.transfers.services.saved import (
    Plan,
    change_saved,
    make_due_exports,
    may_change,
    may_stop,
    pause_saved,
    remove_saved,
    run_saved,
    save_export,
)
from regulars.transfers.services.sent import enter_sent
from regulars.transfers.services.sweeping import forget_lost_files
from regulars.transfers.services.taking import choose_sheet

__all__ = [
    "AT_ONCE",
    "Asked",
    "Kept",
    "Plan",
    "Table",
    "about_file",
    "begin_export",
    "cancel_import",
    "change_saved",
    "check_import",
    "check_may_see",
    "choose_sheet",
    "confirm_import",
    "copied_to",
    "copy_later",
    "copy_records",
    "delete_profile",
    "discard_export",
    "discard_import",
    "enter_sent",
    "export_failed_rows",
    "fetch_export",
    "fetched",
    "fields_out",
    "file_name",
    "forget_lost_files",
    "forget_old_exports",
    "forget_old_imports",
    "import_now",
    "keep_export",
    "keep_later",
    "keep_profile",
    "make_due_exports",
    "may_change",
    "may_stop",
    "mend_row",
    "pause_saved",
    "people_who_may_export",
    "plan_import",
    "remove_saved",
    "retry_import",
    "run_saved",
    "sample_template",
    "save_export",
    "settle_row",
    "settle_rows",
    "start_import",
    "start_import_from_url",
    "stores_to_copy_to",
    "stream_export",
    "table_of",
    "use_profile",
    "write_export",
]
