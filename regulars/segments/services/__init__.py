"""Writing segments: the only code that changes their tables."""

from regulars.segments.services.changes import (
    Changed,
    NameTaken,
    SegmentInUse,
    create_segment,
    delete_segment,
    edit_segment,
    rename_in_queries,
    restore_segment,
)
from regulars.segments.services.checking import SegmentFacts, check_where
from regulars.segments.services.erase import forget_people
from regulars.segments.services.members import (
    MOST_LINES,
    Filled,
    NotByHand,
    add_to_segment,
    fill_segment,
    read_lines,
    remove_from_segment,
)
from regulars.segments.services.refresh import (
    Refreshed,
    ask_for_refresh,
    purge_deleted,
    refresh_due,
    refresh_segment,
)
from regulars.segments.uses import register_use

__all__ = [
    "MOST_LINES",
    "Changed",
    "Filled",
    "NameTaken",
    "NotByHand",
    "Refreshed",
    "SegmentFacts",
    "SegmentInUse",
    "add_to_segment",
    "ask_for_refresh",
    "check_where",
    "create_segment",
    "delete_segment",
    "edit_segment",
    "fill_segment",
    "forget_people",
    "purge_deleted",
    "read_lines",
    "refresh_due",
    "refresh_segment",
    "register_use",
    "remove_from_segment",
    "rename_in_queries",
    "restore_segment",
]
