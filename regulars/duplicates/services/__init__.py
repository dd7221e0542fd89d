"""Finding duplicates, deciding about them, merging and splitting: the only code that writes these tables."""

from regulars.duplicates.services.erase import TABLES, drop_pairs, erase_duplicates
from regulars.duplicates.services.kept import replace_kept
from regulars.duplicates.services.merge import CannotMerge, check_customers, merge_customers, merge_own
from regulars.duplicates.services.rehearse import Rehearsed, rehearse_merge
from regulars.duplicates.services.scan import ScanAtWork, needs_scan, scan, start_scan
from regulars.duplicates.services.unmerge import undo_merges, unmerge
from regulars.duplicates.services.verdicts import decide, undo_verdicts

__all__ = [
    "TABLES",
    "CannotMerge",
    "Rehearsed",
    "ScanAtWork",
    "check_customers",
    "decide",
    "drop_pairs",
    "erase_duplicates",
    "merge_customers",
    "merge_own",
    "needs_scan",
    "rehearse_merge",
    "replace_kept",
    "scan",
    "start_scan",
    "undo_merges",
    "undo_verdicts",
    "unmerge",
]
